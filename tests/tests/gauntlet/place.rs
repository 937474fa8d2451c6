//! Where a row happens: a repository, an issue outside of it, and a provider of models.

use std::fs;
use std::process::Command;

use serde_json::Value;
use tau_tests::{Done, Sandbox};

use crate::programs::Program;
use crate::provider::{Answer, Provider};

pub(crate) struct Place {
    pub(crate) program: Program,
    pub(crate) sandbox: Sandbox,
    pub(crate) provider: Provider,
}

/// The answer that mends a program.
pub(crate) fn mend(program: &Program) -> Answer {
    let edits = program.mends.iter();
    let blocks: Vec<String> = edits
        .map(|(path, find, with)| block(path, find, with))
        .collect();
    Answer::says(format!("This mends it.\n\n{}", blocks.concat()))
}

/// A search/replace block.
pub(crate) fn block(path: &str, find: &str, replace: &str) -> String {
    let line = |text: &str| match text {
        "" => String::new(),
        text => format!("{}\n", text.trim_end_matches('\n')),
    };
    format!(
        "{path}\n<<<<<<< SEARCH\n{}=======\n{}>>>>>>> REPLACE\n\n",
        line(find),
        line(replace)
    )
}

impl Place {
    /// The program in a repository of its own, and a model that answers so.
    pub(crate) fn new(program: &Program, answers: Vec<Answer>) -> Place {
        let provider = Provider::new(answers);
        let sandbox = Sandbox::repository(program.files);
        sandbox.write("../issue.md", program.issue);
        sandbox.write(
            "../home/.config/tau/providers.toml",
            format!(
                "[local]\nurl = \"http://127.0.0.1:{}/v1\"\ndefault = \"m\"\nprice = {{ input = 1.0, output = 10.0 }}\n",
                provider.port
            ),
        );
        Place {
            program: *program,
            sandbox,
            provider,
        }
    }

    /// `tau fix` of the issue, not started.
    pub(crate) fn command(&self, more: &[&str]) -> Command {
        let fix = ["fix", "../issue.md", "--yes", "--json"];
        self.sandbox.command(&[&fix[..], more].concat())
    }

    /// `tau fix` of the issue, to its end.
    pub(crate) fn fix(&self, more: &[&str]) -> Value {
        Done::from(self.command(more).output().unwrap()).json()
    }

    /// Whether the commit of a result is one in which the program is mended, as the hidden check says,
    /// and nothing else of the repository was touched.
    #[track_caller]
    pub(crate) fn assert_mended(&self, result: &Value) {
        let commit = result["commit"].as_str();
        let commit = commit.unwrap_or_else(|| panic!("there is no commit: {result:#}"));
        let folder = self.sandbox.outside().join("hidden");
        let folder = folder.to_str().unwrap();
        let _ = fs::remove_dir_all(folder);
        self.sandbox.git(&["clone", "--quiet", ".", folder]);
        self.sandbox
            .git(&["-C", folder, "checkout", "--quiet", "--detach", commit]);
        let mut hidden = self.sandbox.program("sh");
        hidden.args(["-c", self.program.hidden]).current_dir(folder);
        Done::from(hidden.output().unwrap()).ends(0);
        assert_eq!(self.sandbox.git(&["status", "--porcelain"]), "");
        assert_eq!(self.sandbox.git(&["log", "--format=%s", "main"]), "first\n");
    }

    /// The library's mission, to be changed.
    pub(crate) fn library_mission(&self) -> String {
        let convert = ["convert", "std/issue-to-merge", "--to", "tau"];
        self.sandbox.tau(&convert).ends(0).out
    }

    /// The branches that runs have made.
    pub(crate) fn branches(&self) -> Vec<String> {
        let list = ["for-each-ref", "--format=%(refname)", "refs/heads/tau"];
        let all = self.sandbox.git(&list);
        all.lines().map(str::to_owned).collect()
    }

    /// That no branch and no file of the repository is another than before.
    #[track_caller]
    pub(crate) fn assert_untouched(&self) {
        assert_eq!(
            self.sandbox.git(&["log", "--format=%s", "--all"]),
            "first\n"
        );
        assert_eq!(self.sandbox.git(&["status", "--porcelain"]), "");
    }
}

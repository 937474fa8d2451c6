//! A repository with a remote that counts what is pushed, and a mission that pushes.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tau_tests::{Done, Sandbox};

const SHIP: &str = r#"mission ship {
  authority {
    read  "**"
    write "src/**", "why.txt", "end.txt"
    run   "sh check.sh"
    git   commit on "tau/*"
    git   push on "tau/*"
  }

  verifier tests {
    run     "sh check.sh"
    protect "check.sh"
  }

  step red    = verify.red(tests)
  step edit   = fs.write("src/a.txt", text: "fixed")
  step green  = verify.check(tests)
  step proof  = verify.prove(tests, red: red, green: green)
  step commit = git.commit(proof, message: "fix")
  step push   = git.push(commit)

  on failure {
    step why = fs.write("why.txt", text: failure.code)
  }
  finally {
    step end = fs.write("end.txt", text: "ended")
  }

  output sha = push.sha
}
"#;

/// A sandbox with a bare repository beside it, which is its `origin`.
pub(crate) struct Remote {
    pub(crate) sandbox: Sandbox,
}

impl Remote {
    pub(crate) fn new() -> Remote {
        let sandbox = Sandbox::repository(&[
            ("check.sh", "grep -q fixed src/a.txt\n"),
            ("src/a.txt", "broken\n"),
        ]);
        let remote = Remote { sandbox };
        let sandbox = &remote.sandbox;
        let dir = remote.dir();
        let dir = dir.to_str().unwrap();
        sandbox.git(&["init", "--quiet", "--bare", dir]);
        sandbox.git(&["remote", "add", "origin", dir]);
        sandbox.git(&["push", "--quiet", "origin", "main"]);
        remote.hook("post-receive", "echo x >> pushes");
        // Whoever honoured these would leave a file.
        let ran = format!("#!/bin/sh\ntouch {}/ran\n", sandbox.path().display());
        sandbox.write_script(".git/hooks/pre-push", &ran);
        sandbox.git(&["config", "credential.helper", &format!("!{ran}")]);
        sandbox.git(&["config", "remote.origin.receivepack", &ran]);
        remote.mission(|text| text);
        remote
    }

    /// Writes the mission, changed.
    pub(crate) fn mission(&self, change: impl Fn(String) -> String) {
        self.sandbox.write("ship.tau", change(SHIP.to_owned()));
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.sandbox.outside().join("remote.git")
    }

    /// Makes the remote do this when it is pushed to.
    pub(crate) fn hook(&self, name: &str, text: &str) {
        self.script(self.dir().join("hooks").join(name), text);
    }

    /// What stands before the real git does this. It ends with whatever git does, if it does not
    /// end before; `"$@"` are git's arguments, and `real` is git.
    pub(crate) fn git(&self, on_push: &str) {
        self.git_on(&[("push", on_push)]);
    }

    /// The same for several commands of git.
    pub(crate) fn git_on(&self, on: &[(&str, &str)]) {
        let real = String::from_utf8(
            self.sandbox
                .program("sh")
                .args(["-c", "command -v git"])
                .output()
                .unwrap()
                .stdout,
        );
        let real = real.unwrap();
        let cases: String = on
            .iter()
            .map(|(word, does)| format!("*' {word} '*)\n{does}\n;;\n"))
            .collect();
        let text = format!(
            "real() {{ {} \"$@\"; }}\ncase \" $* \" in\n{cases}esac\nreal \"$@\"\n",
            real.trim()
        );
        self.script(self.sandbox.outside().join("bin/git"), &text);
    }

    /// Git is the real one again.
    pub(crate) fn heal_git(&self) {
        let _ = fs::remove_file(self.sandbox.outside().join("bin/git"));
    }

    /// Git is the real one again, and the remote takes everything.
    pub(crate) fn heal(&self) {
        self.heal_git();
        let _ = fs::remove_file(self.dir().join("hooks/pre-receive"));
        self.hook("post-receive", "echo x >> pushes");
    }

    fn script(&self, path: PathBuf, text: &str) {
        // Kills the tau above this process with a signal that nobody can ignore.
        let kill = "killtau() { p=$$; while [ \"$(cat /proc/$p/comm)\" != tau ]; do \
                    p=$(cut -d' ' -f4 /proc/$p/stat); done; kill -9 $p; }";
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{kill}\n{text}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// `tau`, not started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.command(arguments);
        let path = std::env::var("PATH").unwrap_or_default();
        let bin = self.sandbox.outside().join("bin");
        command.env("PATH", format!("{}:{path}", bin.display()));
        command
    }

    pub(crate) fn tau(&self, arguments: &[&str]) -> Done {
        run(self.command(arguments))
    }

    /// Starts the mission; its report.
    pub(crate) fn apply(&self, code: i32) -> Value {
        let arguments = ["apply", "ship.tau", "--yes", "--json"];
        self.tau(&arguments).ends(code).json()
    }

    /// Starts the mission, which is killed.
    pub(crate) fn killed(&self) {
        let _ = self.tau(&["apply", "ship.tau", "--yes", "--json"]).ends(-9);
    }

    /// Goes on with the latest run; its report.
    pub(crate) fn resume(&self, code: i32) -> Value {
        self.tau(&["resume", "@", "--json"]).ends(code).json()
    }

    /// Where the run's branch is on the remote.
    pub(crate) fn branch(&self, report: &Value) -> Option<String> {
        let run = report["run"].as_str().unwrap();
        let dir = self.dir();
        let dir = dir.to_str().unwrap();
        let refname = format!("refs/heads/tau/ship-{run}");
        let found = self.sandbox.git(&["ls-remote", dir, &refname]);
        Some(found.split_once('\t')?.0.to_owned())
    }

    /// How often something was pushed.
    pub(crate) fn pushes(&self) -> usize {
        let told = fs::read_to_string(self.dir().join("pushes"));
        told.unwrap_or_default().lines().count()
    }
}

pub(crate) fn run(mut command: Command) -> Done {
    command.output().unwrap().into()
}

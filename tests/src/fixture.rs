//! A small broken project, and missions that mend it.

use serde_json::Value;

use crate::{Done, Sandbox};

/// Turns `src/a.txt` from `broken` to `fixed`.
pub const PATCH: &str = "\
diff --git a/src/a.txt b/src/a.txt
--- a/src/a.txt
+++ b/src/a.txt
@@ -1,3 +1,3 @@
 first
-broken
+fixed
 last
";

/// The statements from RED to a commit, with an edit in place of a patch.
pub const MEND: &str = r#"
  step red    = verify.red(tests)
  step edit   = fs.edit(path: "src/a.txt", find: "broken", replace: "fixed")
  step green  = verify.check(tests)
  step proof  = verify.prove(tests, red: red, green: green)
  step commit = git.commit(proof, message: "mend it")
  output commit = commit.sha
"#;

/// A mission `fix` with these statements, and all the authority that [`MEND`] needs.
#[must_use]
pub fn mission(statements: &str) -> String {
    mission_with("", statements)
}

/// As [`mission`], with more lines of authority.
#[must_use]
pub fn mission_with(authority: &str, statements: &str) -> String {
    format!(
        r#"use std.{{fs, git, process, time, verify}}

mission fix {{
  authority {{
    read  "**"
    write "src/**"
    run   "./check.sh"
    git   commit on "tau/*"
    {authority}
  }}

  verifier tests {{
    run     "./check.sh"
    protect "tests/**"
  }}
{statements}}}
"#
    )
}

impl Sandbox {
    /// A repository whose `./check.sh` fails until `src/a.txt` says `fixed`.
    #[must_use]
    pub fn broken() -> Sandbox {
        Sandbox::checked_by("#!/bin/sh\ngrep -q fixed src/a.txt\n")
    }

    /// A repository with a broken `src/a.txt`, a file below `tests/`, and this `./check.sh`.
    #[must_use]
    pub fn checked_by(script: &str) -> Sandbox {
        let sandbox = Sandbox::new();
        sandbox.git(&["init", "--quiet"]);
        sandbox.write("src/a.txt", "first\nbroken\nlast\n");
        sandbox.write("tests/expected.txt", "fixed\n");
        sandbox.write_script("check.sh", script);
        sandbox.commit("first");
        sandbox
    }

    /// Runs a mission without asking; the result is in [`Done::json`]. The mission is in a file
    /// `fix.tau` that git does not know.
    #[must_use]
    pub fn apply(&self, mission: &str) -> Done {
        self.write("fix.tau", mission);
        self.tau(&["apply", "fix.tau", "--yes", "--json"])
    }

    /// As [`apply`](Self::apply), with commands that reach the home folder, as no box lets them.
    #[must_use]
    pub fn apply_unboxed(&self, mission: &str) -> Done {
        self.write("fix.tau", mission);
        self.tau(&["apply", "fix.tau", "--yes", "--json", "--box", "none"])
    }

    /// Runs the command that a result names as the one that goes on, with `--json`.
    #[track_caller]
    #[must_use]
    pub fn go_on(&self, result: &Value) -> Done {
        let next = result["next"].as_str().unwrap_or_default();
        let mut words = next.split(' ');
        assert_eq!(words.next(), Some("tau"), "no way to go on: {result:#}");
        let words = words.filter(|word| *word != "--json");
        let arguments: Vec<&str> = words.chain(["--json"]).collect();
        self.tau(&arguments)
    }

    /// What a file holds in the commit of a result, to the byte.
    #[track_caller]
    #[must_use]
    pub fn committed(&self, result: &Value, path: &str) -> Vec<u8> {
        let commit = result["commit"].as_str().unwrap_or_default();
        let blob = format!("{commit}:{path}");
        let output = self
            .program("git")
            .args(["cat-file", "blob", &blob])
            .output();
        let output = output.unwrap();
        assert!(output.status.success(), "no `{blob}`: {result:#}");
        output.stdout
    }
}

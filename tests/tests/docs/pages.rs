//! The pages, and the places where a repository is prepared for them.

use std::fs;
use std::path::{Path, PathBuf};

use tau_tests::{Sandbox, workspace_root};

use crate::provider::{Answer, Provider};

/// A page of the documentation.
pub(crate) struct Page {
    /// Its path below the workspace: `docs/src/language.md`.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// The README and every page of the book.
pub(crate) fn pages() -> Vec<Page> {
    let root = workspace_root();
    let mut paths = vec![
        root.join("README.md"),
        root.join("CONTRIBUTING.md"),
        root.join("SECURITY.md"),
    ];
    collect(&root.join("docs/src"), &mut paths);
    paths.sort();
    let page = |path: PathBuf| Page {
        name: path.strip_prefix(&root).unwrap().display().to_string(),
        text: fs::read_to_string(&path).unwrap(),
        path,
    };
    paths.into_iter().map(page).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            paths.push(path);
        }
    }
}

/// The place that a page asks for with `<!-- test: in … -->`.
pub(crate) fn place(name: &str) -> Sandbox {
    match name {
        "an empty folder" => Sandbox::new(),
        "a small repository" => Sandbox::repository(&[
            ("greeting.txt", "hello\n"),
            (
                "tests/check.sh",
                "grep -q world greeting.txt || { echo 'no world in greeting.txt'; exit 1; }\n",
            ),
            ("fix.patch", GREETING),
        ]),
        "a crate with a bug" => {
            let sandbox = Sandbox::repository(&[
                (
                    "Cargo.toml",
                    "[package]\nname = \"sum\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
                ),
                (
                    "Cargo.lock",
                    "version = 4\n\n[[package]]\nname = \"sum\"\nversion = \"0.1.0\"\n",
                ),
                (".gitignore", "/target\n"),
                (
                    "src/lib.rs",
                    "/// The sum of all numbers.\npub fn sum(numbers: &[i64]) -> i64 {\n    numbers.iter().skip(1).sum()\n}\n",
                ),
                (
                    "tests/sum.rs",
                    "#[test]\nfn every_number_counts() {\n    assert_eq!(sum::sum(&[1, 2, 3]), 6);\n}\n",
                ),
            ]);
            sandbox.write(
                "src/lib.rs",
                "/// The sum of all numbers.\npub fn sum(numbers: &[i64]) -> i64 {\n    numbers.iter().sum()\n}\n",
            );
            sandbox
        }
        "a crate with an issue" => issue(),
        "a small repository with a model" => {
            let sandbox = place("a small repository");
            model(&sandbox, ["greeting.txt", "hello", "hello world"]);
            sandbox
        }
        other => panic!("there is no place called `{other}`"),
    }
}

/// A crate with an issue, and a model on this machine that mends it once.
fn issue() -> Sandbox {
    let sandbox = place("a crate with a bug");
    sandbox.git(&["checkout", "--quiet", "."]);
    sandbox.write(
        "issue.md",
        "# `sum` leaves out the first number\n\n`sum(&[1, 2, 3])` gives 5. It should give 6.\n",
    );
    let edit = [
        "src/lib.rs",
        "    numbers.iter().skip(1).sum()",
        "    numbers.iter().sum()",
    ];
    model(&sandbox, edit);
    sandbox
}

/// Gives a place a model that answers once, with an edit of a file: a line, and what it becomes.
fn model(sandbox: &Sandbox, [path, line, becomes]: [&str; 3]) {
    let edit = format!("{path}\n<<<<<<< SEARCH\n{line}\n=======\n{becomes}\n>>>>>>> REPLACE\n");
    let port = Provider::new(vec![Answer::says(edit)]).port;
    sandbox.write(
        "../home/.config/tau/providers.toml",
        format!(
            "[local]\nurl = \"http://127.0.0.1:{port}/v1\"\ndefault = \"coder\"\nprice = {{ input = 1, output = 10 }}\n"
        ),
    );
}

const GREETING: &str = "\
diff --git a/greeting.txt b/greeting.txt
--- a/greeting.txt
+++ b/greeting.txt
@@ -1 +1 @@
-hello
+hello world
";

//! The pages, and the places where a repository is prepared for them.

use std::fs;
use std::path::{Path, PathBuf};

use tau_tests::{Sandbox, workspace_root};

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
        other => panic!("there is no place called `{other}`"),
    }
}

const GREETING: &str = "\
diff --git a/greeting.txt b/greeting.txt
--- a/greeting.txt
+++ b/greeting.txt
@@ -1 +1 @@
-hello
+hello world
";

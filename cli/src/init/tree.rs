//! A bounded look at a repository's files. A hostile one costs no more than a large one.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use tau_stdlib::project::Tree;

/// How many files are looked at.
const MAX_FILES: usize = 20_000;
/// How deep folders are looked into.
const MAX_DEPTH: usize = 8;
/// How much of a file is read.
const MAX_BYTES: u64 = 256 * 1024;

/// Folders of tools, not of the project.
const SKIPPED: [&str; 8] = [
    "node_modules",
    "target",
    "vendor",
    "venv",
    "dist",
    "build",
    "__pycache__",
    "third_party",
];

/// Lists regular files; links are neither listed nor followed, and neither are names that
/// are hidden or that a pattern could not spell without escapes.
pub(super) fn read(root: &Path) -> Tree<'_> {
    let mut files = BTreeSet::new();
    // Breadth first, so that the bound cuts off what is deepest.
    let mut level = vec![String::new()];
    for _ in 0..MAX_DEPTH {
        let mut next = Vec::new();
        for folder in &level {
            list(root, folder, &mut files, &mut next);
        }
        next.sort();
        level = next;
    }
    Tree::new(files, |path| text(root, path))
}

fn list(root: &Path, folder: &str, files: &mut BTreeSet<String>, folders: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else {
        return;
    };
    for entry in entries.take(MAX_FILES).flatten() {
        let name = entry.file_name();
        let (Some(name), Ok(kind)) = (name.to_str(), entry.file_type()) else {
            continue;
        };
        if !is_plain(name) || files.len() + folders.len() >= MAX_FILES {
            continue;
        }
        if kind.is_dir() && !SKIPPED.contains(&name) {
            folders.push(format!("{folder}{name}/"));
        } else if kind.is_file() {
            files.insert(format!("{folder}{name}"));
        }
    }
}

/// The beginning of a file's text; bytes that are not UTF-8 appear as `�`.
fn text(root: &Path, path: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let file = File::open(root.join(path)).ok()?;
    file.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Letters, digits and a few signs that mean nothing in a pattern or in a tau string.
fn is_plain(name: &str) -> bool {
    !name.starts_with('.')
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | ' '))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::read;

    #[test]
    fn only_plain_regular_files_of_the_project_are_listed() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        };
        for name in [
            "a.py",
            "src/b.py",
            "target/c",
            ".git/d",
            "x\"{{y/e.py",
            "new\nline",
        ] {
            write(name);
        }
        symlink("..", root.path().join("src/up")).unwrap();
        symlink("/etc/passwd", root.path().join("setup.py")).unwrap();
        let tree = read(root.path());
        assert_eq!(tree.files().collect::<Vec<_>>(), ["a.py", "src/b.py"]);
        assert!(tree.has_folder("src") && !tree.has_folder("sr"));
        assert_eq!(tree.text("setup.py"), None);
    }
}

//! A bounded look at a repository's files. A hostile one costs no more than a large one.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

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

/// The names of a repository's files.
#[derive(Debug, Default)]
pub(super) struct Tree {
    root: PathBuf,
    /// Relative to the root, with `/` between folders.
    files: BTreeSet<String>,
}

impl Tree {
    /// Lists regular files; links are neither listed nor followed, and neither are names that
    /// are hidden or that a pattern could not spell without escapes.
    pub(super) fn read(root: &Path) -> Self {
        let mut tree = Tree {
            root: root.to_owned(),
            files: BTreeSet::new(),
        };
        // Breadth first, so that the bound cuts off what is deepest.
        let mut level = vec![String::new()];
        for _ in 0..MAX_DEPTH {
            let mut next = Vec::new();
            for folder in &level {
                tree.list(folder, &mut next);
            }
            next.sort();
            level = next;
        }
        tree
    }

    fn list(&mut self, folder: &str, folders: &mut Vec<String>) {
        let Ok(entries) = fs::read_dir(self.root.join(folder)) else {
            return;
        };
        for entry in entries.take(MAX_FILES).flatten() {
            let name = entry.file_name();
            let (Some(name), Ok(kind)) = (name.to_str(), entry.file_type()) else {
                continue;
            };
            if !is_plain(name) || self.files.len() + folders.len() >= MAX_FILES {
                continue;
            }
            if kind.is_dir() && !SKIPPED.contains(&name) {
                folders.push(format!("{folder}{name}/"));
            } else if kind.is_file() {
                self.files.insert(format!("{folder}{name}"));
            }
        }
    }

    /// The files' paths in the order of their names.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    /// Whether there is this file.
    pub(super) fn has(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    /// Whether there is a file in this folder, at any depth.
    pub(super) fn has_folder(&self, folder: &str) -> bool {
        let start = format!("{folder}/");
        let mut from = self.files.range(start.clone()..);
        from.next().is_some_and(|file| file.starts_with(&start))
    }

    /// Whether a folder of this name with a file of this ending in it stands below another one.
    pub(super) fn has_inner_folder(&self, folder: &str, ending: &str) -> bool {
        let inner = format!("/{folder}/");
        self.files()
            .any(|file| file.contains(&inner) && file.ends_with(ending))
    }

    /// The beginning of a file's text; bytes that are not UTF-8 appear as `�`.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        if !self.has(path) {
            return None;
        }
        let mut bytes = Vec::new();
        let file = File::open(self.root.join(path)).ok()?;
        file.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
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

    use super::Tree;

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
        let tree = Tree::read(root.path());
        assert_eq!(tree.files().collect::<Vec<_>>(), ["a.py", "src/b.py"]);
        assert!(tree.has_folder("src") && !tree.has_folder("sr"));
        assert_eq!(tree.text("setup.py"), None);
    }
}

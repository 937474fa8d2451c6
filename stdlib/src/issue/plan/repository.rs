//! The files of the mission's tree, as far as a plan looks at them.

use std::cell::Cell;
use std::collections::BTreeSet;

use tau_interpreter::action::{Failure, FileMode, Look};

use crate::project::Tree;

/// How many files are known by name.
const FILES: usize = 20_000;

/// How much of a file is read, and of all files together, in bytes.
const OF_FILE: usize = 256 * 1024;
const OF_ALL: usize = 32 << 20;

/// Folders of tools, not of the project.
const SKIPPED: &[&str] = &[
    "node_modules",
    "target",
    "vendor",
    "venv",
    "dist",
    "build",
    "__pycache__",
    "third_party",
];

/// The files that may be read.
pub(super) struct Repository<'h> {
    /// Those of the project itself: neither hidden nor of a tool.
    pub(super) tree: Tree<'h>,
    /// Those that say what runs for every change.
    ci: Vec<String>,
    hands: &'h dyn Look,
}

impl<'h> Repository<'h> {
    /// Lists the files that match `glob`.
    pub(super) fn read(glob: &str, hands: &'h dyn Look) -> Result<Repository<'h>, Failure> {
        let paths = hands.list(glob)?;
        let is_ours = |path: &&String| {
            let mut parts = path.split('/');
            parts.all(|part| is_plain(part) && !SKIPPED.contains(&part))
        };
        let names: BTreeSet<String> = paths.iter().filter(is_ours).take(FILES).cloned().collect();
        let left = Cell::new(OF_ALL);
        let tree = Tree::new(names, move |path| {
            let text = text(hands, path)?;
            left.set(left.get().checked_sub(text.len())?);
            Some(text)
        });
        let is_ci = |path: &&String| {
            let in_folder = [
                ".github/workflows/",
                ".forgejo/workflows/",
                ".gitea/workflows/",
                ".ci/",
            ];
            in_folder.iter().any(|it| path.starts_with(it))
                || matches!(
                    path.as_str(),
                    ".gitlab-ci.yml"
                        | ".travis.yml"
                        | ".cirrus.yml"
                        | ".circleci/config.yml"
                        | "azure-pipelines.yml"
                        | "Jenkinsfile"
                )
        };
        let ci = paths.iter().filter(is_ci).take(50).cloned().collect();
        Ok(Repository { tree, ci, hands })
    }

    /// The files of CI with their texts.
    pub(super) fn ci(&self) -> impl Iterator<Item = (&str, String)> {
        let all = self.ci.iter();
        all.filter_map(|path| Some((path.as_str(), text(self.hands, path)?)))
    }
}

/// The beginning of a file's text. What is binary, or a link, has none.
fn text(hands: &dyn Look, path: &str) -> Option<String> {
    let file = hands.read(path).ok()??;
    if file.mode == FileMode::Link {
        return None;
    }
    let bytes = &file.bytes[..file.bytes.len().min(OF_FILE)];
    (!bytes.contains(&0)).then(|| String::from_utf8_lossy(bytes).into_owned())
}

/// Letters, digits and a few signs that mean nothing in a pattern, a command or a tau string.
fn is_plain(name: &str) -> bool {
    !name.starts_with('.')
        && !name.starts_with('-')
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+'))
}

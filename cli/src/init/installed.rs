//! What is installed in the repository's folder and is no part of it, for a verifier to see.

use std::fs;
use std::path::Path;

use super::Finding;

/// What `finding` needs of it and is at `root`, where git is told to ignore it.
pub(crate) fn installed(finding: &Finding, root: &Path) -> Vec<String> {
    let ignored = fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
    let is_ignored = |path: &str| {
        ignored
            .lines()
            .any(|it| it.trim().trim_matches('/') == path)
    };
    let all = finding.installed.iter();
    all.filter(|path| is_ignored(path) && root.join(path).exists())
        .map(|path| (*path).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::init::{installed, look};

    #[test]
    fn what_is_there_and_ignored_is_proposed() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let found = || installed(&look(root)[0], root);
        std::fs::write(root.join("package.json"), r#"{"scripts":{"test":"x"}}"#).unwrap();
        assert!(found().is_empty());
        std::fs::create_dir(root.join("node_modules")).unwrap();
        assert!(found().is_empty());
        std::fs::write(root.join(".gitignore"), "target\n/node_modules/\n").unwrap();
        assert_eq!(found(), ["node_modules"]);
    }
}

//! What is installed in the repository's folder and is no part of it, for a verifier to see.

use std::fs;
use std::path::Path;

/// Programs, and the folder that they find packages in.
const FOLDERS: &[(&[&str], &str)] = &[(&["node", "npm", "npx", "yarn", "pnpm"], "node_modules")];

/// Those of them that `command` uses and that are at `root`, where git is told to ignore them.
pub(crate) fn installed(command: &str, root: &Path) -> Vec<String> {
    let program = command.split(' ').next().unwrap_or_default();
    let ignored = fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
    let is_ignored = |folder: &str| {
        ignored
            .lines()
            .any(|it| it.trim().trim_matches('/') == folder)
    };
    FOLDERS
        .iter()
        .filter(|(programs, folder)| {
            programs.contains(&program) && is_ignored(folder) && root.join(folder).is_dir()
        })
        .map(|(_, folder)| (*folder).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::installed;

    #[test]
    fn what_is_there_and_ignored_is_proposed() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        assert!(installed("npm test", root).is_empty());
        std::fs::create_dir(root.join("node_modules")).unwrap();
        assert!(installed("npm test", root).is_empty());
        std::fs::write(root.join(".gitignore"), "target\n/node_modules/\n").unwrap();
        assert_eq!(installed("npm test", root), ["node_modules"]);
        assert_eq!(installed("node --test", root), ["node_modules"]);
        assert!(installed("cargo test", root).is_empty());
    }
}

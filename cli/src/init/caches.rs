//! Caches of packages that a build reads, where this machine has them.

use std::path::Path;

/// Programs, and where in the home folder they keep what they have fetched. Those that are there are
/// proposed, and nothing else of the home folder is seen.
const CACHES: &[(&[&str], &[&str])] = &[
    (&["cargo"], &[".cargo/registry", ".cargo/git"]),
    (&["npm", "npx", "node"], &[".npm/_cacache"]),
    (&["yarn"], &[".cache/yarn", ".yarn/berry/cache"]),
    (&["pnpm"], &[".local/share/pnpm/store"]),
    (
        &[
            "python3", "python", "pytest", "pip", "tox", "nox", "uv", "poetry",
        ],
        &[".cache/pip", ".cache/uv", ".cache/pypoetry"],
    ),
    (&["go"], &["go/pkg/mod", ".cache/go-build"]),
    (&["mvn"], &[".m2/repository"]),
    (
        &["gradle", "./gradlew"],
        &[".gradle/caches", ".gradle/wrapper"],
    ),
    (&["bundle", "rake", "rspec"], &[".bundle/cache"]),
    (&["composer", "phpunit"], &[".cache/composer"]),
];

/// The patterns of those that `command` uses and that are below `home`.
pub(crate) fn caches(command: &str, home: &Path) -> Vec<String> {
    let mut words = command.split(' ');
    let program = words.next().unwrap_or_default();
    let used = CACHES
        .iter()
        .filter(|(programs, _)| programs.contains(&program));
    let folders = used.flat_map(|(_, folders)| folders.iter());
    let there = folders.filter(|folder| home.join(folder).is_dir());
    there.map(|folder| format!("~/{folder}/**")).collect()
}

#[cfg(test)]
mod tests {
    use super::caches;

    #[test]
    fn those_that_are_there_are_proposed() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path();
        for folder in [".cargo/registry", ".cache/pip"] {
            std::fs::create_dir_all(home.join(folder)).unwrap();
        }
        assert_eq!(caches("cargo test", home), ["~/.cargo/registry/**"]);
        assert_eq!(caches("python3 -m pytest -q", home), ["~/.cache/pip/**"]);
        assert!(caches("npm test", home).is_empty());
        assert!(caches("sh test.sh", home).is_empty());
    }
}

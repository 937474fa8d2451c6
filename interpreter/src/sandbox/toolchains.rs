//! Which programs a command finds: toolchains that live in the user's home folder, and nothing
//! else of it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::spec::{Access, Mount};
use super::view::variable;

/// Variables that name where a toolchain is installed.
const INSTALLED: &[&str] = &[
    "ANDROID_HOME",
    "ASDF_DATA_DIR",
    "BUN_INSTALL",
    "CONDA_PREFIX",
    "DOTNET_ROOT",
    "GEM_HOME",
    "GOROOT",
    "JAVA_HOME",
    "MAVEN_HOME",
    "MISE_DATA_DIR",
    "NVM_DIR",
    "PYENV_ROOT",
    "RBENV_ROOT",
    "RUSTUP_HOME",
    "SDKMAN_DIR",
    "VIRTUAL_ENV",
    "VOLTA_HOME",
];

/// Where in the home folder version managers keep toolchains if no variable says so, each beside
/// the folder of programs by which `PATH` shows that it is used.
const BESIDE: &[(&str, &[&str])] = &[
    (".asdf", &[".asdf"]),
    (".bun", &[".bun/bin"]),
    (".cargo", &[".cargo/bin", ".rustup"]),
    (".deno", &[".deno/bin"]),
    (".fnm", &[".fnm"]),
    (".nvm", &[".nvm/versions"]),
    (".pyenv", &[".pyenv"]),
    (".rbenv", &[".rbenv"]),
    (".sdkman", &[".sdkman/candidates"]),
    (".volta", &[".volta"]),
    ("go", &["go/bin"]),
    ("miniconda3", &["miniconda3"]),
];

/// What is seen of toolchains that are not where the system has its own.
pub(super) fn seen(env: &[(OsString, OsString)], home: &Path) -> Vec<Mount> {
    let mut found = BTreeSet::new();
    for name in INSTALLED {
        found.extend(variable(env, name).map(PathBuf::from));
    }
    let path = variable(env, "PATH").unwrap_or_default();
    for folder in std::env::split_paths(path) {
        if let Ok(below) = folder.strip_prefix(home)
            && let Some(first) = below.components().next()
        {
            let first = first.as_os_str();
            let beside = BESIDE.iter().filter(|(name, _)| first == *name);
            let folders = beside.flat_map(|(_, folders)| folders.iter());
            found.extend(folders.map(|folder| home.join(folder)));
        }
        found.insert(folder);
    }
    let mut shown: Vec<Mount> = Vec::new();
    let mut last: Option<PathBuf> = None;
    // In their order, so that what is below another comes behind it.
    for folder in found {
        let is_new = folder.is_absolute() && folder != home && !home.starts_with(&folder);
        let is_below = last.as_ref().is_some_and(|last| folder.starts_with(last));
        if is_new && !is_below && !is_of_the_system(&folder) && folder.is_dir() {
            shown.push(Mount::Shown {
                path: folder.clone(),
                access: Access::Read,
            });
            last = Some(folder);
        }
    }
    shown
}

fn is_of_the_system(folder: &Path) -> bool {
    ["/usr", "/bin", "/sbin", "/opt", "/nix", "/gnu"]
        .iter()
        .any(|system| folder.starts_with(system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toolchains_are_seen_and_the_home_folder_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path();
        for folder in [
            ".cargo/bin",
            ".cargo/registry",
            ".rustup",
            ".ssh",
            "bin",
            "jdk",
        ] {
            std::fs::create_dir_all(home.join(folder)).unwrap();
        }
        let at = |name: &str| home.join(name).display().to_string();
        let path = [
            at(".cargo/bin"),
            at("bin"),
            at("bin"),
            at(""),
            at("gone"),
            "relative".to_owned(),
            "/usr/bin".to_owned(),
            "/".to_owned(),
        ];
        let env = [
            ("PATH".into(), path.join(":").into()),
            ("JAVA_HOME".into(), at("jdk").into()),
            ("GOROOT".into(), at("").into()),
        ];
        let shown: Vec<String> = seen(&env, home)
            .iter()
            .map(|mount| match mount {
                Mount::Shown { path, access } => {
                    assert_eq!(*access, Access::Read);
                    path.strip_prefix(home).unwrap().display().to_string()
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(shown, [".cargo/bin", ".rustup", "bin", "jdk"]);
    }
}

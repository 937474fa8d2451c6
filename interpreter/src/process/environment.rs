//! The variables that a started process sees.

use std::env;
use std::ffi::{OsStr, OsString};

/// The variables that are passed on when tau has them, besides all that begin with `LC_`: who
/// and where the user is, and where toolchains and their caches live. Nothing that makes a
/// program load or run something else (`LD_*`, `PYTHON*`, `GIT_*`, `RUSTFLAGS`, `NODE_OPTIONS`,
/// …) and nothing that may hold a secret is among them.
pub const PASSED_ON: &[&str] = &[
    "ANDROID_HOME",
    "ASDF_DATA_DIR",
    "BUN_INSTALL",
    "CARGO_HOME",
    "CONDA_PREFIX",
    "DENO_DIR",
    "DOTNET_ROOT",
    "GEM_HOME",
    "GEM_PATH",
    "GOCACHE",
    "GOMODCACHE",
    "GOPATH",
    "GOROOT",
    "GRADLE_USER_HOME",
    "HOME",
    "JAVA_HOME",
    "LANG",
    "LOGNAME",
    "MAVEN_HOME",
    "MISE_DATA_DIR",
    "NODE_PATH",
    "NVM_DIR",
    "PATH",
    "PNPM_HOME",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "RBENV_ROOT",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "SDKMAN_DIR",
    "TMPDIR",
    "TZ",
    "USER",
    "UV_CACHE_DIR",
    "VIRTUAL_ENV",
    "VOLTA_HOME",
    "XDG_CACHE_HOME",
];

/// Set for every process: Python must not write its caches between the mission's files.
const FIXED: &[(&str, &str)] = &[("PYTHONDONTWRITEBYTECODE", "1")];

/// The environment that processes get: what [`PASSED_ON`] lets through of tau's own, and what is
/// set for each.
pub fn base_environment() -> Vec<(OsString, OsString)> {
    select(env::vars_os())
}

fn select(all: impl Iterator<Item = (OsString, OsString)>) -> Vec<(OsString, OsString)> {
    let fixed = FIXED
        .iter()
        .map(|(name, value)| (name.into(), value.into()));
    let mut chosen: Vec<_> = all
        .filter(|(name, _)| is_passed_on(name))
        .chain(fixed)
        .collect();
    chosen.sort();
    chosen
}

fn is_passed_on(name: &OsStr) -> bool {
    name.to_str()
        .is_some_and(|name| name.starts_with("LC_") || PASSED_ON.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_on_what_is_listed_and_nothing_else() {
        let all = [
            "PATH",
            "LC_ALL",
            "GIT_DIR",
            "LD_PRELOAD",
            "PYTHONPATH",
            "RUSTFLAGS",
            "HOME",
            "AWS_SECRET_ACCESS_KEY",
            "GITHUB_TOKEN",
            "NODE_OPTIONS",
            "PYTHONDONTWRITEBYTECODE",
        ];
        let chosen = select(all.iter().map(|name| (name.into(), "x".into())));
        let shown: Vec<String> = chosen
            .iter()
            .map(|(name, value)| format!("{}={}", name.display(), value.display()))
            .collect();
        assert_eq!(
            shown,
            ["HOME=x", "LC_ALL=x", "PATH=x", "PYTHONDONTWRITEBYTECODE=1"]
        );
    }
}

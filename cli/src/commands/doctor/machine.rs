//! What every run needs, whatever the repository.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

use tau_interpreter::process::base_environment;
use tau_interpreter::sandbox::{Sandbox, Tier};

use super::Check;
use crate::git;
use crate::home::tau_home;

/// This program.
pub(super) fn tau() -> Check {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    Check::ok(
        "tau",
        format!("{} on {os} {arch}", env!("CARGO_PKG_VERSION")),
    )
}

/// The git program.
pub(super) fn git() -> Check {
    let version = git::git(Path::new(".")).and_then(|mut command| {
        command.arg("--version");
        git::output(command)
    });
    match version {
        Ok(version) => {
            let version = version.strip_prefix("git version ").unwrap_or(&version);
            Check::ok("git", version)
        }
        Err(why) => Check::missing("git", why, "install git, from https://git-scm.com"),
    }
}

/// The folder that holds the runs.
pub(super) fn home() -> Check {
    let home = match tau_home() {
        Ok(home) => home,
        Err(why) => {
            let todo = "set TAU_HOME to a folder in which runs may be kept";
            return Check::missing("state", why, todo);
        }
    };
    let name = home.to_string_lossy();
    // It need not be there yet; then the folder that it will be made in decides.
    let nearest = home.ancestors().find(|folder| folder.exists());
    match nearest.map(try_to_write) {
        Some(Ok(())) => Check::ok("state", format!("{name} can be written to")),
        Some(Err(error)) => Check::missing(
            "state",
            format!("{name} cannot be written to: {error}"),
            "set TAU_HOME to a folder in which runs may be kept",
        ),
        None => Check::missing(
            "state",
            format!("{name} has no parent folder"),
            "set TAU_HOME",
        ),
    }
}

/// The box that commands of missions get.
pub(super) fn sandbox() -> Check {
    let (found, missing) = Sandbox::probe(&base_environment());
    let why: Vec<String> = missing
        .iter()
        .rev()
        .map(|(tier, why)| format!("no `{tier}`: {why}"))
        .collect();
    let why = why.join("; ");
    match found {
        Some(Tier::Full) => Check::ok("box", "full"),
        Some(tier) => Check::warn(
            "box",
            format!("{tier}; {why}"),
            "allow user namespaces (sysctl `user.max_user_namespaces`, \
             `kernel.apparmor_restrict_unprivileged_userns`), for the box `full`",
        ),
        None => Check::missing(
            "box",
            why,
            "allow user namespaces, or use Linux 6.12 or newer with Landlock; \
             `tau apply --box none` runs commands with all your rights",
        ),
    }
}

/// Asking for permissions answers less than trying: a file system may be read-only or full.
fn try_to_write(folder: &Path) -> io::Result<()> {
    let probe = folder.join(format!(".tau-doctor-{}", std::process::id()));
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&probe)?;
    fs::remove_file(probe)
}

#[cfg(test)]
mod tests {
    use super::try_to_write;

    #[test]
    fn trying_leaves_nothing_behind() {
        let root = tempfile::tempdir().unwrap();
        try_to_write(root.path()).unwrap();
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
        assert!(try_to_write(&root.path().join("none")).is_err());
    }
}

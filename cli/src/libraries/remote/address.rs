//! Where a repository is, as git is told.

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// An address that may be given to git.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address(OsString);

impl Address {
    /// What `from` means: a path, which begins at `folder`; an address with its scheme; one as ssh
    /// has it; or a host and a path, which are fetched with https.
    ///
    /// # Errors
    /// Why nothing is fetched from there, as a clause.
    pub(super) fn of(folder: &Path, from: &str) -> Result<Address, String> {
        let refuse = |why: &str| Err(format!("is not fetched: {why}"));
        if super::super::names::is_path(from) {
            return Ok(Address(folder.join(from).into_os_string()));
        }
        if let Some((scheme, rest)) = from.split_once("://") {
            let host = rest.split('/').next().unwrap_or_default();
            let login = host.rsplit_once('@').map(|(login, _)| login);
            if login.is_some_and(|login| login.contains(':')) {
                return refuse(
                    "its address has a password in it; git's credential helpers keep one",
                );
            }
            return match scheme {
                "https" | "ssh" | "file" => Ok(Address(from.into())),
                _ => refuse("only https, ssh and paths of this machine are used"),
            };
        }
        let host = from.split('/').next().unwrap_or_default();
        if from.contains("::") {
            // `ext::COMMAND` runs a command.
            return refuse("only https, ssh and paths of this machine are used");
        }
        if host.starts_with('~') {
            return refuse("`~` is not known here; write the whole path");
        }
        // `git@host:owner/name`
        Ok(Address(match host.contains(':') {
            true => from.into(),
            false => format!("https://{from}").into(),
        }))
    }

    pub(super) fn as_os_str(&self) -> &OsStr {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_means_https() {
        let of = |from: &str| Address::of(Path::new("/srv/project"), from).map(|it| it.0);
        let is = |text: &str| Ok(OsString::from(text));
        assert_eq!(of("github.com/a/b"), is("https://github.com/a/b"));
        assert_eq!(of("https://host/a/b"), is("https://host/a/b"));
        assert_eq!(of("ssh://git@host/a/b"), is("ssh://git@host/a/b"));
        assert_eq!(of("git@host:a/b.git"), is("git@host:a/b.git"));
        assert_eq!(of("/srv/flows"), is("/srv/flows"));
        assert_eq!(of("../flows"), is("/srv/project/../flows"));
        assert_eq!(of("file:///srv/flows"), is("file:///srv/flows"));
    }

    #[test]
    fn what_runs_commands_or_is_readable_by_all_is_refused() {
        for from in [
            "ext::sh/x",
            "http://host/a/b",
            "git://host/a/b",
            "fd::17/foo",
            "~/flows",
            "https://me:secret@host/a/b",
        ] {
            assert!(Address::of(Path::new("/"), from).is_err(), "{from}");
        }
    }
}

//! Which addresses of remotes are used.

use std::ffi::OsString;
use std::path::Path;

/// The address as git is given it: a relative path begins at `root`.
///
/// # Errors
/// Why it is not used, as the end of a sentence.
pub(super) fn checked(url: &str, root: &Path) -> Result<OsString, String> {
    let only = "is none that is used: only https, ssh and paths of this machine are";
    if let Some((scheme, rest)) = url.split_once("://") {
        let host = rest.split('/').next().unwrap_or_default();
        let login = host.rsplit_once('@').map(|(login, _)| login);
        if login.is_some_and(|login| login.contains(':')) {
            return Err(
                "has a password in it, which its logs would show; git's credential helpers keep one"
                    .to_owned(),
            );
        }
        return match scheme {
            "https" | "ssh" | "file" => Ok(url.into()),
            _ => Err(only.to_owned()),
        };
    }
    if url.contains("::") || url.starts_with('-') {
        // `ext::COMMAND` runs a command.
        return Err(only.to_owned());
    }
    // As ssh has it: `git@host:owner/name`. A path has its first `/` before any `:`.
    let first = url.split('/').next().unwrap_or_default();
    Ok(match first.contains(':') {
        true => url.into(),
        false => root.join(url).into_os_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_at_the_repository() {
        let is = |url: &str| checked(url, Path::new("/srv/app")).unwrap();
        assert_eq!(is("../other.git"), "/srv/app/../other.git");
        assert_eq!(is("/srv/other.git"), "/srv/other.git");
        assert_eq!(is("git@host:a/b.git"), "git@host:a/b.git");
        assert_eq!(is("https://host/a"), "https://host/a");
        assert_eq!(is("ssh://git@host/a"), "ssh://git@host/a");
    }

    #[test]
    fn what_runs_commands_or_tells_a_password_is_refused() {
        for url in [
            "ext::sh -c true",
            "http://host/a",
            "git://host/a",
            "fd::17",
            "--upload-pack=x",
            "https://me:word@host/a",
        ] {
            assert!(checked(url, Path::new("/")).is_err(), "{url}");
        }
    }
}

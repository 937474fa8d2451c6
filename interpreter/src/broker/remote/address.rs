//! Which addresses of remotes are used.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::Path;

use crate::net::url::Url;

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

/// The address at which tau logs in with a token: that of the remote, or of the same host and path
/// over HTTPS when the remote is reached over ssh. Without encryption it is used on this machine alone.
///
/// # Errors
/// Why there is none, as the end of a sentence.
pub(super) fn of_token(url: &str) -> Result<Url, String> {
    let no = "takes no token: one that begins with `https://` does";
    let address = match url.split_once("://") {
        Some((scheme @ ("https" | "http"), rest)) => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let (login, host) = host.rsplit_once('@').unwrap_or(("", host));
            if login.contains(':') {
                return Err("has a password in it, which its logs would show".to_owned());
            }
            format!("{scheme}://{host}{path}")
        }
        Some(("ssh", rest)) => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
            let host = host.strip_suffix(":22").unwrap_or(host);
            let has_port = host.rsplit(']').next().is_some_and(|it| it.contains(':'));
            if has_port {
                return Err(no.to_owned());
            }
            format!("https://{host}{path}")
        }
        Some(_) => return Err(no.to_owned()),
        // As ssh has it. A path has its first `/` before any `:`.
        None => match url.split_once(':') {
            Some((host, path)) if !host.contains('/') && !path.starts_with(':') => {
                let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
                format!("https://{host}/{}", path.trim_start_matches('/'))
            }
            _ => return Err(no.to_owned()),
        },
    };
    let url = Url::new(&address).map_err(|why| format!("is none: {why}"))?;
    let is_here = |address: IpAddr| address.is_loopback();
    match url.is_secure() || url.target().address().is_some_and(is_here) {
        true => Ok(url),
        false => Err("is not encrypted, and a token would be sent there".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_over_https_to_the_remotes_host() {
        let is = |url: &str| match of_token(url) {
            Ok(url) => url.to_string(),
            Err(why) => why,
        };
        insta::assert_snapshot!([
            "https://github.com/acme/app.git",
            "https://ann@git.acme.example:8443/app",
            "git@github.com:acme/app.git",
            "github.com:/acme/app.git",
            "ssh://git@github.com/acme/app.git",
            "ssh://git@github.com:22/acme/app.git",
            "ssh://git@github.com:2222/acme/app.git",
            "http://127.0.0.1:8080/app.git",
            "http://localhost:8080/app.git",
            "http://git.acme.example/app.git",
            "https://ann:word@github.com/acme/app",
            "/srv/app.git",
            "../a:b/app.git",
            "file:///srv/app.git",
            "ext::sh -c true",
        ].map(is).join("\n"), @"
        https://github.com/acme/app.git
        https://git.acme.example:8443/app
        https://github.com/acme/app.git
        https://github.com/acme/app.git
        https://github.com/acme/app.git
        https://github.com/acme/app.git
        takes no token: one that begins with `https://` does
        http://127.0.0.1:8080/app.git
        is not encrypted, and a token would be sent there
        is not encrypted, and a token would be sent there
        has a password in it, which its logs would show
        takes no token: one that begins with `https://` does
        takes no token: one that begins with `https://` does
        takes no token: one that begins with `https://` does
        takes no token: one that begins with `https://` does
        ");
    }

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

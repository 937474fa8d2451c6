//! What the name of a repository says without asking it.

use std::path::Path;

use tau_lang::module::{Pin, join};

/// Whether it is the path of a repository on this machine.
pub(super) fn is_path(from: &str) -> bool {
    from.starts_with(['/', '.'])
}

/// Whether it is a repository on this machine, however it is written.
pub(super) fn is_local(from: &str) -> bool {
    is_path(from) || from.starts_with("file:")
}

/// Whether they are one repository at two versions, which no project has; its paths begin at
/// `folder`. `https://`, a login, and `.git` at the end make no difference, nor does how the host's
/// letters are written.
pub(crate) fn contradict(folder: &Path, a: &Pin, b: &Pin) -> bool {
    a.version != b.version && identity(folder, &a.from) == identity(folder, &b.from)
}

fn identity(folder: &Path, from: &str) -> String {
    let bare = from.strip_suffix(".git").unwrap_or(from);
    if is_path(bare) {
        let whole = join(&folder.to_string_lossy(), bare);
        return whole.unwrap_or_else(|| bare.to_owned());
    }
    if let Some(path) = bare.strip_prefix("file://") {
        return path.to_owned();
    }
    let (place, is_ssh) = match bare.split_once("://") {
        Some((_, rest)) => (rest, false),
        None => (bare, true),
    };
    let slash = place.find('/').unwrap_or(place.len());
    let login = place[..slash].rfind('@').map_or(0, |at| at + 1);
    let place = &place[login..];
    // `git@host:owner/name`
    let place = match (is_ssh, place.split_once(':')) {
        (true, Some((host, path))) if !host.contains('/') => format!("{host}/{path}"),
        _ => place.to_owned(),
    };
    match place.split_once('/') {
        Some((host, path)) => format!("{}/{path}", host.to_ascii_lowercase()),
        None => place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_repository_has_many_names() {
        let identity = |from| identity(Path::new("/srv/project"), from);
        for from in [
            "github.com/acme/flows",
            "https://github.com/acme/flows",
            "https://GitHub.com/acme/flows.git",
            "ssh://git@github.com/acme/flows",
            "git@github.com:acme/flows.git",
        ] {
            assert_eq!(identity(from), "github.com/acme/flows", "{from}");
        }
        for from in ["file:///srv/flows.git", "/srv/flows", "../flows"] {
            assert_eq!(identity(from), "/srv/flows", "{from}");
        }
        assert_ne!(identity("./flows"), identity("../flows"));
        assert_ne!(identity("host:81/a/b"), identity("host/a/b"));
    }
}

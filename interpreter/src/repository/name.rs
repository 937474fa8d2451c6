//! Which names a tree may hold.

use super::RepositoryError;

/// Folders below folders, at most. Every walk over a tree or a folder recurses, so a hostile
/// tree must not choose how far; Linux allows no path that is much deeper anyway.
pub(super) const MAX_DEPTH: usize = 256;

/// Checks a path that an edit names.
///
/// # Errors
/// [`RepositoryError::BadPath`] with the reason.
pub(super) fn check_path(path: &str) -> Result<(), RepositoryError> {
    let bad = |why| Err(RepositoryError::BadPath(path.to_owned(), why));
    if path.len() > 4000 {
        return bad("it is longer than 4,000 bytes");
    }
    if path.split('/').count() > MAX_DEPTH {
        return bad("it has more than 256 parts");
    }
    for name in path.split('/') {
        if name.len() > 255 {
            return bad("a part of it is longer than 255 bytes");
        }
        if let Some(why) = unsafe_name(name.as_bytes()) {
            return bad(why);
        }
    }
    Ok(())
}

/// Why one part of a path would do harm on disk, if it would.
pub(super) fn unsafe_name(name: &[u8]) -> Option<&'static str> {
    match name {
        b"" => Some("a part of it is empty"),
        b"." | b".." => Some("`.` and `..` are not names"),
        _ if name.contains(&b'/') => Some("a name holds a slash"),
        _ if name.contains(&0) => Some("a name holds a zero byte"),
        _ if is_dot_git(name) => Some("`.git` belongs to git itself"),
        _ => None,
    }
}

/// Whether some file system takes this name for `.git`, as git itself judges it: letter case,
/// characters that HFS+ drops, and the endings, streams and short names of NTFS.
pub(super) fn is_dot_git(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name);
    let seen: String = name
        .chars()
        .filter(|c| !is_dropped_by_hfs(*c))
        .take_while(|c| !matches!(c, ':' | '\\'))
        .collect();
    let seen = seen.trim_end_matches([' ', '.']);
    seen.eq_ignore_ascii_case(".git") || seen.eq_ignore_ascii_case("git~1")
}

fn is_dropped_by_hfs(c: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_git_refuses() {
        for path in [
            "",
            "/a",
            "a/",
            "a//b",
            ".",
            "a/./b",
            "../a",
            "a/..",
            ".git",
            "a/.GiT/config",
            "git~1",
            ".git. .",
            ".git::$INDEX_ALLOCATION",
            ".git\\x",
            ".g\u{200c}it",
            "a\0b",
        ] {
            assert!(check_path(path).is_err(), "{path:?}");
        }
        assert!(check_path(&"a/".repeat(300)).is_err());
        assert!(check_path(&"a".repeat(256)).is_err());
    }

    #[test]
    fn takes_odd_names_that_do_no_harm() {
        for path in [
            ".gitignore",
            ".github/x",
            "git",
            "...",
            "-rf",
            "a b",
            "a\nb",
            "\"",
            "é",
            "a\\b",
            ".gi",
            "x.git",
            "git~2",
        ] {
            assert_eq!(check_path(path), Ok(()), "{path:?}");
        }
    }
}

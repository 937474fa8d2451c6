//! Looking at the mission's tree: which paths can be meant, and what stands at them.

use serde_json::json;
use tau_interpreter::action::{Failure, File, FileMode, Look};

/// The longest part of a path that file systems store, in bytes.
const LONGEST_PART: usize = 255;
/// The longest path that can be checked out, in bytes.
const LONGEST_PATH: usize = 4096;

/// Whether `path` can name a file of the tree.
///
/// # Errors
/// Why it cannot, as the end of a sentence that begins with the path. Refused are paths that are
/// empty, absolute, too long, hold `.`, `..` or empty parts, a backslash or a NUL byte, and every
/// spelling of `.git` that some file system takes for git's own folder.
pub(crate) fn check_path(path: &str) -> Result<(), &'static str> {
    if path.is_empty() {
        return Err("is empty");
    }
    if path.len() > LONGEST_PATH {
        return Err("is longer than 4096 bytes");
    }
    if path.contains('\0') {
        return Err("contains a NUL byte");
    }
    if path.contains('\\') {
        return Err("contains a backslash; write `/` between its parts");
    }
    if path.starts_with('/') {
        return Err("is absolute; write it relative to the repository's root");
    }
    for part in path.split('/') {
        match part {
            "" => return Err("has an empty part"),
            "." | ".." => return Err("has a `.` or `..` part"),
            _ if part.len() > LONGEST_PART => return Err("has a part longer than 255 bytes"),
            _ if is_git_folder(part) => return Err("reaches into git's own folder"),
            _ => {}
        }
    }
    Ok(())
}

/// Whether some file system takes this name for `.git`: case is ignored on macOS and Windows,
/// HFS+ drops invisible characters, NTFS drops dots and spaces at the end, has a short name for
/// it, and opens its streams by `:`.
fn is_git_folder(part: &str) -> bool {
    let visible: String = part.chars().filter(|&c| !is_ignored_by_hfs(c)).collect();
    let stem = visible.split(':').next().unwrap_or_default();
    let stem = stem.trim_end_matches(['.', ' ']);
    stem.eq_ignore_ascii_case(".git") || stem.eq_ignore_ascii_case("git~1")
}

fn is_ignored_by_hfs(c: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

/// The file at `path`, or `None`; a path that cannot be meant is refused.
pub(crate) fn find(hands: &dyn Look, path: &str) -> Result<Option<File>, Failure> {
    check_path(path).map_err(|why| {
        Failure::new("path-refused", format!("The path `{path}` {why}."))
            .detail(json!({ "path": path }))
    })?;
    hands.read(path)
}

/// The file at `path`, which must be there.
pub(crate) fn existing(hands: &dyn Look, path: &str) -> Result<File, Failure> {
    find(hands, path)?.ok_or_else(|| missing(hands, path))
}

/// The text of a regular file, exactly: line ends and a byte order mark are part of it.
pub(crate) fn text<'f>(path: &str, file: &'f File) -> Result<&'f str, Failure> {
    refuse_link(path, file)?;
    match std::str::from_utf8(&file.bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(Failure::new(
            "file-binary",
            format!(
                "`{path}` is not a text file: it holds a NUL byte or bytes that are not UTF-8."
            ),
        )
        .detail(json!({ "path": path }))),
    }
}

/// Refuses a symbolic link: writing through one would change another file than the one named.
pub(crate) fn refuse_link(path: &str, file: &File) -> Result<(), Failure> {
    if file.mode != FileMode::Link {
        return Ok(());
    }
    let target = String::from_utf8_lossy(&file.bytes);
    Err(Failure::new(
        "file-link",
        format!("`{path}` is a symbolic link to `{target}`, not a file with text of its own."),
    )
    .help("Name the file that it leads to; or remove the link first if a file shall replace it.")
    .detail(json!({ "path": path, "target": target })))
}

/// Says that nothing is at `path`, and what the caller may have meant.
pub(crate) fn missing(hands: &dyn Look, path: &str) -> Failure {
    let failure = Failure::new("file-missing", format!("There is no file `{path}`."));
    // Only a hint: when the tree may not be listed, there is none.
    let all = hands.names();
    let folder = format!("{path}/");
    if all.iter().any(|other| other.starts_with(&folder)) {
        return failure
            .help(format!("`{path}` is a folder: name the files in it."))
            .detail(json!({ "path": path }));
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let near: Vec<&String> = all
        .iter()
        .filter(|other| {
            other
                .rsplit('/')
                .next()
                .is_some_and(|last| last.eq_ignore_ascii_case(name))
        })
        .take(3)
        .collect();
    let failure = failure.detail(json!({ "path": path, "near": near }));
    if near.is_empty() {
        return failure;
    }
    let near: Vec<String> = near.iter().map(|other| format!("`{other}`")).collect();
    failure.help(format!("Did you mean {}?", near.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::check_path;

    #[test]
    fn ordinary_paths_are_accepted() {
        for path in [
            "a",
            "a/b.rs",
            ".github/x.yml",
            ".gitignore",
            "a b/ä\tc\n",
            "git",
            "..a",
            "a..",
            ".git2",
        ] {
            assert_eq!(check_path(path), Ok(()), "{path:?}");
        }
    }

    #[test]
    fn paths_that_leave_the_tree_or_reach_git_are_refused() {
        let long_part = "x".repeat(256);
        let long_path = "x/".repeat(2048) + "x";
        for path in [
            "",
            "/",
            "/etc/passwd",
            "../x",
            "a/../x",
            "a/..",
            ".",
            "./x",
            "a//b",
            "a/",
            "a\0b",
            "a\\b",
            "..\\x",
            ".git",
            ".git/config",
            "a/.git/hooks/x",
            ".GIT/config",
            ".Git",
            ".git.",
            ".git /x",
            ".git::$INDEX_ALLOCATION",
            "GIT~1/config",
            ".g\u{200c}it/x",
            &long_part,
            &long_path,
        ] {
            assert!(check_path(path).is_err(), "{path:?}");
        }
    }
}

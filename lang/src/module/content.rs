//! What a library is, to the byte.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// How many files of a library there may be.
pub const MAX_LIBRARY_FILES: usize = 1_000;
/// How many bytes they may have together: 16 MiB.
pub const MAX_LIBRARY_BYTES: usize = 16 * 1024 * 1024;

/// The files of a library that can be used, by their paths from its root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Their texts.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Whether a file of a repository is a part of the library that it is: tau files are, and YAML,
/// which may be tau's. What no `use` can name is none, whatever it ends in.
#[must_use]
pub fn is_part(path: &str) -> bool {
    let is_tau = [".tau", ".yaml", ".yml"]
        .iter()
        .any(|end| path.ends_with(end));
    let is_odd = |part: &str| matches!(part, "" | "." | "..") || part.eq_ignore_ascii_case(".git");
    is_tau
        && !path.split('/').any(is_odd)
        && !path
            .chars()
            .any(|c| c.is_control() || c == ' ' || c == '\\')
}

impl Content {
    /// The SHA-256 of the list of files, as 64 hexadecimal digits: for each, in the order of the
    /// paths' bytes, a line of the SHA-256 of what it holds, two blanks, and its path. It is what
    /// `sha256sum FILE… | sha256sum` prints.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut list = Sha256::new();
        for (path, bytes) in &self.files {
            list.update(format!("{}  {path}\n", hex(&Sha256::digest(bytes))));
        }
        hex(&list.finalize())
    }

    /// Why it is too large to be used, as a sentence without its full stop.
    #[must_use]
    pub fn excess(&self) -> Option<String> {
        let bytes = self.files.values().map(Vec::len).sum();
        Content::excess_of(self.files.len(), bytes)
    }

    /// As [`Content::excess`], before so many files with so many bytes are read.
    #[must_use]
    pub fn excess_of(files: usize, bytes: usize) -> Option<String> {
        if files > MAX_LIBRARY_FILES {
            return Some(format!(
                "it has {files} tau and YAML files, and a library may have {MAX_LIBRARY_FILES}"
            ));
        }
        (bytes > MAX_LIBRARY_BYTES).then(|| {
            format!(
                "its tau and YAML files have {bytes} bytes, and a library's may have \
                 {MAX_LIBRARY_BYTES}"
            )
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_a_tau_file_that_can_be_named() {
        for part in ["a.tau", "x/y.yaml", ".tau/fix.yml", "a@b.tau"] {
            assert!(is_part(part), "{part}");
        }
        for other in [
            "README.md",
            "a b.tau",
            "a\nb.tau",
            "a\\b.tau",
            "/a.tau",
            "x//a.tau",
            "../a.tau",
            "x/../a.tau",
            "./a.tau",
            ".git/a.tau",
            "x/.GIT/a.tau",
        ] {
            assert!(!is_part(other), "{other}");
        }
    }

    #[test]
    fn the_digest_is_what_sha256sum_prints() {
        let files = [("a.tau", "one\n"), ("b/c.yaml", "two\n")];
        let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
        let content = Content {
            files: files.into(),
        };
        assert_eq!(
            content.digest(),
            "6fa5588f455adfa83fb24fba65bc3ec7f1c8c4883f03b2d0ec8672029fb41afe"
        );
    }
}

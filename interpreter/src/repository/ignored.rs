//! Which files git would not offer to add.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The rules of the `.gitignore` files on the way from the root to a folder. They are taken from
/// the tree: those on disk may have been written by the process that is being judged.
#[derive(Default)]
pub(super) struct Ignored {
    /// For each folder of the way, where its path ends, and its rules.
    rules: Vec<(usize, Gitignore)>,
}

impl Ignored {
    /// Enters the folder at `path` with the content of its `.gitignore`.
    pub(super) fn enter(&mut self, path: &[u8], content: Option<&[u8]>) {
        self.rules
            .push((path.len(), content.map_or_else(Gitignore::empty, parse)));
    }

    /// Goes back up.
    pub(super) fn leave(&mut self) {
        self.rules.pop();
    }

    /// Whether the rules leave out `path`, which lies directly in the folder last entered. A
    /// folder's files are left out with it, which is for the caller to see.
    pub(super) fn contains(&self, path: &[u8], is_folder: bool) -> bool {
        for (length, rules) in self.rules.iter().rev() {
            let below = path.get(*length..).unwrap_or_default();
            let below = below.strip_prefix(b"/").unwrap_or(below);
            match rules.matched(Path::new(OsStr::from_bytes(below)), is_folder) {
                Match::None => {}
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
            }
        }
        false
    }
}

/// A line that cannot be understood is left out, as git does.
fn parse(content: &[u8]) -> Gitignore {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let mut builder = GitignoreBuilder::new(".");
    for line in String::from_utf8_lossy(content).lines() {
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

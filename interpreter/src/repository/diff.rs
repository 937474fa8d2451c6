//! The difference between two trees as git prints it.

use std::collections::HashSet;

use git2::{DiffFormat, DiffLine, DiffLineType, DiffOptions};

use super::keep::collect;
use super::{Oid, RepositoryError, Store};

impl Store {
    /// A patch as `git diff --no-renames --no-ext-diff --no-textconv --full-index --binary`
    /// prints it. It is bytes because the files' lines need not be UTF-8; `git apply` takes it.
    pub fn diff(&self, from: &Oid, to: &Oid) -> Result<Vec<u8>, RepositoryError> {
        let failed = RepositoryError::git("compare two trees");
        let mut options = DiffOptions::new();
        options
            .old_prefix("a/")
            .new_prefix("b/")
            .id_abbrev(40)
            .show_binary(true);
        let mut made = Vec::new();
        self.with(|git| {
            let mut seen = HashSet::new();
            collect(git, from.0, &mut seen, &mut made, 0)?;
            collect(git, to.0, &mut seen, &mut made, 0)
        })?;
        self.with_made(&made, |git| {
            let [old, new] = [from, to].map(|id| {
                git.find_tree(id.0)
                    .map_err(|_| RepositoryError::MissingObject(*id))
            });
            let diff = git
                .diff_tree_to_tree(Some(&old?), Some(&new?), Some(&mut options))
                .map_err(&failed)?;
            let mut patch = Patch::default();
            diff.print(DiffFormat::Patch, |_, _, line| {
                patch.line(&line);
                true
            })
            .map_err(&failed)?;
            Ok(patch.bytes)
        })
    }
}

/// Where libgit2 and git print differently, git's way.
#[derive(Default)]
struct Patch {
    bytes: Vec<u8>,
    /// The lines with `---` and `+++` of the file being printed; git prints them only above a
    /// hunk, which an empty file has none of.
    names: Vec<u8>,
}

impl Patch {
    fn line(&mut self, line: &DiffLine<'_>) {
        match line.origin_value() {
            DiffLineType::FileHeader => self.file(line.content()),
            DiffLineType::HunkHeader => {
                self.bytes.append(&mut self.names);
                self.bytes.extend_from_slice(line.content());
            }
            DiffLineType::Context | DiffLineType::Addition | DiffLineType::Deletion => {
                self.bytes.push(line.origin() as u8);
                self.bytes.extend_from_slice(line.content());
            }
            _ => self.bytes.extend_from_slice(line.content()),
        }
    }

    fn file(&mut self, header: &[u8]) {
        let names = header.windows(5).position(|window| window == b"\n--- ");
        let (head, names) = header.split_at(names.map_or(header.len(), |at| at + 1));
        self.bytes.extend_from_slice(head);
        self.names.clear();
        for line in names.split_inclusive(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            self.names.extend_from_slice(line);
            // A tab tells where a name with spaces ends. The first space is behind the dashes.
            if line.iter().filter(|byte| **byte == b' ').count() > 1 {
                self.names.push(b'\t');
            }
            self.names.push(b'\n');
        }
    }
}

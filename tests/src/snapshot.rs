//! What a run must leave as it was.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::Sandbox;

/// Every file of a sandbox's repository, `.git` included: its kind, mode, content, and when it
/// was written. A file that was written with what it held before is a difference, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<PathBuf, String>);

impl Sandbox {
    /// The repository as it is now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let mut files = BTreeMap::new();
        walk(&self.path(), Path::new(""), &mut files);
        Snapshot(files)
    }

    /// The test fails, with the names of the files, if the repository is not as it was in
    /// `before`.
    #[track_caller]
    pub fn assert_untouched(&self, before: &Snapshot) {
        assert_same(&before.0, &self.snapshot().0);
    }

    /// As [`assert_untouched`](Self::assert_untouched), but there may be more objects, and
    /// branches below `tau/` with their logs.
    #[track_caller]
    pub fn assert_only_branches_added(&self, before: &Snapshot) {
        let mut now = self.snapshot().0;
        now.retain(|path, _| before.0.contains_key(path) || !may_be_added(path));
        assert_same(&before.0, &now);
    }
}

/// Objects, and what makes a branch below `tau/`.
fn may_be_added(path: &Path) -> bool {
    let folders = [
        ".git/objects",
        ".git/refs/heads/tau",
        ".git/logs/refs/heads/tau",
    ];
    folders.iter().any(|folder| path.starts_with(folder))
}

fn walk(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(root.join(folder)).unwrap() {
        let path = folder.join(entry.unwrap().file_name());
        let full = root.join(&path);
        let metadata = fs::symlink_metadata(&full).unwrap();
        let mode = metadata.mode();
        if metadata.is_dir() {
            walk(root, &path, files);
            files.insert(path, format!("folder {mode:o}"));
            continue;
        }
        let bytes = if metadata.is_symlink() {
            let target = fs::read_link(&full).unwrap();
            target.as_os_str().as_bytes().to_vec()
        } else if metadata.is_file() {
            fs::read(&full).unwrap()
        } else {
            Vec::new()
        };
        let content = String::from_utf8_lossy(&bytes);
        let (seconds, nanos) = (metadata.mtime(), metadata.mtime_nsec());
        // Git renews the time of an object that is stored again, so that it is not pruned.
        let written = match path.starts_with(".git/objects") {
            true => String::new(),
            false => format!(", written {seconds}.{nanos:09}"),
        };
        let state = format!("{mode:o}{written}: {content:?}");
        files.insert(path, state);
    }
}

#[track_caller]
fn assert_same(before: &BTreeMap<PathBuf, String>, now: &BTreeMap<PathBuf, String>) {
    let mut wrong = String::new();
    for (path, was) in before {
        match now.get(path) {
            None => wrong += &format!("{} is gone\n", path.display()),
            Some(is) if is != was => {
                wrong += &format!("{} was {was}\n  is {is}\n", path.display());
            }
            Some(_) => {}
        }
    }
    for path in now.keys().filter(|path| !before.contains_key(*path)) {
        wrong += &format!("{} is new\n", path.display());
    }
    assert!(wrong.is_empty(), "the repository was touched:\n{wrong}");
}

//! What can be seen from outside of what an attack has done.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The processes of the machine, with their command lines and what they were given as environment.
pub(crate) fn processes() -> impl Iterator<Item = (String, String, String)> {
    let text = |path: PathBuf| {
        let bytes = fs::read(path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(move |entry| {
        let pid = entry.file_name().into_string().ok()?;
        pid.parse::<u32>().ok()?;
        let at = entry.path();
        Some((pid, text(at.join("cmdline")), text(at.join("environ"))))
    })
}

/// All that there is at a path and below: what it is, whose, when it was written, and what it holds.
pub(crate) fn look(path: &Path, found: &mut BTreeMap<PathBuf, String>) {
    let Ok(meta) = fs::symlink_metadata(path) else {
        return;
    };
    let text = match meta.is_file() {
        true => String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned(),
        false => String::new(),
    };
    let whose = (meta.uid(), meta.gid(), meta.nlink());
    let written = (meta.mtime(), meta.mtime_nsec());
    let state = format!("{:o} {whose:?} {written:?} {text}", meta.mode());
    if meta.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            look(&entry.unwrap().path(), found);
        }
    }
    found.insert(path.to_owned(), state);
}

//! From paths on the command line to files.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::read::why;
use super::{Input, Unreadable};
use crate::libraries::VENDORED;

/// How much of a YAML file is searched for its `tau:` key.
const HEAD_BYTES: u64 = 64 * 1024;

/// The files that `paths` stand for, each once, and what could not be looked at.
///
/// A file stands for itself whatever it is called, `-` for standard input, and a folder for the
/// `.tau` files in it and the YAML files with a top-level `tau:` key. A name for standard input
/// asks for it too.
pub(crate) fn discover(paths: &[PathBuf], stdin: Option<&str>) -> (Vec<Input>, Vec<Unreadable>) {
    let mut walk = Walk::default();
    let dash = Path::new("-");
    if stdin.is_some() || paths.iter().any(|path| path == dash) {
        let name = stdin.unwrap_or("<stdin>").to_owned();
        walk.inputs.push(Input::Stdin(name));
    }
    // With a name for standard input and no path, the default path is not meant.
    let default = stdin.is_some() && paths == [PathBuf::from(".")];
    for path in paths.iter().filter(|path| *path != dash && !default) {
        walk.start(path);
    }
    (walk.inputs, walk.unreadable)
}

#[derive(Default)]
struct Walk {
    inputs: Vec<Input>,
    unreadable: Vec<Unreadable>,
    seen: BTreeSet<PathBuf>,
}

impl Walk {
    fn start(&mut self, path: &Path) {
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => self.folder(path),
            Ok(_) => self.take(path),
            Err(error) => self.refuse(path, why(&error)),
        }
    }

    /// Walks with a list instead of by calling itself: a folder may be deeper than the stack.
    /// Links to folders are not followed, so there are no circles.
    ///
    /// A link to a file is followed when it stays in `root`: who names a folder means what is in
    /// it, and `tau fmt` writes.
    fn folder(&mut self, root: &Path) {
        let inside = fs::canonicalize(root).ok();
        let stays = |path: &Path| match (fs::canonicalize(path), &inside) {
            (Ok(target), Some(inside)) => target.starts_with(inside),
            _ => false,
        };
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            let entries = match entries(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    self.refuse(&folder, why(&error));
                    continue;
                }
            };
            let mut inner = Vec::new();
            for path in entries {
                let Ok(kind) = fs::symlink_metadata(&path).map(|meta| meta.file_type()) else {
                    continue;
                };
                if kind.is_dir() {
                    inner.push(path);
                } else if is_candidate(&path)
                    && is_file(&path)
                    && (!kind.is_symlink() || stays(&path))
                {
                    self.offer(&path);
                }
            }
            // The last of the list is the next to be looked at.
            folders.extend(inner.into_iter().rev().filter(|path| !is_skipped(path)));
        }
    }

    /// Takes a file found in a folder if it is a tau file.
    fn offer(&mut self, path: &Path) {
        if path.extension() == Some(OsStr::new("tau")) {
            return self.take(path);
        }
        match has_tau_key(path) {
            Ok(true) => self.take(path),
            Ok(false) => {}
            Err(error) => self.refuse(path, why(&error)),
        }
    }

    fn take(&mut self, path: &Path) {
        let path = short(path).to_owned();
        if self.seen.insert(path.clone()) {
            self.inputs.push(Input::File(path));
        }
    }

    fn refuse(&mut self, path: &Path, why: String) {
        let name = short(path).to_string_lossy().into_owned();
        self.unreadable.push(Unreadable { name, why });
    }
}

/// `./a.tau` and `a.tau` are one file.
fn short(path: &Path) -> &Path {
    match path.strip_prefix(".") {
        Ok(short) if !short.as_os_str().is_empty() => short,
        _ => path,
    }
}

/// In the order of their names, so that every machine reports the same.
fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries: Result<Vec<_>, _> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect();
    let mut entries = entries?;
    entries.sort();
    Ok(entries)
}

/// Folders that hold no files of the user's own.
fn is_skipped(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default();
    let hidden = name.as_encoded_bytes().starts_with(b".") && name != ".tau";
    hidden || name == "target" || name == "node_modules" || name == VENDORED
}

fn is_candidate(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    matches!(extension, Some("tau" | "yaml" | "yml"))
}

/// A regular file, or a link to one: reading anything else could wait for ever.
fn is_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| meta.is_file())
}

fn has_tau_key(path: &Path) -> std::io::Result<bool> {
    let mut head = Vec::new();
    fs::File::open(path)?
        .take(HEAD_BYTES)
        .read_to_end(&mut head)?;
    Ok(is_tau_yaml(&head))
}

/// Whether a YAML text that begins so has a top-level `tau:` key.
pub(crate) fn is_tau_yaml(text: &[u8]) -> bool {
    let head = &text[..text.len().min(HEAD_BYTES as usize)];
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.split(|byte| *byte == b'\n')
        .any(|line| line.starts_with(b"tau:"))
}

#[cfg(test)]
mod tests;

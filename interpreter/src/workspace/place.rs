//! Putting one file where a tree says it is, in a folder that somebody else has written to.

use std::fs;
use std::io::{self, Write as _};
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, mkdirat, openat, symlinkat, unlinkat};
use rustix::io::Errno;

use crate::action::{File, FileMode};

/// Makes `path` below `root` be `file`, or be absent. Whatever stands in the way is removed; no
/// link is ever followed.
pub(crate) fn place(root: &Path, path: &str, file: Option<&File>) -> io::Result<()> {
    let folder_flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut folder = openat(CWD, root, folder_flags, Mode::empty())?;
    let mut at = root.to_owned();
    let (parents, name) = match path.rsplit_once('/') {
        Some((parents, name)) => (parents.split('/').collect(), name),
        None => (Vec::new(), path),
    };
    for part in parents {
        at.push(part);
        folder = match openat(&folder, part, folder_flags, Mode::empty()) {
            Ok(inner) => inner,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) if file.is_none() => return Ok(()),
            Err(error @ (Errno::NOENT | Errno::NOTDIR | Errno::LOOP)) => {
                if error != Errno::NOENT {
                    unlinkat(&folder, part, AtFlags::empty())?;
                }
                mkdirat(&folder, part, Mode::from_raw_mode(0o777))?;
                openat(&folder, part, folder_flags, Mode::empty())?
            }
            Err(error) => return Err(error.into()),
        };
    }
    at.push(name);
    clear(&folder, name, &at)?;
    let Some(file) = file else {
        return Ok(());
    };
    match file.mode {
        FileMode::Link => symlinkat(file.bytes.as_slice(), &folder, name)?,
        FileMode::Regular | FileMode::Executable => {
            let mode = if file.mode == FileMode::Executable {
                0o777
            } else {
                0o666
            };
            let flags =
                OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let made = openat(&folder, name, flags, Mode::from_raw_mode(mode))?;
            fs::File::from(made).write_all(&file.bytes)?;
        }
    }
    Ok(())
}

/// Removes whatever has this name in a folder.
fn clear(folder: &OwnedFd, name: &str, at: &Path) -> io::Result<()> {
    match unlinkat(folder, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        // INVARIANT: `remove_dir_all` follows no link below or at the folder it is given.
        Err(Errno::ISDIR | Errno::PERM) => fs::remove_dir_all(at),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str, mode: FileMode) -> File {
        File {
            bytes: text.as_bytes().to_vec(),
            mode,
        }
    }

    #[test]
    fn a_link_in_the_way_is_replaced_and_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let root = dir.path();
        std::os::unix::fs::symlink(outside.path(), root.join("src")).unwrap();
        place(root, "src/a.txt", Some(&file("x", FileMode::Regular))).unwrap();
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
        assert_eq!(fs::read_to_string(root.join("src/a.txt")).unwrap(), "x");
    }

    #[test]
    fn a_file_replaces_a_folder_and_a_folder_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        place(root, "a/b/c", Some(&file("1", FileMode::Executable))).unwrap();
        place(root, "a/b", Some(&file("2", FileMode::Regular))).unwrap();
        assert_eq!(fs::read_to_string(root.join("a/b")).unwrap(), "2");
        place(root, "a/b/c", Some(&file("3", FileMode::Regular))).unwrap();
        assert_eq!(fs::read_to_string(root.join("a/b/c")).unwrap(), "3");
        place(root, "a/b/c", None).unwrap();
        place(root, "not/there", None).unwrap();
        assert!(!root.join("a/b/c").exists() && !root.join("not").exists());
        place(root, "l", Some(&file("a/b", FileMode::Link))).unwrap();
        assert_eq!(fs::read_link(root.join("l")).unwrap(), Path::new("a/b"));
    }
}

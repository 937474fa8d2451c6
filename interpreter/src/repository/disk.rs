//! Folders that may change while they are read, and by somebody who means harm.
//!
//! Everything is opened through its folder's descriptor and never through a link, so that
//! nothing that happens meanwhile can lead a walk out of the folder where it began.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{
    AtFlags, Dir, FileType, Mode, OFlags, SeekFrom, openat, readlinkat, seek, statat,
};
use rustix::io::{Errno, Result};

use crate::action::FileMode;

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// Not blocking, should the file have become a pipe.
const FILE: OFlags = OFlags::RDONLY
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// A name in a folder.
pub(super) struct Found {
    pub(super) name: CString,
    pub(super) kind: FileType,
    pub(super) executable: bool,
    pub(super) size: u64,
}

/// Opens the folder where a walk begins.
pub(super) fn open(dir: &Path) -> Result<OwnedFd> {
    rustix::fs::open(dir, FOLDER, Mode::empty())
}

/// Opens a folder in a folder.
pub(super) fn open_in(folder: &OwnedFd, name: &CStr) -> Result<OwnedFd> {
    openat(folder, name, FOLDER, Mode::empty())
}

/// What is in a folder, in no order.
pub(super) fn names(folder: &OwnedFd) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => found.push(Found {
                name: name.to_owned(),
                kind: FileType::from_raw_mode(stat.st_mode),
                executable: stat.st_mode & 0o100 != 0,
                size: u64::try_from(stat.st_size).unwrap_or(0),
            }),
            // It went away in between.
            Err(Errno::NOENT) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Whether parts of a file were never written. See lseek(2), SEEK_HOLE.
pub(super) fn has_holes(folder: &OwnedFd, found: &Found) -> io::Result<bool> {
    let file = openat(folder, &found.name, FILE, Mode::empty())?;
    match seek(&file, SeekFrom::Hole(0)) {
        // Every file ends with one.
        Ok(at) => Ok(at < found.size),
        // What has become something else is found out when it is read.
        Err(Errno::INVAL | Errno::NXIO | Errno::SPIPE) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// A file's or link's mode and content, of which at most `limit` bytes are read, or as many as
/// it was found to have, and one more.
pub(super) fn read(folder: &OwnedFd, found: &Found, limit: u64) -> io::Result<(FileMode, Vec<u8>)> {
    if found.kind == FileType::Symlink {
        let target = readlinkat(folder, &found.name, Vec::new())?;
        return Ok((FileMode::Link, target.into_bytes()));
    }
    let mode = if found.executable {
        FileMode::Executable
    } else {
        FileMode::Regular
    };
    let file = File::from(openat(folder, &found.name, FILE, Mode::empty())?);
    let mut bytes = Vec::new();
    file.take(found.size.max(limit) + 1)
        .read_to_end(&mut bytes)?;
    Ok((mode, bytes))
}

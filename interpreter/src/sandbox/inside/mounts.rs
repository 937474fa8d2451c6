//! What a command sees: a root of its own, built from mounts that nobody else has.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{
    CWD, FileType, Mode, OFlags, ResolveFlags, fstat, mkdirat, openat, openat2, symlinkat,
};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, OpenTreeFlags, fsconfig_create,
    fsconfig_set_string, fsmount, fsopen, move_mount, open_tree,
};

use super::super::spec::{Access, Mount};
use super::super::sys::{Attributes, set_attributes};
use super::{Doing as _, Step, layers};

/// The root that is being built.
#[derive(Debug)]
pub(super) struct Root {
    folder: OwnedFd,
}

impl Root {
    /// An empty root in memory, mounted on `at` in this mount namespace. What is made in it itself
    /// are only empty folders and a few small files.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn new(at: &Path) -> Result<Root, Step> {
        let mount = memory(16 << 20, 0o755).doing("the root")?;
        let to = openat(CWD, at, OFlags::PATH | OFlags::DIRECTORY, Mode::empty());
        let to = to.doing(&at.display().to_string())?;
        attach(&mount, &to).doing(&at.display().to_string())?;
        Ok(Root { folder: mount })
    }

    /// The root that the keeper has built, in the namespace of a command.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn at(at: &Path) -> Result<Root, Step> {
        let folder = openat(CWD, at, OFlags::PATH | OFlags::DIRECTORY, Mode::empty());
        Ok(Root {
            folder: folder.doing(&at.display().to_string())?,
        })
    }

    /// Its folder.
    pub(super) fn folder(&self) -> &OwnedFd {
        &self.folder
    }

    /// Adds what is asked for.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn add(&self, mounts: &[Mount]) -> Result<(), Step> {
        for mount in mounts {
            self.one(mount).doing(&mount.path().display().to_string())?;
        }
        Ok(())
    }

    fn one(&self, mount: &Mount) -> io::Result<()> {
        match mount {
            Mount::Shown { path, access } => self.show(path, path, *access),
            Mount::Granted { path, from, layer } => match layer {
                Some(size) => match layers::on_top(from, *size, &self.place(path, true)?) {
                    // What cannot be layered can still be read.
                    Err(_) => self.show(path, from, Access::Read),
                    done => done,
                },
                None => self.show(path, from, Access::Read),
            },
            Mount::Kept { root, path } => match self.part(root, path)? {
                Some(part) => {
                    let copy = clone_of(&part)?;
                    let attributes = Attributes {
                        read_only: true,
                        ..Attributes::default()
                    };
                    set_attributes(copy.as_fd(), attributes, true)?;
                    attach(&copy, &part)
                }
                None => Ok(()),
            },
            Mount::Scratch { path, size } => {
                let to = self.place(path, true)?;
                attach(&memory(*size, 0o1777)?, &to)
            }
            Mount::Folder(path) => self.place(path, true).map(drop),
            Mount::Link { path, target } => {
                let (folder, name) = self.parent(path)?;
                Ok(symlinkat(target, folder, name)?)
            }
            Mount::File { path, text } => {
                let (folder, name) = self.parent(path)?;
                let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
                let file = openat(folder, name, flags, Mode::from_raw_mode(0o444))?;
                io::Write::write_all(&mut std::fs::File::from(file), text.as_bytes())
            }
        }
    }

    /// Shows what is at `from` at `path`.
    fn show(&self, path: &Path, from: &Path, access: Access) -> io::Result<()> {
        let from = openat(CWD, from, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
        let is_folder = is_folder(&from)?;
        let to = self.place(path, is_folder)?;
        let copy = clone_of(&from)?;
        let attributes = Attributes {
            read_only: access == Access::Read,
            no_exec: access == Access::Device,
            devices: access == Access::Device,
        };
        set_attributes(copy.as_fd(), attributes, true)?;
        attach(&copy, &to)
    }

    /// Puts an empty file in the place of one, where that is there.
    fn hide(&self, path: &str) -> io::Result<()> {
        let flags = OFlags::PATH | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let path = below(Path::new(path));
        let there = match openat(&self.folder, path, flags, Mode::empty()) {
            Ok(there) => there,
            Err(Errno::NOENT) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let empty = openat(&self.folder, "etc/resolv.conf", flags, Mode::empty())?;
        let copy = clone_of(&empty)?;
        let attributes = Attributes {
            read_only: true,
            ..Attributes::default()
        };
        set_attributes(copy.as_fd(), attributes, false)?;
        attach(&copy, &there)
    }

    /// A part of a folder that is shown; `None` when it is not there, or a link leads to it.
    fn part(&self, root: &Path, path: &Path) -> io::Result<Option<OwnedFd>> {
        let flags = OFlags::PATH | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let shown = openat(&self.folder, below(root), flags, Mode::empty())?;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        match openat2(&shown, path, flags, Mode::empty(), resolve) {
            Ok(part) if is_link(&part)? => Ok(None),
            Ok(part) => Ok(Some(part)),
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the place that something is mounted on.
    fn place(&self, path: &Path, is_folder: bool) -> io::Result<OwnedFd> {
        if path == Path::new("/") {
            return self.folder.try_clone();
        }
        let (folder, name) = self.parent(path)?;
        let flags = OFlags::PATH | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        match openat(&folder, &name, flags, Mode::empty()) {
            Ok(there) => return Ok(there),
            Err(Errno::NOENT) => {}
            Err(error) => return Err(error.into()),
        }
        if is_folder {
            made(&folder, &name)?;
        } else {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
            openat(&folder, &name, flags, Mode::from_raw_mode(0o444))?;
        }
        Ok(openat(&folder, &name, flags, Mode::empty())?)
    }

    /// The folder that holds `path`, made with all above it, and the last name.
    fn parent(&self, path: &Path) -> io::Result<(OwnedFd, PathBuf)> {
        let wrong = || io::Error::from(Errno::INVAL);
        let name = path.file_name().ok_or_else(wrong)?;
        let mut folder = self.folder.try_clone()?;
        let above = path.parent().unwrap_or(Path::new("/"));
        // A link in the root, as `/bin` often is, leads to another place of the same root.
        let flags = OFlags::PATH | OFlags::CLOEXEC | OFlags::DIRECTORY;
        for part in below(above).iter() {
            if part == "." {
                continue;
            }
            folder = match openat2(&folder, part, flags, Mode::empty(), ResolveFlags::IN_ROOT) {
                Ok(inner) => inner,
                Err(Errno::NOENT) => {
                    made(&folder, Path::new(part))?;
                    openat(&folder, part, flags, Mode::empty())?
                }
                Err(error) => return Err(error.into()),
            };
        }
        Ok((folder, PathBuf::from(name)))
    }
}

/// Makes a folder, unless the box beside this one, which is made at the same time in the same root, was first.
fn made(folder: &OwnedFd, name: &Path) -> io::Result<()> {
    match mkdirat(folder, name, Mode::from_raw_mode(0o755)) {
        Ok(()) | Err(Errno::EXIST) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// An absolute path, as seen from the root.
fn below(path: &Path) -> &Path {
    let below = path.strip_prefix("/").unwrap_or(path);
    if below.as_os_str().is_empty() {
        Path::new(".")
    } else {
        below
    }
}

fn is_folder(file: &OwnedFd) -> io::Result<bool> {
    Ok(FileType::from_raw_mode(fstat(file)?.st_mode) == FileType::Directory)
}

fn is_link(file: &OwnedFd) -> io::Result<bool> {
    Ok(FileType::from_raw_mode(fstat(file)?.st_mode) == FileType::Symlink)
}

/// A mount of what `file` is, with all that is mounted below, and not mounted anywhere yet.
fn clone_of(file: &OwnedFd) -> io::Result<OwnedFd> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_RECURSIVE
        | OpenTreeFlags::AT_EMPTY_PATH;
    Ok(open_tree(file, "", flags)?)
}

pub(super) fn attach(mount: &OwnedFd, to: &OwnedFd) -> io::Result<()> {
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    Ok(move_mount(mount, "", to, "", flags)?)
}

/// How many files a file system in memory holds at most: each takes memory, also when it is empty.
const INODES: &str = "262144";

/// A file system in memory.
pub(super) fn memory(size: u64, mode: u32) -> io::Result<OwnedFd> {
    let system = fsopen("tmpfs", FsOpenFlags::FSOPEN_CLOEXEC)?;
    fsconfig_set_string(&system, "size", size.to_string())?;
    fsconfig_set_string(&system, "nr_inodes", INODES)?;
    fsconfig_set_string(&system, "mode", format!("{mode:o}"))?;
    fsconfig_create(&system)?;
    let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV;
    Ok(fsmount(&system, FsMountFlags::FSMOUNT_CLOEXEC, attributes)?)
}

/// Mounts what the kernel makes for the namespaces of this command.
///
/// # Errors
/// The system's.
pub(super) fn kernel_made(root: &Root) -> Result<(), Step> {
    let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID
        | MountAttrFlags::MOUNT_ATTR_NODEV
        | MountAttrFlags::MOUNT_ATTR_NOEXEC;
    let made = |kind: &str, at: &str, options: &[(&str, &str)]| -> io::Result<()> {
        let system = fsopen(kind, FsOpenFlags::FSOPEN_CLOEXEC)?;
        for (key, value) in options {
            fsconfig_set_string(&system, *key, *value)?;
        }
        fsconfig_create(&system)?;
        let attributes = match kind {
            // Its files are devices.
            "devpts" => attributes.difference(MountAttrFlags::MOUNT_ATTR_NODEV),
            _ => attributes,
        };
        let mount = fsmount(&system, FsMountFlags::FSMOUNT_CLOEXEC, attributes)?;
        attach(&mount, &root.place(Path::new(at), true)?)
    };
    made("proc", "/proc", &[]).doing("/proc")?;
    let terminals = [("ptmxmode", "0666"), ("mode", "0620")];
    made("devpts", "/dev/pts", &terminals).doing("/dev/pts")?;
    // What the machine's owner may write in these must not be written from a box that has his
    // number, as the box of a tau that root has started.
    for path in ["sys", "sysrq-trigger", "irq", "bus", "fs"] {
        let kept = Mount::Kept {
            root: PathBuf::from("/proc"),
            path: PathBuf::from(path),
        };
        root.one(&kept).doing(&format!("/proc/{path}"))?;
    }
    // The kernel's keys show here by whose they are, not by who may use them.
    for path in ["keys", "key-users"] {
        root.hide(&format!("/proc/{path}"))
            .doing(&format!("/proc/{path}"))?;
    }
    Ok(())
}

/// Makes the root itself unwritable. What is mounted in it stays as it is.
///
/// # Errors
/// The system's.
pub(super) fn seal(root: &Root) -> Result<(), Step> {
    let attributes = Attributes {
        read_only: true,
        ..Attributes::default()
    };
    set_attributes(root.folder().as_fd(), attributes, false).doing("the root")
}

/// Whether the current folder of this process can be this one.
///
/// # Errors
/// The system's.
pub(super) fn enter(folder: &OwnedFd) -> io::Result<()> {
    Ok(rustix::process::fchdir(folder)?)
}

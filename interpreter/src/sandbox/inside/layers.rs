//! A folder that can be written in a box and does not change: what is written lies on top of it, in
//! memory, and is gone with the box.

use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, UnmountFlags, fsconfig_create, fsconfig_set_flag,
    fsconfig_set_string, fsmount, fsopen, unmount,
};

use super::mounts::{attach, memory};

/// Mounts the folder `from` on `to`, with a layer of at most `size` bytes on top of it.
///
/// # Errors
/// The system's: not every file system can be the lower one.
pub(super) fn on_top(from: &Path, size: u64, to: &OwnedFd) -> io::Result<()> {
    let lower = openat(CWD, from, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
    // The layer must be mounted somewhere while it is made part of the other. That is where it will
    // be seen, so that nothing else of it ever is.
    let layer = memory(size, 0o700)?;
    attach(&layer, to)?;
    let made = overlay(&lower, &layer);
    let root = format!("/proc/self/fd/{}", layer.as_raw_fd());
    unmount(root, UnmountFlags::DETACH)?;
    attach(&made?, to)
}

/// See the kernel's documentation of overlayfs.
fn overlay(lower: &OwnedFd, layer: &OwnedFd) -> io::Result<OwnedFd> {
    let inner = |name: &str| -> io::Result<OwnedFd> {
        mkdirat(layer, name, Mode::from_raw_mode(0o755))?;
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(openat(layer, name, flags, Mode::empty())?)
    };
    let (upper, work) = (inner("upper")?, inner("work")?);
    // By their descriptors, whatever letters are in their names.
    let system = fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC)?;
    for (key, folder) in [
        ("lowerdir", lower),
        ("upperdir", &upper),
        ("workdir", &work),
    ] {
        let at = format!("/proc/self/fd/{}", folder.as_raw_fd());
        fsconfig_set_string(&system, key, at)?;
    }
    // Without it, only the machine's own root may mark what was removed.
    fsconfig_set_flag(&system, "userxattr")?;
    fsconfig_create(&system)?;
    let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV;
    Ok(fsmount(&system, FsMountFlags::FSMOUNT_CLOEXEC, attributes)?)
}

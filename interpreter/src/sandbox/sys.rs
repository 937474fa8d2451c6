//! The system calls that no safe library has. Each is used by the helper process alone, which has
//! one thread: what is true for it is said at each.
#![allow(
    unsafe_code,
    reason = "clone3, mount_setattr, close_range and the flags of an interface have no safe wrapper"
)]

use std::ffi::c_long;
use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd};

use rustix::process::Pid;
use rustix::thread::UnshareFlags;

/// A child as its parent sees it.
#[derive(Debug)]
pub(super) struct Child {
    /// Its number.
    pub(super) pid: Pid,
    /// Becomes readable when it has ended.
    pub(super) handle: OwnedFd,
}

/// The namespaces of one command; it has its user namespace from the keeper.
pub(super) const NAMESPACES: i32 = libc::CLONE_NEWNS
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWCGROUP;

/// Forks, the child into new `namespaces`; `None` in the child. See clone(2).
///
/// # Errors
/// The system's.
pub(super) fn fork(namespaces: i32) -> io::Result<Option<Child>> {
    let mut handle: i32 = -1;
    // SAFETY: all zeroes is what clone3(2) asks for where a field is not used.
    let mut args: libc::clone_args = unsafe { std::mem::zeroed() };
    args.flags = u64::from((namespaces | libc::CLONE_PIDFD).cast_unsigned());
    args.pidfd = std::ptr::from_mut(&mut handle) as u64;
    args.exit_signal = u64::from(libc::SIGCHLD.cast_unsigned());
    // SAFETY: without CLONE_VM this is fork(2): the child has a copy of all memory. The process has
    // one thread, so that no lock is held by another that is not there in the child.
    let pid = unsafe {
        libc::syscall(
            libc::SYS_clone3,
            std::ptr::from_mut(&mut args),
            size_of::<libc::clone_args>(),
        )
    };
    let pid = i32::try_from(done(pid)?).unwrap_or(-1);
    Ok(Pid::from_raw(pid).map(|pid| Child {
        pid,
        // SAFETY: the kernel has just made it, for this process alone.
        handle: unsafe { OwnedFd::from_raw_fd(handle) },
    }))
}

/// Leaves namespaces for new ones.
///
/// # Errors
/// The system's.
pub(super) fn unshare(flags: UnshareFlags) -> io::Result<()> {
    // SAFETY: `FILES` is what makes it unsafe, and is never asked for.
    Ok(unsafe { rustix::thread::unshare_unsafe(flags.difference(UnshareFlags::FILES)) }?)
}

/// What is set for a mount, and for all below it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attributes {
    pub(super) read_only: bool,
    pub(super) no_exec: bool,
    /// Device files in it may be used.
    pub(super) devices: bool,
}

/// Sets the attributes of a mount and, if `deep`, of all below it. See mount_setattr(2).
///
/// # Errors
/// The system's.
pub(super) fn set_attributes(
    mount: BorrowedFd<'_>,
    wanted: Attributes,
    deep: bool,
) -> io::Result<()> {
    let mut set = libc::MOUNT_ATTR_NOSUID;
    for (wanted, flag) in [
        (wanted.read_only, libc::MOUNT_ATTR_RDONLY),
        (wanted.no_exec, libc::MOUNT_ATTR_NOEXEC),
        (!wanted.devices, libc::MOUNT_ATTR_NODEV),
    ] {
        set |= if wanted { flag } else { 0 };
    }
    let mut flags = libc::AT_EMPTY_PATH;
    flags |= if deep { libc::AT_RECURSIVE } else { 0 };
    let attributes = libc::mount_attr {
        attr_set: set,
        attr_clr: 0,
        propagation: 0,
        userns_fd: 0,
    };
    // SAFETY: the path is a string with its end, and the struct has the size that is said.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_raw_fd(),
            c"".as_ptr(),
            flags,
            std::ptr::from_ref(&attributes),
            size_of::<libc::mount_attr>(),
        )
    };
    done(result).map(drop)
}

/// Lets no descriptor but the first three go on into the next program. See close_range(2).
///
/// # Errors
/// The system's.
pub(super) fn close_on_exec() -> io::Result<()> {
    // SAFETY: it closes nothing now; a program that is started has not got them.
    let result = unsafe {
        libc::syscall(
            libc::SYS_close_range,
            3,
            u32::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        )
    };
    done(result).map(drop)
}

/// Makes the loopback interface of this network namespace work. See netdevice(7).
///
/// # Errors
/// The system's.
pub(super) fn loopback_up() -> io::Result<()> {
    use rustix::net::{AddressFamily, SocketType, socket};
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    // SAFETY: all zeroes is a request with no name and no flags.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = from.cast_signed();
    }
    let flags = libc::IFF_UP | libc::IFF_RUNNING;
    request.ifr_ifru.ifru_flags = i16::try_from(flags).unwrap_or(i16::MAX);
    // SAFETY: SIOCSIFFLAGS reads an `ifreq`.
    let result = unsafe {
        libc::ioctl(
            socket.as_raw_fd(),
            libc::SIOCSIFFLAGS as _,
            std::ptr::from_ref(&request),
        )
    };
    done(c_long::from(result)).map(drop)
}

/// Which Landlock this kernel has; 0 for none. See landlock_create_ruleset(2).
pub(super) fn landlock_version() -> i32 {
    const VERSION: u32 = 1;
    // SAFETY: with this flag the call only answers, and reads nothing.
    let version = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<u8>(),
            0usize,
            VERSION,
        )
    };
    i32::try_from(version).unwrap_or(0).max(0)
}

/// The least Landlock that builds can live with: it knows of moves between folders, and of files cut
/// short.
pub(super) const LEAST: i32 = 3;

/// Whether this kernel has a Landlock of at least this version.
///
/// # Errors
/// What it has.
pub(super) fn has_landlock(least: i32) -> Result<(), String> {
    match landlock_version() {
        0 => Err("this kernel has no Landlock".to_owned()),
        version if version < least => Err(format!(
            "the Landlock of this kernel is of version {version}, and {least} is needed"
        )),
        _ => Ok(()),
    }
}

/// Ends this process at once: nothing that it has in common with its parent is flushed or undone.
pub(super) fn exit(code: i32) -> ! {
    // SAFETY: it does not return, and runs nothing of this program.
    unsafe { libc::_exit(code) }
}

/// Moves the root of this mount namespace to the current folder, and lets go of the one before.
///
/// # Errors
/// The system's.
pub(super) fn pivot() -> io::Result<()> {
    // Both on top of each other, as pivot_root(2) describes: no folder for the old one is needed.
    rustix::process::pivot_root(".", ".")?;
    rustix::mount::unmount(".", rustix::mount::UnmountFlags::DETACH)?;
    Ok(rustix::process::chdir("/")?)
}

fn done(result: c_long) -> io::Result<c_long> {
    match result {
        0.. => Ok(result),
        _ => Err(io::Error::last_os_error()),
    }
}

//! The keeper: it holds the user namespace and the root of a run's boxes, and makes a box for each
//! command that it is asked to start.

use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::process::ExitCode;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::mount::{MountPropagationFlags, mount_change};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{
    Pid, Signal, WaitOptions, getgid, getuid, pidfd_send_signal, set_parent_process_death_signal,
    waitpid,
};
use rustix::thread::UnshareFlags;

use super::super::spec::{Ended, Ground};
use super::super::streams;
use super::super::sys::{self, Child, NAMESPACES};
use super::super::talk::{self, Asked, MESSAGE, Told};
use super::confine::{Filters, Surroundings};
use super::mounts::Root;
use super::{Doing as _, Step, init};

/// Who a command is in its box, whoever has started tau: a user like any other.
const USER: u32 = 1000;

/// A command whose box is there.
struct Running {
    id: u64,
    init: Child,
    /// What the init says about it.
    report: OwnedFd,
}

/// Does what is asked for on the standard input, a socket, until nobody is left who could ask. All
/// commands end with it.
pub(super) fn run() -> ExitCode {
    let socket = std::io::stdin();
    let ground = match first(socket.as_fd()).and_then(|ground| prepare(&ground).map(|()| ground)) {
        Ok(ground) => ground,
        Err(Step(why)) => {
            // Nobody is left who would want to know.
            let _ = tell(socket.as_fd(), &Told::NotReady(why));
            return ExitCode::FAILURE;
        }
    };
    let filters = match Filters::compile(Surroundings::Own) {
        Ok(filters) => filters,
        Err(Step(why)) => {
            let _ = tell(socket.as_fd(), &Told::NotReady(why));
            return ExitCode::FAILURE;
        }
    };
    if tell(socket.as_fd(), &Told::Ready).is_err() {
        return ExitCode::FAILURE;
    }
    match serve(socket.as_fd(), &ground, &filters) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn first(socket: BorrowedFd<'_>) -> Result<Ground, Step> {
    match receive(socket).doing("the first message")? {
        Some((Asked::Begin(ground), _)) => Ok(ground),
        _ => Err(Step("the first message is not one".to_owned())),
    }
}

/// Takes the keeper into a user and a mount namespace of its own, and builds the root there.
fn prepare(ground: &Ground) -> Result<(), Step> {
    // Whoever has started it may be gone already; then the socket is closed, and it ends by that.
    set_parent_process_death_signal(None).doing("the signal of a parent's death")?;
    sys::has_landlock(sys::LEAST).map_err(Step)?;
    let (user, group) = (getuid().as_raw(), getgid().as_raw());
    if user == 0 {
        // Root may leave its further groups; nobody else may, and nobody else needs it as much.
        let _ = rustix::thread::set_thread_groups(&[]);
    }
    sys::unshare(UnshareFlags::NEWUSER | UnshareFlags::NEWNS).doing("a user namespace")?;
    let write = |file: &str, text: String| std::fs::write(format!("/proc/self/{file}"), text);
    write("setgroups", "deny".to_owned()).doing("/proc/self/setgroups")?;
    write("uid_map", format!("{USER} {user} 1")).doing("/proc/self/uid_map")?;
    write("gid_map", format!("{USER} {group} 1")).doing("/proc/self/gid_map")?;
    let all = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", all).doing("a mount namespace")?;
    // Once, and for all that it forks: each takes the kernel a while.
    super::confine::forget_capabilities()?;
    Root::new(&ground.at)?.add(&ground.mounts)
}

fn serve(socket: BorrowedFd<'_>, ground: &Ground, filters: &Filters) -> io::Result<()> {
    let mut running: Vec<Running> = Vec::new();
    loop {
        let mut waited: Vec<PollFd<'_>> = vec![PollFd::from_borrowed_fd(socket, PollFlags::IN)];
        for it in &running {
            waited.push(PollFd::new(&it.init.handle, PollFlags::IN));
        }
        match poll(&mut waited, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let ready: Vec<bool> = waited.iter().map(|it| !it.revents().is_empty()).collect();
        let (asked, ended) = ready.split_first().unwrap_or((&false, &[]));
        let mut left = Vec::with_capacity(running.len());
        for (it, has_ended) in running.into_iter().zip(ended) {
            if *has_ended {
                let (id, how) = (it.id, how_it_ended(it));
                tell(socket, &Told::Ended(id, how))?;
            } else {
                left.push(it);
            }
        }
        running = left;
        if !asked {
            continue;
        }
        match receive(socket)? {
            // All inits get the signal of their parent's death when it returns.
            None => return Ok(()),
            Some((Asked::Start(id), fds)) => match start(id, fds, ground, filters) {
                Ok(it) => running.push(it),
                Err(error) => tell(socket, &Told::Ended(id, Ended::NoBox(error.to_string())))?,
            },
            Some((Asked::Kill(id), _)) => {
                for it in running.iter().filter(|it| it.id == id) {
                    // It fails for one that has just ended.
                    let _ = pidfd_send_signal(&it.init.handle, Signal::KILL);
                }
            }
            Some((Asked::Begin(_), _)) => {}
        }
    }
}

/// Makes the init of a command. With the message come what it is made of, its streams and, if there is
/// one, where its listener goes.
fn start(
    id: u64,
    mut fds: Vec<OwnedFd>,
    ground: &Ground,
    filters: &Filters,
) -> io::Result<Running> {
    let wrong = || io::Error::other("the message lacks something");
    // Without it they are two, or four: input and errors come together.
    let line = if fds.len() % 2 == 1 { fds.pop() } else { None };
    if fds.is_empty() {
        return Err(wrong());
    }
    let spec = fds.remove(0);
    let streams = streams::Given::new(fds).ok_or_else(wrong)?;
    let (report, reports) = pipe_with(PipeFlags::CLOEXEC)?;
    let Some(child) = sys::fork(NAMESPACES)? else {
        drop(report);
        init::run(init::Given {
            spec,
            streams,
            line,
            reports,
            ground,
            filters,
        });
    };
    Ok(Running {
        id,
        init: child,
        report,
    })
}

fn how_it_ended(it: Running) -> Ended {
    reap(it.init.pid);
    let mut report = Vec::new();
    let read = std::fs::File::from(it.report).read_to_end(&mut report);
    match read {
        Ok(1..) => serde_json::from_slice(&report).unwrap_or(Ended::Killed),
        _ => Ended::Killed,
    }
}

/// Takes a process that has ended off the table.
pub(super) fn reap(pid: Pid) {
    while matches!(
        waitpid(Some(pid), WaitOptions::empty()),
        Err(rustix::io::Errno::INTR)
    ) {}
}

fn tell(socket: BorrowedFd<'_>, told: &Told) -> io::Result<()> {
    talk::send(socket, &serde_json::to_vec(told)?, &[])
}

/// The next message with its descriptors; `None` when nobody is left to send one.
fn receive(socket: BorrowedFd<'_>) -> io::Result<Option<(Asked, Vec<OwnedFd>)>> {
    let mut bytes = vec![0; MESSAGE];
    match talk::receive(socket, &mut bytes)? {
        (0, _) => Ok(None),
        (length, fds) => Ok(Some((serde_json::from_slice(&bytes[..length])?, fds))),
    }
}

/// Opens the null device, for the input of a command.
pub(super) fn null() -> io::Result<OwnedFd> {
    Ok(open(
        "/dev/null",
        OFlags::RDONLY | OFlags::CLOEXEC,
        Mode::empty(),
    )?)
}

//! The init of a box: the first process in it. It makes what the command sees, starts the command,
//! and ends when that ends or has used more than it may.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::process::ExitCode;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{
    DumpableBehavior, Pid, Signal, WaitOptions, WaitStatus, set_child_subreaper,
    set_dumpable_behavior, set_parent_process_death_signal, wait,
};
use rustix::system::sethostname;

use super::super::confined::LENGTH;
use super::super::spec::{Ended, Ground, Limits, Spec};
use super::super::sys::{self, Child};
use super::super::{streams, talk};
use super::confine::{self, Filters, Surroundings};
use super::mounts::{self, Root};
use super::usage::{Reach, Usage};
use super::{Doing as _, Step, network};

/// What the init is given.
pub(super) struct Given<'a> {
    /// A file with the [`Spec`].
    pub(super) spec: OwnedFd,
    /// The command's.
    pub(super) streams: streams::Given,
    /// Where the listener of its proxy goes, if it has one.
    pub(super) line: Option<OwnedFd>,
    /// Where it is said how the command ended.
    pub(super) reports: OwnedFd,
    pub(super) ground: &'a Ground,
    pub(super) filters: &'a Filters,
}

/// Is the init of a box in the namespaces that this process is in.
pub(super) fn run(given: Given<'_>) -> ! {
    let Given {
        spec,
        streams,
        line,
        reports,
        ground,
        filters,
    } = given;
    let mut reports = File::from(reports);
    let ended = match boxed((spec, streams, line), &reports, ground, filters) {
        Ok(ended) => ended,
        Err(Step(why)) => Ended::NoBox(why),
    };
    // A keeper that is gone has killed this already.
    let _ = reports.write_all(&serde_json::to_vec(&ended).unwrap_or_default());
    sys::exit(0)
}

fn boxed(
    (spec, streams, line): (OwnedFd, streams::Given, Option<OwnedFd>),
    reports: &File,
    ground: &Ground,
    filters: &Filters,
) -> Result<Ended, Step> {
    set_parent_process_death_signal(Some(Signal::KILL)).doing("the signal of a parent's death")?;
    if nobody_reads(reports) {
        sys::exit(0);
    }
    // The command has the same number as this, and must neither read nor steer it.
    set_dumpable_behavior(DumpableBehavior::NotDumpable).doing("the init's privacy")?;
    let spec: Spec = serde_json::from_reader(io::BufReader::new(rewound(spec)?))
        .map_err(io::Error::from)
        .doing("what the box is made of")?;
    sys::loopback_up().doing("the loopback interface")?;
    if spec.proxied {
        network::hand_out(line)?;
    }
    let root = Root::at(&ground.at)?;
    root.add(&spec.mounts)?;
    mounts::kernel_made(&root)?;
    mounts::seal(&root)?;
    mounts::enter(root.folder()).doing("the root")?;
    drop(root);
    sys::pivot().doing("the root")?;
    sethostname(b"box").doing("the name of the machine")?;
    let child = command(&spec, streams, filters, Surroundings::Own)?;
    confine::drop_capabilities()?;
    watch(child, &spec.limits, Reach::Namespace, None)
}

fn rewound(file: OwnedFd) -> Result<File, Step> {
    let mut file = File::from(file);
    io::Seek::rewind(&mut file).doing("what the box is made of")?;
    Ok(file)
}

fn nobody_reads(reports: &File) -> bool {
    let mut all = [PollFd::new(reports, PollFlags::empty())];
    let now = Timespec::default();
    poll(&mut all, Some(&now)).is_ok_and(|ready| ready > 0)
}

/// Is a helper that confines a command in the namespaces that it is in. It is told on its standard input, a
/// socket, what to start, and says there how that ended.
pub(super) fn confined(surroundings: Surroundings) -> ExitCode {
    let Ok(mut socket) = io::stdin().as_fd().try_clone_to_owned().map(File::from) else {
        return ExitCode::FAILURE;
    };
    let ended = match confined_command(&mut socket, surroundings) {
        Ok(ended) => ended,
        Err(Step(why)) => Ended::NoBox(why),
    };
    let told = serde_json::to_vec(&ended).unwrap_or_default();
    match socket.write_all(&told) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn confined_command(socket: &mut File, surroundings: Surroundings) -> Result<Ended, Step> {
    let mut length = [0; LENGTH];
    let (read, talked) =
        talk::receive(socket.as_fd(), &mut length).doing("what the box is made of")?;
    if read < LENGTH {
        return Err(Step("what the box is made of is not there".to_owned()));
    }
    let mut text = Vec::new();
    let part = (&*socket).take(u64::from_le_bytes(length));
    io::BufReader::new(part)
        .read_to_end(&mut text)
        .doing("what the box is made of")?;
    let spec: Spec = serde_json::from_slice(&text)
        .map_err(io::Error::from)
        .doing("what the box is made of")?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).doing("the helper's privacy")?;
    // What the command leaves behind becomes this process's, which ends it.
    set_child_subreaper(Some(rustix::process::getpid())).doing("the command's children")?;
    let filters = Filters::compile(Surroundings::Shared)?;
    let output = io::stdout()
        .as_fd()
        .try_clone_to_owned()
        .doing("the output")?;
    let streams = std::iter::once(output).chain(talked).collect();
    let streams = streams::Given::new(streams)
        .ok_or_else(|| Step("one of the streams is not there".to_owned()))?;
    let child = command(&spec, streams, &filters, surroundings)?;
    let reach = match surroundings {
        Surroundings::Own => Reach::Namespace,
        Surroundings::Shared => Reach::Descendants,
    };
    let ended = watch(child, &spec.limits, reach, Some(socket));
    if surroundings == Surroundings::Shared {
        super::usage::end_descendants();
    }
    ended
}

/// Starts the command in a process that is confined first.
fn command(
    spec: &Spec,
    streams: streams::Given,
    filters: &Filters,
    surroundings: Surroundings,
) -> Result<(Child, OwnedFd), Step> {
    let (failure, failures) = pipe_with(PipeFlags::CLOEXEC).doing("a pipe")?;
    let Some(child) = sys::fork(0).doing("the command's process")? else {
        drop(failure);
        let ended = confine::start(spec, &streams, filters, surroundings);
        // The init reads it when this process is gone.
        let _ = File::from(failures).write_all(&serde_json::to_vec(&ended).unwrap_or_default());
        sys::exit(127);
    };
    Ok((child, failure))
}

/// How often it is looked what a command uses: often at first, since a runaway is fast.
const FIRST: i64 = 5_000_000;
const LONGEST: i64 = 50_000_000;

/// Waits until the command ends, or has used more than it may, or until the other end of the `line`
/// is closed.
fn watch(
    (child, failure): (Child, OwnedFd),
    limits: &Limits,
    reach: Reach,
    line: Option<&File>,
) -> Result<Ended, Step> {
    let mut pause = FIRST;
    loop {
        let mut all = vec![PollFd::new(&child.handle, PollFlags::IN)];
        all.extend(line.map(|line| PollFd::new(line, PollFlags::IN)));
        let time = Timespec {
            tv_sec: 0,
            tv_nsec: pause,
        };
        match poll(&mut all, Some(&time)) {
            Ok(0) => {}
            Ok(_) if all[0].revents().is_empty() => return Ok(Ended::Killed),
            Ok(_) => break,
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(Step::new("the command", &error.into())),
        }
        if let Some(status) = take_ended(child.pid) {
            return Ok(how(status, failure));
        }
        if let Some(over) = Usage::now(reach).exceeds(limits) {
            return Ok(Ended::Over(over));
        }
        pause = (pause * 3 / 2).min(LONGEST);
    }
    match take_ended(child.pid) {
        Some(status) => Ok(how(status, failure)),
        None => Err(Step(
            "the command has ended and cannot be waited for".to_owned(),
        )),
    }
}

/// Takes all children that have ended off the table, also those that others have left behind; gives
/// how the command ended if it did.
fn take_ended(command: Pid) -> Option<WaitStatus> {
    let mut found = None;
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        if pid == command {
            found = Some(status);
        }
    }
    found
}

fn how(status: WaitStatus, failure: OwnedFd) -> Ended {
    let mut said = Vec::new();
    // Only the command's process could write to it, and no longer than until it was a program.
    if matches!(File::from(failure).read_to_end(&mut said), Ok(1..))
        && let Ok(ended) = serde_json::from_slice(&said)
    {
        return ended;
    }
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => Ended::Code(code),
        (None, Some(signal)) => Ended::signal(signal),
        (None, None) => Ended::Killed,
    }
}

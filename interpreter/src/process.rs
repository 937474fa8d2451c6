//! Starts a command and waits until it, and everything it started, is over.

mod colors;
mod environment;
mod error;
mod find;
mod left_over;
mod output;
mod proxied;
mod running;
mod talking;
mod variables;

#[cfg(test)]
mod tests;

use std::ffi::{OsStr, OsString};
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::ChildStdout as StdChildStdout;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::ChildStdout;
use tokio::time::{Instant, sleep, sleep_until, timeout};

pub use colors::without_colors;
pub use environment::{PASSED_ON, base_environment};
pub use error::LaunchError;
pub use find::find;
pub(crate) use left_over::start_time;
pub use left_over::{kill_left_over, mark};
pub use talking::{Said, Speaker, Then};
pub use variables::{never, passes};

use crate::action::{Command, Exit};
use crate::net::Gate;
use crate::sandbox::{Granted, Limits, Places, Sandbox};
use crate::secrets::Redactor;
use output::Output;
use running::{Pipes, Process};
use talking::Talking;

/// What most processes may write at most, in bytes.
pub const OUTPUT_LIMIT: u64 = 64 << 20;

/// What to start, and where its output goes.
pub struct Launch<'a> {
    /// The command; its variables come on top of `base_env`.
    pub command: &'a Command,
    /// The folder it starts in.
    pub cwd: &'a Path,
    /// The file that takes both streams, interleaved as they come; it is made anew.
    pub log: &'a Path,
    /// A process that writes more bytes than this is killed. See [`OUTPUT_LIMIT`].
    pub output_limit: u64,
    /// What it may use in its box, with all that it starts.
    pub limits: Limits,
    /// How many of the last bytes come back as text.
    pub tail: usize,
    /// The folder where its process group is noted while it runs, if a crash of tau shall not
    /// leave it running. See [`kill_left_over`].
    pub notes: Option<&'a Path>,
    /// All variables it gets but for the command's own. See [`base_environment`].
    pub base_env: Vec<(OsString, OsString)>,
    /// Takes secrets out of what it writes, before that is kept.
    pub redactor: &'a Redactor,
    /// What it may read of the machine besides, in a box.
    pub granted: Vec<Granted>,
    /// The box it runs in, and what it sees of the run there. Without one it has tau's own rights.
    pub sandbox: Option<(&'a Sandbox, Places<'a>)>,
    /// What it may reach from its box. Without one it has no network there; without a box it has that
    /// of the machine.
    pub gate: Option<Gate>,
}

/// How it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// How the process ended.
    pub exit: Exit,
    /// The last part of what it wrote, from the beginning of a line where possible; bytes that
    /// are no text are replaced.
    pub tail: String,
    /// How much it wrote, which is the length of the log.
    pub bytes: u64,
    /// Wall time in seconds.
    pub seconds: f64,
}

/// After the process has ended: how long the pipe must be silent until its last output is taken
/// as read, and how long a process that has left the group may go on writing. Only such a
/// process makes either matter, as the pipe is closed otherwise.
const SILENCE: Duration = Duration::from_millis(100);
const DRAIN: Duration = Duration::from_secs(1);

/// Runs a command to its end. Its input is empty.
///
/// It is killed with all that it has started (SIGKILL, which cannot be ignored) when time or output
/// exceed their limits, and when this future is dropped; what it has left in the background is killed
/// also when it ends by itself. Without a box, a process that makes itself a group of its own escapes
/// that until the run ends; it does not keep this function waiting.
///
/// # Errors
/// When it could not be started, or the log could not be written.
pub async fn run(launch: Launch<'_>) -> Result<Ended, LaunchError> {
    let (kept, started) = (keep(&launch)?, Instant::now());
    let (process, pipe) = start(&launch, None).await?;
    finish(&launch, (process, kept, started), [Some(pipe), None], None).await
}

/// Runs a command as [`run`] does, and talks with it. What it writes to its error stream is kept, and
/// never heard.
///
/// # Errors
/// As of [`run`].
pub async fn talk(launch: Launch<'_>, speaker: &mut dyn Speaker) -> Result<Ended, LaunchError> {
    let failed = |error| failed(&launch, error);
    let (kept, started) = (keep(&launch)?, Instant::now());
    let (talking, input) = Talking::begin(speaker).map_err(failed)?;
    let (errors, others) = match talking.hears() {
        true => pipe().map(|(reader, writer)| (Some(reader), Some(writer))),
        false => Ok((None, None)),
    }
    .map_err(failed)?;
    let (process, output) = start(&launch, Some((input, others))).await?;
    let pipes = [Some(output), errors];
    finish(&launch, (process, kept, started), pipes, Some(talking)).await
}

/// Where what it writes is kept. Made before it is started, as nothing else would be known of it.
fn keep(launch: &Launch<'_>) -> Result<Output, LaunchError> {
    let redacting = launch.redactor.stream();
    Output::create(launch.log, launch.output_limit, launch.tail, redacting)
}

/// Waits for the end of a process.
async fn finish(
    launch: &Launch<'_>,
    (mut process, mut kept, started): (Process, Output, Instant),
    [mut output, mut errors]: [Option<ChildStdout>; 2],
    mut talking: Option<Talking<'_>>,
) -> Result<Ended, LaunchError> {
    let out_of_time = sleep(launch.command.timeout);
    tokio::pin!(out_of_time);

    let (mut buffer, mut other) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    let exit = loop {
        let until = talking.as_ref().and_then(|it| it.until);
        tokio::select! {
            read = next(&mut output, &mut buffer), if output.is_some() => {
                if !kept.take(&buffer[..read])? {
                    break Exit::TooMuchOutput;
                }
                if let Some(talking) = &mut talking {
                    talking.hear(&buffer[..read]);
                }
            },
            read = next(&mut errors, &mut other), if errors.is_some() => {
                if !kept.take(&other[..read])? {
                    break Exit::TooMuchOutput;
                }
            },
            () = write(&mut talking), if talking.as_ref().is_some_and(Talking::has_more) => {},
            ended = process.wait(launch) => break ended?,
            () = &mut out_of_time => break Exit::TimedOut,
            () = sleep_until(until.unwrap_or(started)), if until.is_some() => {
                break Exit::Signal(rustix::process::Signal::KILL.as_raw());
            },
        }
    };
    process.end(launch).await?;

    let drained = started.elapsed() + DRAIN;
    for (index, mut pipe) in [output, errors].into_iter().enumerate() {
        while pipe.is_some() && exit != Exit::TooMuchOutput && started.elapsed() < drained {
            match timeout(SILENCE, next(&mut pipe, &mut buffer)).await {
                Ok(length) if length > 0 && kept.take(&buffer[..length])? => {
                    // Its last words, which nobody answers any more.
                    if let (0, Some(talking)) = (index, &mut talking) {
                        talking.hear(&buffer[..length]);
                    }
                }
                _ => pipe = None,
            }
        }
    }
    let exit = if kept.is_over() {
        Exit::TooMuchOutput
    } else {
        exit
    };
    let seconds = started.elapsed().as_secs_f64();
    let (tail, bytes) = kept.finish()?;
    Ok(Ended {
        exit,
        tail,
        bytes,
        seconds,
    })
}

/// Reads from a pipe, which is gone with its end; how much.
async fn next(pipe: &mut Option<ChildStdout>, buffer: &mut [u8]) -> usize {
    let Some(open) = pipe else {
        return 0;
    };
    match open.read(buffer).await {
        Ok(0) | Err(_) => {
            *pipe = None;
            0
        }
        Ok(length) => length,
    }
}

async fn write(talking: &mut Option<Talking<'_>>) {
    if let Some(talking) = talking {
        talking.write().await;
    }
}

/// A pipe whose end is read here.
fn pipe() -> io::Result<(ChildStdout, PipeWriter)> {
    let (reader, writer) = io::pipe()?;
    let reader = StdChildStdout::from(OwnedFd::from(reader));
    Ok((ChildStdout::from_std(reader)?, writer))
}

/// If nobody hears it both streams share one pipe, so that what comes out of it is in the order of
/// writing.
async fn start(
    launch: &Launch<'_>,
    talked: Option<(PipeReader, Option<PipeWriter>)>,
) -> Result<(Process, ChildStdout), LaunchError> {
    let failed = |error| failed(launch, error);
    // Made before the process, so that no error can come between it and its guard.
    let (reader, output) = pipe().map_err(failed)?;
    let talked = match talked {
        Some((input, Some(errors))) => Some((input, errors)),
        Some((input, None)) => Some((input, output.try_clone().map_err(failed)?)),
        None => None,
    };
    let pipes = Pipes { output, talked };
    Ok((Process::start(launch, pipes).await?, reader))
}

/// A variable as the process will see it.
fn variable<'a>(launch: &'a Launch<'_>, name: &str) -> Option<&'a OsStr> {
    let own = launch.command.env.iter().rev().find(|(own, _)| own == name);
    let base = launch.base_env.iter().rev().find(|(base, _)| base == name);
    own.map(|(_, value)| OsStr::new(value))
        .or(base.map(|(_, value)| value.as_os_str()))
}

fn failed(launch: &Launch<'_>, error: io::Error) -> LaunchError {
    let program = launch.command.argv.first().cloned().unwrap_or_default();
    match error.kind() {
        io::ErrorKind::NotFound if !launch.cwd.is_dir() => {
            LaunchError::NoFolder(launch.cwd.to_owned())
        }
        // The program itself has been found before.
        io::ErrorKind::NotFound => LaunchError::NoInterpreter(program),
        _ if is_of_the_machine(&error) => LaunchError::Machine(program, error.to_string()),
        _ => LaunchError::Start(program, error.to_string()),
    }
}

/// Too many open files or processes, no memory, a broken or full disk: none of it says anything
/// about the command, and another time it may start.
fn is_of_the_machine(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let all = [
        Errno::MFILE,
        Errno::NFILE,
        Errno::AGAIN,
        Errno::NOMEM,
        Errno::IO,
        Errno::NOSPC,
        Errno::INTR,
    ];
    Errno::from_io_error(error).is_some_and(|error| all.contains(&error))
}

//! Runs that a process of their own goes on with.

use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Found, busy, find, print};
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};

/// How often it is looked whether the process has taken the run.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Starts a process that goes on with a run, and waits until it has begun. `as_recorded` is that of
/// `tau resume`.
///
/// It has a process group of its own, so that what is typed at this terminal does not reach it;
/// what it says goes to `worker.log` in the run's folder.
pub(crate) fn start(id: &str, as_recorded: bool, context: &mut Context) -> Outcome {
    let found = find(id)?;
    let epoch = epoch(&found);
    let mut child = command(&found, as_recorded)
        .and_then(|mut command| command.spawn())
        .map_err(|error| {
            Failure::failed(format!("run {id} cannot go on by itself: {error}"))
                .help(format!("go on with it here: `tau resume {id}`"))
        })?;
    let mut found = found;
    // Its first record says that it is there.
    while epoch == self::epoch(&found) {
        if let Ok(Some(status)) = child.try_wait() {
            found = find(id)?;
            if epoch != self::epoch(&found) {
                break;
            }
            if found.is_running() {
                return Err(busy(id));
            }
            let message = format!("run {id} did not go on: its process ended with {status}");
            let log = log(&found);
            return Err(
                Failure::failed(message).help(format!("what it said is in `{}`", log.display()))
            );
        }
        std::thread::sleep(LOOK_AGAIN);
        found = find(id)?;
    }
    match context.form() {
        Form::Human => context.print(&told(id)),
        Form::Json | Form::JsonStream => print(&found.report()?, context),
    }
    Ok(Exit::Waiting)
}

/// How many owners the run has had.
fn epoch(found: &Found) -> u64 {
    found.records.last().map_or(0, |record| record.epoch)
}

/// Where the process writes what it would have shown.
fn log(found: &Found) -> PathBuf {
    found.dir.path().join("worker.log")
}

fn command(found: &Found, as_recorded: bool) -> std::io::Result<Command> {
    // Of two that are started at once the one that comes too late takes no word from the other.
    let log = File::options().create(true).append(true).open(log(found))?;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["resume", found.dir.id(), "--color", "never"])
        .args(as_recorded.then_some("--as-recorded"))
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .process_group(0);
    Ok(command)
}

fn told(id: &str) -> String {
    format!(
        "run {id} goes on by itself\n\n  watch      tau logs {id} -f\n  look       tau show {id}\n  \
         end        tau cancel {id}\n"
    )
}

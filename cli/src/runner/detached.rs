//! Runs that a process of their own goes on with.

use std::time::Duration;

use tau_interpreter::home::RunDir;
use tau_interpreter::jobs;

use super::{Found, busy, find, home, own, print};
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};

/// Leaves a run that was just recorded to a worker, if one is up, and else to a process of its own.
pub(crate) fn hand_over(dir: &RunDir, context: &mut Context) -> Outcome {
    if !jobs::tell(&home()?, dir) {
        return start(dir.id(), true, context);
    }
    say(&find(dir.id())?, context)
}

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
    let arguments = as_recorded.then_some("--as-recorded");
    let mut child = own::resume(&found.dir, arguments)
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
            let log = own::log(&found.dir);
            return Err(
                Failure::failed(message).help(format!("what it said is in `{}`", log.display()))
            );
        }
        std::thread::sleep(LOOK_AGAIN);
        found = find(id)?;
    }
    say(&found, context)
}

fn say(found: &Found, context: &mut Context) -> Outcome {
    match context.form() {
        Form::Human => context.print(&told(found.dir.id())),
        Form::Json | Form::JsonStream => print(&found.report()?, context),
    }
    Ok(Exit::Waiting)
}

/// How many owners the run has had.
fn epoch(found: &Found) -> u64 {
    found.records.last().map_or(0, |record| record.epoch)
}

fn told(id: &str) -> String {
    format!(
        "run {id} goes on by itself\n\n  watch      tau logs {id} -f\n  look       tau show {id}\n  \
         end        tau cancel {id}\n"
    )
}

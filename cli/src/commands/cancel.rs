//! `tau cancel RUN`

use std::time::Duration;

use tau_interpreter::control;
use tau_interpreter::journal;

use crate::args::Cancel;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::runner::{self, Found};

/// How often a run that was told to end is looked at again.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Ends a run.
pub(crate) fn run(args: &Cancel, context: &mut Context) -> Outcome {
    let mut found = runner::find(&args.run)?;
    loop {
        if found.is_running() {
            found = told_to_end(found, context)?;
        }
        // Whoever ran it may be gone without a word, or have come to another end just now.
        let outcome = found.report()?.outcome;
        if !matches!(
            outcome.as_str(),
            "queued" | "stale" | "blocked" | "failed" | "waiting"
        ) {
            break;
        }
        let reason = "It was cancelled.".to_owned();
        let ended = control::end(&found.dir, journal::Outcome::Cancelled, reason, None);
        found = runner::find(found.dir.id())?;
        match ended {
            Ok(()) => break,
            // A worker has just taken it.
            Err(_) if found.is_running() => {}
            Err(why) => {
                let message = format!("run {}: {why}", found.dir.id());
                return Err(Failure::failed(message));
            }
        }
    }
    let report = found.report()?;
    if report.outcome == "cancelled" {
        if context.form() == Form::Human {
            context.note(&format!("run {} is cancelled", report.run));
        } else {
            runner::print(&report, context);
        }
        return Ok(Exit::Succeeded);
    }
    runner::print(&report, context);
    let message = format!("run {} had {} already", report.run, report.outcome);
    Err(Failure::failed(message))
}

/// The run when nobody runs it any more.
fn told_to_end(mut found: Found, context: &mut Context) -> Result<Found, Failure> {
    let mut told = None;
    while let Some(holder) = found.holder.filter(|_| found.is_running()) {
        // When its owner dies a worker may go on with it, and must be told too.
        if told != Some(holder.process) {
            if !control::ask_to_end(&holder) {
                found = runner::find(found.dir.id())?;
                if found
                    .holder
                    .is_some_and(|now| now.process == holder.process)
                {
                    let message = format!("run {} is not yours to end", found.dir.id());
                    let help = "ask the user of this machine who runs it";
                    return Err(Failure::new(Exit::Blocked, message).help(help));
                }
                continue;
            }
            if told.is_none() {
                context.note("it was told to end; waiting for it");
            }
            told = Some(holder.process);
        }
        std::thread::sleep(LOOK_AGAIN);
        found = runner::find(found.dir.id())?;
    }
    Ok(found)
}

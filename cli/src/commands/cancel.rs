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
    if found.is_running() {
        found = told_to_end(found, context)?;
    }
    // Whoever ran it may be gone without a word, or have come to another end just now.
    let outcome = found.report()?.outcome;
    if matches!(
        outcome.as_str(),
        "queued" | "stale" | "blocked" | "failed" | "waiting"
    ) {
        let reason = "It was cancelled.".to_owned();
        control::end(&found.dir, journal::Outcome::Cancelled, reason, None)
            .map_err(|why| Failure::failed(format!("run {}: {why}", found.dir.id())))?;
        found = runner::find(found.dir.id())?;
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
fn told_to_end(found: Found, context: &mut Context) -> Result<Found, Failure> {
    let told = found.holder.as_ref().is_some_and(control::ask_to_end);
    if told {
        context.note("it was told to end; waiting for it");
    }
    let mut found = runner::find(found.dir.id())?;
    while found.is_running() {
        if !told {
            let message = format!("run {} is not yours to end", found.dir.id());
            let help = "ask the user of this machine who runs it";
            return Err(Failure::new(Exit::Blocked, message).help(help));
        }
        std::thread::sleep(LOOK_AGAIN);
        found = runner::find(found.dir.id())?;
    }
    Ok(found)
}

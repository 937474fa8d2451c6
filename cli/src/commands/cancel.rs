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
    if found.owned && control::ask_to_end(&found.dir) {
        context.note("it was told to end; waiting for it");
        found = ended(found)?;
    } else {
        let outcome = found.report()?.outcome;
        if matches!(
            outcome.as_str(),
            "stopped" | "blocked" | "failed" | "waiting"
        ) {
            let reason = "It was cancelled.".to_owned();
            control::end(&found.dir, journal::Outcome::Cancelled, reason, None)
                .map_err(|why| Failure::failed(format!("run {}: {why}", found.dir.id())))?;
            found = runner::find(found.dir.id())?;
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
fn ended(mut found: Found) -> Result<Found, Failure> {
    while found.owned {
        std::thread::sleep(LOOK_AGAIN);
        found = runner::find(found.dir.id())?;
    }
    Ok(found)
}

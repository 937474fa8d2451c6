//! `tau recover [RUN]`

use super::resume::go_on;
use crate::args::Recover;
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::runner::{self, Found};

/// Goes on with runs whose tau is gone.
pub(crate) fn run(args: &Recover, context: &mut Context) -> Outcome {
    let runs = match &args.run {
        Some(run) => vec![stopped(runner::find(run)?)?],
        None => lost(args.all, context)?,
    };
    if runs.is_empty() {
        context.note("no run is to be gone on with");
    }
    let mut worst = Exit::Succeeded;
    for found in runs {
        let id = found.dir.id().to_owned();
        let report = match go_on(found, true, context) {
            Ok(report) => report,
            // One that cannot go on keeps the others from nothing.
            Err(failure) => {
                context.error(&format!("run {id}: {}", failure.message));
                worst = failure.exit;
                continue;
            }
        };
        runner::print(&report, context);
        if report.outcome != "succeeded" {
            worst = runner::exit(&report);
        }
    }
    Ok(worst)
}

/// A run that is named must be one whose tau is gone.
fn stopped(found: Found) -> Result<Found, Failure> {
    let outcome = found.report()?.outcome;
    if outcome == "stopped" {
        return Ok(found);
    }
    let id = found.dir.id();
    let failure = Failure::usage(format!("run {id} is {outcome}, and nobody was lost"));
    Err(match outcome.as_str() {
        "running" | "succeeded" => failure,
        _ => failure.help(format!("go on with it with `tau resume {id}`")),
    })
}

/// The runs whose tau is gone, the oldest first.
fn lost(all: bool, context: &mut Context) -> Result<Vec<Found>, Failure> {
    let here = runner::repository_here();
    if here.is_none() && !all {
        return Err(Failure::usage("there is no git repository here")
            .help("`tau recover --all` looks at every run"));
    }
    let dirs = runner::home()?
        .runs()
        .map_err(|error| Failure::failed(format!("the folder of runs cannot be read: {error}")))?;
    let mut lost = Vec::new();
    for dir in dirs.into_iter().rev() {
        let found = match runner::open(dir) {
            Ok(found) => found,
            Err(failure) => {
                context.warn(&failure.message);
                continue;
            }
        };
        let Ok(report) = found.report() else { continue };
        let is_here = all || here.as_ref() == Some(&report.repo);
        if is_here && report.outcome == "stopped" {
            lost.push(found);
        }
    }
    Ok(lost)
}

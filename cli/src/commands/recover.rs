//! `tau recover [RUN]`

use std::ops::ControlFlow;

use serde::Serialize;
use tau_interpreter::jobs::{Index, Status};
use tau_interpreter::report::{QUEUED, Report, STALE};

use super::resume::go_on;
use crate::args::Recover;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::runner::{self, Found};

/// The document `tau.recover/1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    /// Those that were gone on with, the oldest first.
    runs: Vec<Report>,
    /// Those that could not be.
    lost: Vec<Lost>,
}

/// A run that nobody could go on with.
#[derive(Serialize)]
struct Lost {
    run: String,
    message: String,
}

/// Goes on with runs whose tau is gone.
pub(crate) fn run(args: &Recover, context: &mut Context) -> Outcome {
    let all = match &args.run {
        Some(run) => vec![stopped(runner::find(run)?)?],
        None => lost(args.all, context)?,
    };
    if all.is_empty() {
        context.note("no run is to be gone on with");
    }
    let (mut runs, mut lost) = (Vec::new(), Vec::new());
    let mut exit = Exit::Succeeded;
    for found in all {
        let id = found.dir.id().to_owned();
        let behind = Some(found.records.len() as u64);
        match go_on(found, true, behind, &[], context) {
            Ok(report) => {
                exit = worse(exit, runner::exit(&report));
                if context.form() == Form::Human {
                    runner::print(&report, context);
                }
                runs.push(report);
            }
            // One that cannot go on keeps the others from nothing.
            Err(failure) => {
                exit = worse(exit, failure.exit);
                context.error(&format!("run {id}: {}", failure.message));
                lost.push(Lost {
                    run: id,
                    message: failure.message,
                });
            }
        }
    }
    if context.form() != Form::Human {
        context.json(&Document {
            schema: "tau.recover/1",
            runs,
            lost,
        });
    }
    Ok(exit)
}

/// The exit code of two runs. One that waits is as it should be, so any other end counts more; of
/// others the first does.
fn worse(first: Exit, second: Exit) -> Exit {
    match first {
        Exit::Succeeded => second,
        Exit::Waiting if second != Exit::Succeeded => second,
        _ => first,
    }
}

/// A run that is named must be one whose tau is gone.
fn stopped(found: Found) -> Result<Found, Failure> {
    let outcome = found.report()?.outcome;
    if is_lost(&outcome) {
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
    let here = if all {
        None
    } else {
        runner::repository_here()?
    };
    if here.is_none() && !all {
        return Err(Failure::usage("there is no git repository here")
            .help("`tau recover --all` looks at every run"));
    }
    let home = runner::home()?;
    // What is queued is lost only when nobody takes it.
    let served = Status::workers(&home) > 0;
    let mut dirs = Vec::new();
    let mut index = Index::open(&home);
    let listed = index.newest(|listed| {
        let running = listed.is_running();
        match listed.summary {
            Ok(Some(summary)) => {
                let is_here = all || here.as_ref() == Some(&summary.repo);
                let outcome = summary.outcome(running);
                if is_here && is_lost(outcome) && !(served && outcome == QUEUED) {
                    dirs.push(listed.dir);
                }
            }
            Ok(None) => {}
            Err(error) => context.warn(&format!("run {}: {error}", listed.dir.id())),
        }
        ControlFlow::Continue(())
    });
    listed
        .map_err(|error| Failure::failed(format!("the folder of runs cannot be read: {error}")))?;
    dirs.into_iter().rev().map(runner::open).collect()
}

/// Whether somebody should go on with a run that has this outcome, and nobody does.
fn is_lost(outcome: &str) -> bool {
    matches!(outcome, QUEUED | STALE)
}

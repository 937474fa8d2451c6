//! `tau fork RUN --at STEP`

use std::path::Path;

use tau_interpreter::clock::Clock;
use tau_interpreter::fork::{ForkError, fork};
use tau_interpreter::journal::{Started, inputs_of};
use tau_interpreter::person::Person;
use tau_interpreter::run::Changed;
use tau_lang::diagnostic::nearest;

use super::apply::agreed;
use super::resume::{ground, read_again, replayed};
use crate::args::Fork;
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::libraries::Disk;
use crate::mission::{self, Asked, Loaded};
use crate::runner::{self, Found};

/// Starts a new run from the beginning of an old one.
pub(crate) fn run(args: &Fork, context: &mut Context) -> Outcome {
    let found = runner::find(&args.run)?;
    let started = found.started()?.clone();
    let mut loaded = loaded(args, &found, &started, context)?;
    loaded.replay = replayed(&found)?;
    if let Some(exit) = agreed(&loaded, args.yes, context)? {
        return Ok(exit);
    }
    let id = Clock::system().id();
    let began = Started {
        run: id.clone(),
        tau: env!("CARGO_PKG_VERSION").to_owned(),
        mission: loaded.plan.mission.clone(),
        file: loaded.file.clone(),
        path: loaded
            .path
            .as_ref()
            .map(|path| path.to_string_lossy().into_owned()),
        texts: loaded.texts.clone(),
        inputs: inputs_of(&found.records),
        branch: format!("tau/{}-{id}", loaded.plan.mission),
        by: Some(Person::here()),
        ..started
    };
    let dir = fork(
        &runner::home()?,
        &found.dir,
        &found.records,
        &args.at,
        began,
    )
    .map_err(|error| failure(error, args, &found))?;
    let report = runner::resume(&loaded, dir, Changed::default(), None, context)?;
    runner::print(&report, context);
    Ok(runner::exit(&report))
}

/// The mission, from the file that is named or from the run's own as it is now.
fn loaded(
    args: &Fork,
    found: &Found,
    started: &Started,
    context: &mut Context,
) -> Result<Loaded, Failure> {
    let Some(file) = &args.file else {
        return read_again(found, false, context);
    };
    let asked = Asked {
        file,
        text: mission::text(file)?,
        uses: &Disk::of(Path::new(file)),
        mission: Some(&started.mission),
    };
    mission::check(asked, context, ground(found)?)
}

fn failure(error: ForkError, args: &Fork, found: &Found) -> Failure {
    let id = found.dir.id();
    if let ForkError::Store(why) = error {
        return Failure::new(Exit::Blocked, format!("run {id}: {why}"));
    }
    let failure = Failure::usage(format!("run {id} never came to `{}`", args.at));
    let Ok(report) = found.report() else {
        return failure;
    };
    let names: Vec<&str> = report.steps.iter().map(|step| step.name.as_str()).collect();
    match nearest(&args.at, names.iter().copied()) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help(format!("it came to {}", names.join(", "))),
    }
}

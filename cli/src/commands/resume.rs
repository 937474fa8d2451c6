//! `tau resume RUN`

use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json};
use tau_interpreter::inputs;
use tau_interpreter::journal::{base_of, inputs_of};
use tau_interpreter::models::Replay;
use tau_interpreter::report::Report;
use tau_interpreter::run::Changed;
use tau_lang::source::{MAX_FILE_BYTES, decode};

use super::apply::answers_of;
use crate::args::{Resume, Setting};
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::files::contents;
use crate::libraries::{Disk, Recorded};
use crate::mission::{self, Asked, Ground, Loaded};
use crate::policies;
use crate::runner::{self, Found, detached};

/// Goes on with a run, with its file as it is now.
pub(crate) fn run(args: &Resume, context: &mut Context) -> Outcome {
    let found = runner::find(&args.run)?;
    let report = found.report()?;
    if report.outcome == "succeeded" {
        if context.form() == Form::Human {
            context.note("this run has succeeded already");
        }
        runner::print(&report, context);
        return Ok(Exit::Succeeded);
    }
    if found.is_running() {
        return Err(runner::busy(found.dir.id()));
    }
    if args.detach {
        // What is wrong with the file is said here, where somebody reads it.
        read_again(&found, args.as_recorded, context)?;
        return detached::start(found.dir.id(), args.as_recorded, context);
    }
    let report = go_on(found, args.as_recorded, args.behind, &args.set, context)?;
    runner::print(&report, context);
    Ok(runner::exit(&report))
}

/// Goes on with a run that nobody runs; with `behind` only if its journal has so many records.
pub(super) fn go_on(
    found: Found,
    as_recorded: bool,
    behind: Option<u64>,
    set: &[Setting],
    context: &mut Context,
) -> Result<Report, Failure> {
    found.warn_of_torn_end(context);
    let mut loaded = read_again(&found, as_recorded, context)?;
    loaded.replay = replayed(&found)?;
    let inputs = give(&mut loaded, set)?;
    let recorded = found.texts()?;
    let texts = (loaded.texts != recorded).then(|| loaded.texts.clone());
    if !inputs.is_empty() {
        let names: Vec<String> = inputs.keys().map(|name| format!("`{name}`")).collect();
        let names = names.join(", ");
        context.note(&format!(
            "{names} is given anew; steps that rest on it are done again"
        ));
    }
    if texts.is_some() {
        let what = match loaded.texts.text == recorded.text {
            true => format!("a file that `{}` uses", loaded.file),
            false => format!("`{}`", loaded.file),
        };
        context.note(&format!(
            "{what} has changed; steps that rest on what changed are done again"
        ));
    }
    let changed = Changed { texts, inputs };
    runner::resume(&loaded, found.dir, changed, behind, context)
}

/// Gives inputs their values anew; those that are not secret, and that have another value than before.
///
/// # Errors
/// Usage: one is no input of the mission, is not of its type, or cannot be read.
fn give(loaded: &mut Loaded, set: &[Setting]) -> Result<Map<String, Json>, Failure> {
    let mut inputs = mission::settings(set)?;
    let wrong = |wrong: Vec<String>| Failure::usage(wrong.join("\n"));
    let taken = loaded.secrets.take(&loaded.plan, &mut inputs);
    taken.map_err(wrong)?;
    inputs.retain(|name, value| loaded.inputs.get(name) != Some(value));
    loaded.inputs.extend(inputs.clone());
    if !inputs.is_empty() {
        let checked = inputs::check(&loaded.plan, &loaded.all_inputs(), &loaded.engine);
        checked.map_err(wrong)?;
    }
    Ok(inputs)
}

/// The answers that a run was started with instead of models. Where they are gone it cannot go on, as
/// models were not to be asked.
pub(super) fn replayed(found: &Found) -> Result<Option<Replay>, Failure> {
    let replays = found.started()?.replays.as_deref();
    replays.map(answers_of).transpose()
}

/// A run's mission, from its file as it is now, or as it was when the run last ran.
pub(super) fn read_again(
    found: &Found,
    as_recorded: bool,
    context: &mut Context,
) -> Result<Loaded, Failure> {
    let started = found.started()?.clone();
    let recorded = found.texts()?;
    let path = started.path.as_ref().filter(|_| !as_recorded);
    let text = match path {
        Some(path) => match contents(Path::new(path), MAX_FILE_BYTES as u64) {
            Ok(bytes) => decode(bytes)
                .map_err(|error| Failure::usage(format!("cannot read `{path}`: {}", error.0)))?,
            Err(why) if Path::new(path).exists() => {
                let why = format!("cannot read `{path}`: {why}");
                // It is no fault of the command line that the disk does not give it now.
                return Err(match Path::new(path).is_file() {
                    true => Failure::failed(why),
                    false => Failure::usage(why),
                });
            }
            // It is gone; what it said is in the journal.
            Err(_) => recorded.text.clone(),
        },
        None => recorded.text.clone(),
    };
    let disk = path.map(|path| Disk::of(Path::new(path)));
    let asked = Asked {
        file: &started.file,
        text,
        uses: &Recorded {
            texts: &recorded.used,
            now: disk.as_ref(),
        },
        mission: Some(&started.mission),
    };
    mission::check(asked, context, ground(found)?)
}

/// What a run is gone on with: what it was started with, and the policies that hold now.
pub(super) fn ground(found: &Found) -> Result<Ground, Failure> {
    let started = found.started()?;
    Ok(Ground {
        inputs: inputs_of(&found.records),
        repo: PathBuf::from(&started.repo),
        rev: started.rev.clone(),
        base: base_of(&found.records).map(|base| base.commit.to_string()),
        policies: policies::again(&started.policies)?,
    })
}

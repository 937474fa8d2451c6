//! `tau apply FILE`

use tau_interpreter::journal::Blocked;
use tau_interpreter::models::Replay;
use tau_interpreter::report::Report;
use tau_lang::plan::document;

use crate::args::{Apply, Running};
use crate::ask;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::mission::{self, Loaded};
use crate::render::sanitize::sanitize;
use crate::render::style::{HELP, paint};
use crate::runner::{self, detached};

/// Checks, shows the plan, asks, runs.
pub(crate) fn run(args: &Apply, context: &mut Context) -> Outcome {
    let loaded = mission::load(&args.mission, context)?;
    start(loaded, &args.running, context)
}

/// Asks, and runs a mission that was loaded.
pub(super) fn start(mut loaded: Loaded, how: &Running, context: &mut Context) -> Outcome {
    loaded.tier = how.tier;
    loaded.replay = how.models.as_deref().map(replay).transpose()?;
    tau_interpreter::inputs::check(&loaded.plan, &loaded.all_inputs(), &loaded.engine)
        .map_err(|wrong| Failure::usage(wrong.join("\n")))?;
    if let Some(exit) = agreed(&loaded, how.yes, context)? {
        return Ok(exit);
    }
    if how.detach && runner::would_block(&loaded, &loaded.known()).is_none() {
        let dir = runner::submit(&loaded)?;
        return detached::hand_over(&dir, context);
    }
    let report = runner::apply(&loaded, context)?;
    runner::print(&report, context);
    Ok(runner::exit(&report))
}

/// The answers of a run that `--models` names.
pub(super) fn replay(asked: &str) -> Result<Replay, Failure> {
    let Some(run) = asked.strip_prefix("replay:") else {
        let message = format!("`--models {asked}` names no run");
        return Err(Failure::usage(message).help("write `--models replay:RUN`, or `replay:@`"));
    };
    answers_of(run)
}

/// The answers that a run has recorded.
///
/// # Errors
/// There is no such run.
pub(super) fn answers_of(run: &str) -> Result<Replay, Failure> {
    let found = runner::find(run)?;
    Ok(Replay::of(found.dir.id(), &found.records))
}

/// Shows the plan and asks, unless told `yes`. An exit code when it cannot be asked.
///
/// # Errors
/// The answer was no.
pub(super) fn agreed(
    loaded: &Loaded,
    yes: bool,
    context: &mut Context,
) -> Result<Option<Exit>, Failure> {
    // What is blocked anyway is not asked about: its run records what is missing.
    let asks = !yes && runner::would_block(loaded, &loaded.known()).is_none();
    if !asks {
        return Ok(None);
    }
    let document = document::document(
        &loaded.plan,
        &loaded.policies,
        &loaded.engine,
        &loaded.given(),
        &loaded.sources,
    );
    context.note(&sanitize(&document::terminal(&document)));
    if !ask::is_possible() {
        return Ok(Some(nobody_to_ask(loaded, context)));
    }
    if !ask::confirmed("Run it?", context) {
        return Err(Failure::new(Exit::Cancelled, "nothing was started"));
    }
    Ok(None)
}

/// Without a terminal nobody can answer, and that blocks.
fn nobody_to_ask(loaded: &Loaded, context: &mut Context) -> Exit {
    let next = ask::next();
    let message =
        "Nothing was started: there is no terminal to ask on. Read the plan, then give `--yes`.";
    let blocked = Blocked {
        kind: "approval".to_owned(),
        code: "not-confirmed".to_owned(),
        message: message.to_owned(),
        mutations: 0,
        missing: Vec::new(),
        inputs: Vec::new(),
    };
    if context.form() == Form::Human {
        context.error(message);
        context.note(&format!("\n  go on      {}", paint(HELP, sanitize(&next))));
    } else {
        let repo = loaded.repo.to_string_lossy();
        context.json(&Report::not_started(
            &loaded.plan.mission,
            &repo,
            blocked,
            next,
        ));
    }
    Exit::Blocked
}

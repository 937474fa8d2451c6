//! From changes to a written lock file, with a question in between.

use serde::Serialize;

use super::change::{Change, apply, changes};
use super::load::Known;
use super::show;
use crate::ask;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::libraries::{Graph, Project, Store};
use crate::render::sanitize;
use crate::render::style::{HELP, paint};

/// The documents `tau.lib.add/1` and `tau.lib.update/1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    lock: String,
    written: bool,
    changes: &'a [Change],
    /// The command that goes on, when nobody could be asked.
    next: Option<String>,
}

/// What the command is called, and what is asked of it.
pub(super) struct Command {
    pub(super) schema: &'static str,
    /// `--yes`
    pub(super) yes: bool,
    /// Whether what nothing uses is dropped.
    pub(super) drops: bool,
    /// What is said when nothing changes.
    pub(super) idle: &'static str,
}

/// Shows what would change, asks, and writes: first the libraries, then the lock file.
pub(super) fn run(
    project: &Project,
    graph: &Graph<Known>,
    command: &Command,
    context: &mut Context,
) -> Outcome {
    let changes = changes(project, graph, command.drops);
    if !changes.is_empty() {
        let shown = show::changes(&changes);
        match command.yes {
            true => context.note(&shown),
            // Nobody is asked about what was not seen.
            false => context.error_block(&shown),
        }
        if !command.yes && !ask::is_possible() {
            return Ok(nobody_to_ask(project, &changes, command, context));
        }
        if !command.yes && !ask::confirmed("Write tau.lock?", context) {
            return Err(Failure::new(Exit::Cancelled, "nothing was written"));
        }
    }
    let failed = |why: String| Failure::failed(why);
    let store = Store::here();
    for node in graph.values() {
        store.keep(&node.what.content).map_err(failed)?;
    }
    if !changes.is_empty() {
        let edit = |lock: &mut _| apply(&project.folder, &changes, lock);
        project.save(edit).map_err(failed)?;
    }
    match context.form() {
        Form::Human if changes.is_empty() => context.print(&format!("{}\n", command.idle)),
        Form::Human => context.print(&show::written(project, &changes)),
        Form::Json | Form::JsonStream => {
            context.json(&document(project, &changes, command, !changes.is_empty()));
        }
    }
    Ok(Exit::Succeeded)
}

fn document<'a>(
    project: &Project,
    changes: &'a [Change],
    command: &Command,
    written: bool,
) -> Document<'a> {
    Document {
        schema: command.schema,
        lock: sanitize::path(&project.path()),
        written,
        changes,
        next: None,
    }
}

/// Without a terminal nobody can answer, and that blocks.
fn nobody_to_ask(
    project: &Project,
    changes: &[Change],
    command: &Command,
    context: &mut Context,
) -> Exit {
    let next = ask::next();
    context.error(
        "Nothing was written: there is no terminal to ask on. Read what the libraries need, then \
         give `--yes`.",
    );
    if context.form() == Form::Human {
        let next = paint(HELP, sanitize::sanitize(&next));
        context.note(&format!("\n  go on      {next}"));
    } else {
        let document = document(project, changes, command, false);
        context.json(&Document {
            next: Some(next),
            ..document
        });
    }
    Exit::Blocked
}

//! `tau apply FILE`

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use tau_lang::plan::document;

use crate::args::Apply;
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::mission::{self, Loaded};
use crate::runner;

/// Checks, shows the plan, asks, runs.
pub(crate) fn run(args: &Apply, context: &mut Context) -> Outcome {
    let loaded = mission::load(&args.mission, context)?;
    tau_interpreter::inputs::bind(&loaded.plan, &loaded.inputs, &loaded.engine)
        .map_err(|wrong| Failure::usage(wrong.join("\n")))?;
    if !args.yes && !confirm(&loaded, context)? {
        return Err(Failure::new(Exit::Cancelled, "nothing was started"));
    }
    let report = runner::apply(&loaded, context)?;
    runner::print(&report, context);
    Ok(runner::exit(&report))
}

/// Shows the plan and asks. Without a terminal nobody can answer, and that blocks.
fn confirm(loaded: &Loaded, context: &mut Context) -> Result<bool, Failure> {
    let document = document::document(
        &loaded.plan,
        &loaded.engine,
        &loaded.given(),
        &loaded.sources,
    );
    context.note(&crate::render::sanitize::sanitize(&document::terminal(
        &document,
    )));
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(mission::not_confirmed());
    }
    eprint(context, "Run it? [y/N] ");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    Ok(read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn eprint(context: &mut Context, text: &str) {
    context.prompt(text);
    // A prompt that cannot be flushed is shown with the answer.
    let _ = std::io::stderr().flush();
}

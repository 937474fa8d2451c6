//! `tau diff RUN`

use tau_interpreter::inspect;

use crate::args::Diff;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::render::sanitize::sanitize;
use crate::runner;

/// Shows what a run changed. On a terminal text is made harmless; elsewhere it is the patch.
pub(crate) fn run(args: &Diff, context: &mut Context) -> Outcome {
    use std::io::IsTerminal as _;
    let found = runner::find(&args.run)?;
    let change = inspect::change(&found.dir, &found.records).map_err(Failure::failed)?;
    let diff = change.diff;
    let text = String::from_utf8_lossy(&diff);
    if context.form() != Form::Human {
        context.json(&serde_json::json!({
            "schema": "tau.diff/1", "run": found.dir.id(), "diff": text,
        }));
    } else if std::io::stdout().is_terminal() {
        context.print(&sanitize(&text));
    } else {
        context.print_bytes(&diff);
    }
    Ok(Exit::Succeeded)
}

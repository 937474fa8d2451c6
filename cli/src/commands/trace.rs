//! `tau trace RUN`

use tau_interpreter::trace::chrome;

use crate::args::Trace;
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::render::{json, sanitize};
use crate::runner;

/// Writes a run's times for a viewer of Chrome traces.
pub(crate) fn run(args: &Trace, context: &mut Context) -> Outcome {
    let found = runner::find(&args.run)?;
    found.started()?;
    let trace =
        chrome(&found.records).ok_or_else(|| Failure::failed("its journal has no beginning"))?;
    let Some(out) = &args.out else {
        context.json(&trace);
        return Ok(Exit::Succeeded);
    };
    let name = sanitize::path(out);
    files::write(out, json::line(&trace).as_bytes())
        .map_err(|error| Failure::failed(format!("cannot write `{name}`: {error}")))?;
    context.note(&format!(
        "written; open `{name}` at https://ui.perfetto.dev or in chrome://tracing"
    ));
    Ok(Exit::Succeeded)
}

//! `tau block RUN --why TEXT`

use tau_interpreter::control;
use tau_interpreter::journal::{self, Blocked};

use crate::args::Block;
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::runner;

/// Holds a run with a person's reason.
pub(crate) fn run(args: &Block, context: &mut Context) -> Outcome {
    let found = runner::find(&args.run)?;
    let report = found.report()?;
    let id = found.dir.id();
    if found.is_running() {
        let message = format!("run {id} is being run by another process");
        return Err(Failure::new(Exit::Blocked, message)
            .help(format!("end it first with `tau cancel {id}`")));
    }
    if report.outcome == "succeeded" {
        return Err(Failure::failed(format!("run {id} has succeeded already")));
    }
    let blocked = Blocked {
        kind: "approval".to_owned(),
        code: journal::OPERATOR_BLOCKED.to_owned(),
        message: args.why.clone(),
        mutations: control::mutations(&found.records),
        missing: Vec::new(),
        inputs: Vec::new(),
    };
    let outcome = journal::Outcome::Blocked;
    control::end(&found.dir, outcome, args.why.clone(), Some(blocked))
        .map_err(|why| Failure::failed(format!("run {id}: {why}")))?;
    let report = runner::find(id)?.report()?;
    runner::print(&report, context);
    Ok(Exit::Succeeded)
}

//! `tau grants infer RUN…` and `tau grants unused RUN…`

mod evidence;
mod proposal;

use serde::Serialize;
use tau_interpreter::net::Refused;

use self::evidence::{Denied, Evidence};
use self::proposal::{Line, Proposal, propose};
use crate::args::{Grants, GrantsCommand};
use crate::context::{Context, Form};
use crate::exit::{Exit, Outcome};
use crate::render::diff::unified;
use crate::render::sanitize::one_line;
use crate::runner::summary::refusal;

/// The document `tau.grants/1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    file: &'a str,
    mission: &'a str,
    /// The runs that were looked at.
    runs: &'a [String],
    /// What becomes of each line, in order; denials stay.
    lines: &'a [Line],
    /// What the runs used and the file no longer grants.
    uncovered: &'a [String],
    /// What of the network the runs asked for and did not get.
    refused: Vec<Denial<'a>>,
    /// The change, as `diff -u` writes it; empty when there is none.
    diff: String,
}

#[derive(Serialize)]
struct Denial<'a> {
    run: &'a str,
    step: &'a str,
    #[serde(flatten)]
    what: &'a Refused,
}

/// Shows what a mission's file need not grant.
pub(crate) fn run(args: &Grants, context: &mut Context) -> Outcome {
    let (runs, narrow) = match &args.command {
        GrantsCommand::Infer(args) => (&args.runs, true),
        GrantsCommand::Unused(args) => (&args.runs, false),
    };
    let evidence = Evidence::of(runs, context)?;
    let proposal = propose(&evidence, narrow);
    let file = &evidence.loaded.file;
    for line in &proposal.uncovered {
        let line = one_line(line);
        context.warn(&format!(
            "a run used `{line}`, which `{file}` no longer grants"
        ));
    }
    for Denied { run, step, what } in &evidence.refused {
        let (step, what) = (one_line(step), refusal(what));
        context.warn(&format!("`{step}` of run {run} was refused: {what}"));
    }
    show(&evidence, &proposal, context);
    Ok(Exit::Succeeded)
}

fn show(evidence: &Evidence, proposal: &Proposal, context: &mut Context) {
    let loaded = &evidence.loaded;
    let (old, new) = (&loaded.texts.text, &proposal.text);
    if context.form() == Form::Human {
        match proposal.is_less() {
            true => context.print(&unified(&loaded.file, old, new)),
            false => context.note("nothing less than what is granted is proposed"),
        }
        return;
    }
    let diff = unified(&loaded.file, old, new);
    context.json(&Document {
        schema: "tau.grants/1",
        file: &loaded.file,
        mission: &loaded.plan.mission,
        runs: &evidence.names,
        lines: &proposal.lines,
        uncovered: &proposal.uncovered,
        refused: evidence
            .refused
            .iter()
            .map(|Denied { run, step, what }| Denial { run, step, what })
            .collect(),
        diff: anstream::adapter::strip_str(&diff).to_string(),
    });
}

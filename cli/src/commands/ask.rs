//! `tau ask QUESTION`

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};
use tau_interpreter::report::Report;
use tau_lang::syntax::command;

use super::apply::replay;
use crate::args::{Ask, Of};
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::mission::{self, Loaded, read_value};
use crate::policies;
use crate::render::sanitize::one_line;
use crate::runner::voice::Voice;
use crate::runner::{self, summary};

/// Runs `std/ask` and writes what the model answers.
pub(crate) fn run(args: &Ask, context: &mut Context) -> Outcome {
    let question = match args.question.as_str() {
        "-" => read_value("the question", "-")?,
        question => question.to_owned(),
    };
    let loaded = loaded("std/ask", ("question", question), &args.of, context)?;
    let mut voice = Voice::new(context);
    let report = runner::apply_on(&loaded, &mut voice, context)?;
    if let Some(text) = report.outputs.get("text").and_then(Json::as_str) {
        voice.answer(text, context);
    }
    changed(&report, context);
    ended(&report, context);
    Ok(runner::exit(&report))
}

/// A mission of the library that asks a model, with what it is asked.
///
/// # Errors
/// Usage: nothing is asked, or a policy or a run that is named cannot be read.
pub(super) fn loaded(
    mission: &str,
    (input, text): (&str, String),
    of: &Of,
    context: &mut Context,
) -> Result<Loaded, Failure> {
    if text.trim().is_empty() {
        return Err(Failure::usage("nothing is asked"));
    }
    let mut inputs = Map::from_iter([(input.to_owned(), Json::String(text))]);
    if let Some(model) = &of.model {
        inputs.insert("model".to_owned(), Json::String(model.clone()));
    }
    for (name, given) in [("write", &of.write), ("run", &of.run)] {
        inputs.insert(name.to_owned(), Json::from(given.clone()));
    }
    let policies = policies::asked(&of.policy)?;
    let mut loaded = mission::of_library(mission, inputs, of.base.clone(), policies, context)?;
    loaded.replay = of.models.as_deref().map(replay).transpose()?;
    tau_interpreter::inputs::check(&loaded.plan, &loaded.all_inputs(), &loaded.engine)
        .map_err(|wrong| Failure::usage(wrong.join("\n")))?;
    Ok(loaded)
}

/// Tells a person what a model has changed, which is in its run and nowhere else.
pub(super) fn changed(report: &Report, context: &mut Context) {
    let paths = report.steps.iter().flat_map(|step| {
        let paths = step.result["paths"].as_array().into_iter().flatten();
        paths.filter_map(Json::as_str)
    });
    let paths: BTreeSet<&str> = paths.collect();
    if context.form() != Form::Human || paths.is_empty() {
        return;
    }
    let names: Vec<String> = paths
        .into_iter()
        .map(|path| one_line(path).into_owned())
        .collect();
    // Below a repository's root, git would apply only what is below that folder, and say nothing.
    let repo = command::quote(&report.repo);
    context.note(&format!(
        "changed {}: `tau diff {} | git -C {} apply` brings it here",
        names.join(", "),
        report.run,
        one_line(&repo)
    ));
}

/// Tells how a run ended that did not succeed, or all of it to programs.
pub(super) fn ended(report: &Report, context: &mut Context) {
    match (context.form(), runner::exit(report)) {
        (Form::Json | Form::JsonStream, _) => context.json(report),
        (Form::Human, Exit::Succeeded | Exit::Waiting) => {}
        (Form::Human, _) => context.error_block(summary::text(report).trim_end()),
    }
}

//! `tau resolve RUN STEP happened|not-happened`

use serde::Serialize;
use serde_json::Value as Json;
use tau_interpreter::clock::Clock;
use tau_interpreter::control;
use tau_interpreter::journal::Resolution;
use tau_interpreter::outside::{Unsettled, unsettled};
use tau_interpreter::person::Person;
use tau_lang::types::Type;

use crate::args::{Resolve, Settled};
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::language::Language;
use crate::render::sanitize::one_line;
use crate::runner::{self, Found};

/// The document `tau.resolve/1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    run: &'a str,
    effect: &'a Unsettled,
    resolution: &'a Resolution,
    next: String,
}

/// Records what a person says about an outside effect.
pub(crate) fn run(args: &Resolve, context: &mut Context) -> Outcome {
    let found = runner::find(&args.run)?;
    let id = found.dir.id();
    if found.is_running() {
        let message = format!("run {id} is being run by another process");
        return Err(Failure::new(Exit::Blocked, message)
            .help("it looks for itself; it can be settled when it is uncertain"));
    }
    let open = effect(&found, &args.step)?;
    let happened = args.settled == Settled::Happened;
    let resolution = Resolution {
        happened,
        result: result(args, &open)?,
        why: args.why.clone(),
        by: Person::here(),
        at: Clock::system().now().to_string(),
    };
    control::resolve(&found.dir, &open, resolution.clone())
        .map_err(|why| Failure::failed(format!("run {id}: {why}")))?;
    let next = runner::find(id)?.report()?.next;
    let next = next.unwrap_or_else(|| format!("tau resume {id}"));
    if context.form() == Form::Human {
        let word = if happened { "happened" } else { "not happened" };
        let (step, what) = (one_line(&open.step), one_line(&open.what));
        context.print(&format!(
            "{step} has {word}\n\n  {what}\n\n  go on      {next}\n"
        ));
    } else {
        context.json(&Document {
            schema: "tau.resolve/1",
            run: id,
            effect: &open,
            resolution: &resolution,
            next,
        });
    }
    Ok(Exit::Succeeded)
}

/// The effect that is meant.
fn effect(found: &Found, step: &str) -> Result<Unsettled, Failure> {
    let all = unsettled(&found.records);
    let names: Vec<String> = all.iter().map(|it| format!("`{}`", it.step)).collect();
    match all.into_iter().find(|it| it.step == step) {
        Some(open) => Ok(open),
        None if names.is_empty() => {
            let message = format!("run {} has nothing to settle", found.dir.id());
            Err(Failure::usage(message))
        }
        None => Err(
            Failure::usage(format!("step `{step}` has nothing to settle"))
                .help(format!("these have: {}", names.join(", "))),
        ),
    }
}

/// What the step gives: as it was given, or as it was known before.
fn result(args: &Resolve, open: &Unsettled) -> Result<Option<Json>, Failure> {
    let (step, action) = (&open.step, &open.action);
    if args.settled == Settled::NotHappened {
        return match &args.result {
            None => Ok(None),
            Some(_) => Err(Failure::usage(format!(
                "step `{step}` gives nothing when it has not happened"
            ))),
        };
    }
    let language = Language::new();
    let Some(face) = language.library.actions.get(action) else {
        let message = format!("this tau does not know `{action}`, which step `{step}` calls");
        return Err(Failure::failed(message));
    };
    let ty = &face.result;
    let given = match &args.result {
        Some(text) => Some(read(text)?),
        None => open.result.clone(),
    };
    let given = match given {
        Some(given) => given,
        None if ty.may_be_absent() => Json::Null,
        None => {
            let message = format!("what step `{step}` gives is not known");
            return Err(Failure::usage(message).help(wanted(ty)));
        }
    };
    match ty.given(given) {
        Ok(result) => Ok(Some(result)),
        Err(why) => {
            let message = format!("step `{step}` does not give that: {why}");
            Err(Failure::usage(message).help(wanted(ty)))
        }
    }
}

fn wanted(ty: &Type) -> String {
    format!("give it as JSON with `--result`; its type is `{ty}`")
}

fn read(text: &str) -> Result<Json, Failure> {
    let text = match text.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| Failure::usage(format!("cannot read `{path}`: {error}")))?,
        None => text.to_owned(),
    };
    serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format!("the result is not JSON: {error}")))
}

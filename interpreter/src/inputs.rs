//! The inputs of a run: what was given, turned into the types that the mission asks for.

use serde_json::{Map, Value as Json};
use tau_lang::diagnostic::nearest;
use tau_lang::expr::{Context, Engine};
use tau_lang::plan::Plan;
use tau_lang::types::Type;

use crate::secrets::is_secret;

/// Gives every input its value: the given one, its default, or absence.
///
/// # Errors
/// One sentence for every input that is missing, unknown or wrong.
pub fn bind(
    plan: &Plan,
    given: &Map<String, Json>,
    engine: &Engine,
) -> Result<Context, Vec<String>> {
    bound(plan, given, engine, |_| false)
}

/// What is wrong with the inputs that were given, before the sources of secrets are asked.
///
/// # Errors
/// As [`bind`].
pub fn check(plan: &Plan, given: &Map<String, Json>, engine: &Engine) -> Result<(), Vec<String>> {
    bound(plan, given, engine, is_secret).map(drop)
}

/// The inputs' values as far as they can be told: those that are secret are absent, and so is what
/// does not fit.
#[must_use]
pub fn without_secrets(plan: &Plan, given: &Map<String, Json>, engine: &Engine) -> Context {
    let mut context = Context::new();
    for input in plan.inputs.iter().filter(|input| !is_secret(&input.ty)) {
        let value = match (given.get(&input.name), &input.default) {
            (Some(value), _) => input.ty.coerce(value.clone()).ok(),
            (None, Some(default)) => engine.value(default, &input.ty, &Context::new()).ok(),
            (None, None) => input.ty.may_be_absent().then_some(Json::Null),
        };
        context.extend(value.map(|value| (input.name.clone(), value)));
    }
    context
}

fn bound(
    plan: &Plan,
    given: &Map<String, Json>,
    engine: &Engine,
    comes_later: impl Fn(&Type) -> bool,
) -> Result<Context, Vec<String>> {
    let mut context = Context::new();
    let mut wrong = Vec::new();
    for name in given.keys() {
        if !plan.inputs.iter().any(|input| input.name == *name) {
            let near = nearest(name, plan.inputs.iter().map(|input| input.name.as_str()));
            let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            wrong.push(format!(
                "mission `{}` has no input `{name}`{hint}",
                plan.mission
            ));
        }
    }
    for input in &plan.inputs {
        let value = match (given.get(&input.name), &input.default) {
            (Some(_), _) if input.ty.is_sealed() => {
                let why = "only a step of the same run makes one";
                wrong.push(format!("input `{}` cannot be given: {why}", input.name));
                continue;
            }
            (Some(value), _) => input.ty.coerce(value.clone()),
            (None, Some(default)) => engine
                .value(default, &input.ty, &Context::new())
                .map_err(|error| error.why),
            (None, None) if input.ty.may_be_absent() => Ok(Json::Null),
            (None, None) if comes_later(&input.ty) => continue,
            (None, None) => {
                wrong.push(format!(
                    "input `{name}` ({}) is missing: give it with `--set {name}=…`",
                    input.ty,
                    name = input.name,
                ));
                continue;
            }
        };
        match value {
            Ok(value) => {
                context.insert(input.name.clone(), value);
            }
            Err(why) => wrong.push(format!("input `{}`: {why}", input.name)),
        }
    }
    if wrong.is_empty() {
        Ok(context)
    } else {
        Err(wrong)
    }
}

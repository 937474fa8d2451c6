//! All that can be known before a run: what `tau plan` shows and `tau apply` asks about.

mod authority;
mod limited;
mod outside;
mod programs;
mod terminal;
#[cfg(test)]
mod tests;

use serde::Serialize;
use serde_json::{Value as Json, json};

pub(crate) use self::authority::line;
pub use self::authority::{Authority, Granted, Need};
pub use self::limited::Limited;
pub use self::outside::{FromOutside, from_outside};
pub use self::programs::Program;
pub use self::terminal::terminal;
use super::Plan;
use super::cost::{self, WorstCase};
use super::draw::shape::{Shapes, shapes};
use super::needs::{granted_texts, needed, verifier_value};
use crate::expr::{Context, Engine};
use crate::format;
use crate::library::{Param, Repeat};
use crate::policy::Policies;
use crate::source::SourceMap;
use crate::types::{Plain, Type};

/// A plan as it is shown, in the schema `tau.plan/1`.
#[derive(Debug, Serialize)]
pub struct Document {
    /// `tau.plan/1`
    pub schema: &'static str,
    /// The mission's name.
    pub mission: String,
    /// Its documentation.
    pub doc: String,
    /// Its inputs, in order.
    pub inputs: Vec<Input>,
    /// What it may do, and what its steps need of that.
    pub authority: Authority,
    /// What comes from outside, and where it ends.
    #[serde(flatten)]
    pub from_outside: FromOutside,
    /// What decides, in order.
    pub verifiers: Vec<Verifier>,
    /// Every statement in the order of the text, blocks and called missions opened.
    pub steps: Vec<Step>,
    /// How much it may take, and what it starts.
    pub worst_case: Worst,
    #[serde(skip)]
    shapes: Shapes,
}

/// The most that it may take and start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Worst {
    /// How much it may take.
    #[serde(flatten)]
    pub cost: WorstCase,
    /// What it starts.
    pub programs: Vec<Program>,
}

/// An input with its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its type as it is written.
    #[serde(rename = "type")]
    pub ty: String,
    /// Whether a value must be given.
    pub required: bool,
    /// Where its value comes from.
    pub from: Origin,
    /// Its value as a text. Of a file it is the size, and of a secret nothing.
    pub value: Option<String>,
}

/// See [`Input::from`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Given for this run.
    Given,
    /// Its default.
    Default,
    /// Nowhere: it must still be given, or is absent.
    Nothing,
}

/// A verifier, its parts filled in as far as they are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verifier {
    /// Its name.
    pub name: String,
    /// Its command.
    pub command: String,
    /// Further commands, which decide as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// What no edit may touch.
    pub protect: Vec<String>,
    /// How long one run of the command may take in milliseconds, if it is known.
    pub timeout_ms: Option<u64>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its place in the plan: `repeat@12/edit`.
    pub id: String,
    /// `let`, `step`, `call`, `if`, `then`, `else`, `for`, `repeat`, `on_failure` or `finally`.
    pub kind: &'static str,
    /// The action or mission that it calls.
    pub action: Option<String>,
    /// How often it may be performed: `pure`, `observe`, `replace`, `external` or `unknown`.
    pub repeat: Option<&'static str>,
    /// Its condition, bounds and modifiers as they are written; empty when it has none.
    pub detail: String,
    /// Why the rounds of a loop run one after the other, when more were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// What it waits for, beside what the block it stands in waits for.
    pub waits: Vec<Wait>,
}

/// Why a step waits for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wait {
    /// The id of the other.
    pub step: String,
    /// `data`, `after`, `gate` or `effect`.
    pub kind: &'static str,
    /// As a clause.
    pub reason: String,
}

/// What can be known of a plan when its inputs have the values in `known`, under the policies that
/// hold. Defaults are filled in; what is not known is said to be checked when it runs.
#[must_use]
pub fn document(
    plan: &Plan,
    policies: &Policies,
    engine: &Engine,
    known: &Context,
    map: &SourceMap,
) -> Document {
    let full = with_defaults(plan, engine, known);
    let all = needed(plan, policies, engine, &full);
    let shapes = shapes(plan, map);
    let mut steps = Vec::new();
    flatten(&shapes, &mut steps);
    let inputs = plan.inputs.iter();
    Document {
        schema: "tau.plan/1",
        mission: plan.mission.clone(),
        doc: plan.doc.clone(),
        inputs: inputs.map(|it| input(it, known, &full)).collect(),
        authority: authority::authority(plan, policies, &all, map, |grant, scope| {
            granted_texts(engine, grant.effect, scope, &full)
        }),
        from_outside: from_outside(plan),
        verifiers: verifiers(plan, engine, &full),
        steps,
        worst_case: Worst {
            cost: cost::worst_case(plan, policies, engine, &full),
            programs: programs::programs(plan, &all, &full),
        },
        shapes,
    }
}

/// The given values, and the defaults of those inputs that have none.
pub(super) fn with_defaults(plan: &Plan, engine: &Engine, known: &Context) -> Context {
    let mut full = known.clone();
    for param in &plan.inputs {
        if let (false, Some(default)) = (full.contains_key(&param.name), &param.default)
            && let Some(value) = engine.known(default, &param.ty, &Context::new())
        {
            full.insert(param.name.clone(), value);
        }
    }
    full
}

fn input(param: &Param, known: &Context, full: &Context) -> Input {
    let value = full.get(&param.name);
    Input {
        name: param.name.clone(),
        ty: param.ty.to_string(),
        required: param.is_required(),
        from: match value {
            Some(_) if known.contains_key(&param.name) => Origin::Given,
            Some(_) => Origin::Default,
            None => Origin::Nothing,
        },
        value: value.and_then(|value| shown(value, &param.ty)),
    }
}

/// A value for a person. Contents of files would bury the rest, and a secret is no one's to see.
fn shown(value: &Json, ty: &Type) -> Option<String> {
    match (ty.bare(), value) {
        (Type::Plain(Plain::Secret), _) | (_, Json::Null) => None,
        (Type::Plain(Plain::File), Json::String(text)) => Some(format!("{} bytes", text.len())),
        (Type::Plain(Plain::Duration), value) if value.is_u64() => value.as_u64().map(duration),
        (_, Json::String(text)) => Some(text.clone()),
        (_, value) => Some(value.to_string()),
    }
}

/// A duration in the largest units that say it exactly: `1h 30m`, `250ms`.
pub(crate) fn duration(millis: u64) -> String {
    let units = [
        (86_400_000, "d"),
        (3_600_000, "h"),
        (60_000, "m"),
        (1_000, "s"),
        (1, "ms"),
    ];
    let mut rest = millis;
    let mut parts = Vec::new();
    for (unit, word) in units {
        if rest >= unit {
            parts.push(format!("{}{word}", rest / unit));
            rest %= unit;
        }
    }
    match parts.is_empty() {
        true => "0s".to_owned(),
        false => parts.join(" "),
    }
}

fn verifiers(plan: &Plan, engine: &Engine, known: &Context) -> Vec<Verifier> {
    let all = plan.verifiers.iter().map(|verifier| {
        // Either all of its parts are known, or it is shown as it is written.
        let value = verifier_value(verifier, engine, known).unwrap_or_else(|| {
            json!({
                "run": format::value(&verifier.run),
                "also": verifier.also.iter().map(format::value).collect::<Vec<_>>(),
                "protect": verifier.protect.iter().map(format::value).collect::<Vec<_>>(),
            })
        });
        let text = |it: &Json| it.as_str().unwrap_or_default().to_owned();
        let texts = |it: &Json| it.as_array().into_iter().flatten().map(text).collect();
        Verifier {
            name: verifier.name.clone(),
            command: text(&value["run"]),
            also: texts(&value["also"]),
            protect: texts(&value["protect"]),
            timeout_ms: value["timeout"].as_u64(),
        }
    });
    all.collect()
}

fn flatten(shapes: &Shapes, steps: &mut Vec<Step>) {
    let mut waits: Vec<Vec<Wait>> = vec![Vec::new(); shapes.all.len()];
    for edge in &shapes.edges {
        waits[edge.to].push(Wait {
            step: shapes.all[edge.from].id.clone(),
            kind: edge.reason.word(),
            reason: edge.reason.to_string(),
        });
    }
    for (shape, waits) in shapes.all.iter().zip(waits) {
        steps.push(Step {
            id: shape.id.clone(),
            kind: shape.kind.word(),
            action: shape.action.clone(),
            repeat: shape.repeat.map(Repeat::word),
            detail: shape.detail.clone(),
            serial: shape.serial.clone(),
            waits,
        });
        flatten(&shape.inside, steps);
    }
}

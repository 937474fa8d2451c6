//! A checked test of a mission.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::{Block, NodeKind, Plan};
use crate::source::Span;
use crate::syntax::tree::{Expr, Value};
use crate::types::{BOOL, FLOAT, INT, Plain, STRING, Type};

/// A mission, its inputs, what is scripted, and what is expected.
#[derive(Debug)]
pub struct Test {
    /// What it shows, in words.
    pub name: String,
    /// The mission.
    pub plan: Arc<Plan>,
    /// Its inputs, by name.
    pub args: Vec<(String, Value, Type)>,
    /// The repository that it works on: paths with their texts.
    pub files: Vec<(String, Value)>,
    /// What is scripted, in order.
    pub given: Vec<Given>,
    /// What must hold at the end, in order.
    pub expect: Vec<Expr>,
    /// Its place.
    pub at: Span,
}

/// What an action or a step does instead of its work.
#[derive(Debug)]
pub struct Given {
    /// Which one.
    pub target: Target,
    /// What it does.
    pub outcome: Outcome,
    /// What the target gives.
    pub ty: Type,
    /// Its place.
    pub at: Span,
}

/// See [`Given::target`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// Every call of an action, by its dotted name.
    Action(String),
    /// One step of the mission, by its name.
    Step(String),
}

/// See [`Given::outcome`].
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Its result; what a record leaves out is filled in.
    Returns(Value),
    /// Its failure's message.
    Fails(Value),
}

impl Plan {
    /// The type of what an expectation can ask of a run of this mission. Steps that have not begun
    /// are `pending`: the emptiest of their type.
    #[must_use]
    pub fn result_type(&self) -> Type {
        let outputs = self.outputs.iter();
        record([
            ("outcome", choice(&OUTCOMES)),
            ("reason", STRING.optional()),
            ("commit", STRING.optional()),
            ("changed", Type::List(Box::new(Type::Plain(Plain::Path)))),
            ("diff", STRING),
            (
                "outputs",
                Type::Record(
                    outputs
                        .map(|(name, _, ty)| (name.clone(), ty.clone().optional()))
                        .collect(),
                ),
            ),
            ("steps", Type::Record(steps_of(self))),
            ("blocked", blocked().optional()),
            (
                "spent",
                record([
                    ("seconds", FLOAT),
                    ("steps", INT),
                    ("model_calls", INT),
                    ("tokens", INT),
                    ("usd", FLOAT),
                ]),
            ),
        ])
    }
}

/// How a run ends.
const OUTCOMES: [&str; 6] = [
    "succeeded",
    "failed",
    "blocked",
    "cancelled",
    "uncertain",
    "waiting",
];
/// How a step ends, or where it stands.
const STATES: [&str; 7] = [
    "pending",
    "waiting",
    "succeeded",
    "failed",
    "skipped",
    "blocked",
    "cancelled",
];

/// The steps of a mission, those of its handlers too.
fn steps_of(plan: &Plan) -> Vec<(String, Type)> {
    plan.blocks().flat_map(steps_type).collect()
}

/// Steps by name; a called mission's steps are in a record of its own.
fn steps_type(block: &Block) -> Vec<(String, Type)> {
    let mut steps = Vec::new();
    for node in &block.nodes {
        match &node.kind {
            NodeKind::Let(_) => {}
            NodeKind::Step(step) => steps.push((node.name.clone(), step_type(&step.result))),
            NodeKind::Call(call) => {
                let inner = steps_of(&call.plan);
                steps.push((node.name.clone(), Type::Record(inner)));
            }
            kind => {
                let inner = kind.blocks().into_iter();
                steps.extend(inner.flat_map(steps_type));
            }
        }
    }
    steps
}

fn step_type(result: &Type) -> Type {
    record([
        ("state", choice(&STATES)),
        ("runs", INT),
        ("attempts", INT),
        ("seconds", FLOAT),
        ("result", result.clone().optional()),
        (
            "failure",
            record([("code", STRING), ("message", STRING)]).optional(),
        ),
    ])
}

fn blocked() -> Type {
    let missing = record([
        ("effect", STRING),
        ("scope", STRING),
        ("step", STRING),
        ("limited_by", STRING),
        ("limited_at", STRING.optional()),
    ]);
    record([
        ("kind", STRING),
        ("code", STRING),
        ("message", STRING),
        ("mutations", INT),
        ("missing", Type::List(Box::new(missing))),
    ])
}

fn record<const N: usize>(fields: [(&str, Type); N]) -> Type {
    Type::Record(
        fields
            .into_iter()
            .map(|(name, ty)| (name.to_owned(), ty))
            .collect(),
    )
}

fn choice(words: &[&str]) -> Type {
    Type::Choice(words.iter().map(|word| (*word).to_owned()).collect())
}

impl Type {
    /// The value of this type that says the least: absent, empty, zero, false, the first choice.
    #[must_use]
    pub fn emptiest(&self) -> Json {
        match self.bare() {
            _ if self.may_be_absent() => Json::Null,
            Type::Record(fields) => fields
                .iter()
                .map(|(name, ty)| (name.clone(), ty.emptiest()))
                .collect::<Map<_, _>>()
                .into(),
            Type::List(_) => Json::Array(Vec::new()),
            Type::Choice(choices) => choices.first().cloned().into(),
            ty if *ty == BOOL => Json::Bool(false),
            Type::Plain(plain) if plain.is_text() => Json::from(""),
            Type::Plain(_) => Json::from(0),
            _ => Json::Null,
        }
    }

    /// A value of this type in which records have all their fields: those that are left out are
    /// the emptiest.
    #[must_use]
    pub fn filled(&self, value: Json) -> Json {
        match (self.bare(), value) {
            (Type::Record(fields), Json::Object(mut given)) => {
                for (name, ty) in fields {
                    let value = match given.remove(name) {
                        Some(value) => ty.filled(value),
                        None => ty.emptiest(),
                    };
                    given.insert(name.clone(), value);
                }
                Json::Object(given)
            }
            (Type::List(item), Json::Array(items)) => {
                items.into_iter().map(|value| item.filled(value)).collect()
            }
            (_, value) => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_record_leaves_out_is_the_emptiest() {
        let inner = record([("name", STRING), ("size", INT.optional())]);
        let ty = record([
            ("passed", BOOL),
            ("verdict", choice(&["red", "green"])),
            ("parts", Type::List(Box::new(inner.clone()))),
            ("first", inner),
            ("share", FLOAT),
        ]);
        assert_eq!(
            ty.filled(json!({ "passed": true, "parts": [{ "name": "a" }] })),
            json!({
                "passed": true,
                "verdict": "red",
                "parts": [{ "name": "a", "size": null }],
                "first": { "name": "", "size": null },
                "share": 0,
            })
        );
    }
}

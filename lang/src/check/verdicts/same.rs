//! Whether two verifiers are one as far as what they show goes.

use serde_json::Value as Json;

use crate::expr::{self, Context, Engine};
use crate::plan::Verifier;
use crate::source::Span;
use crate::syntax::tree::Value;
use crate::types::{Plain, STRING, Type};

/// A verifier where it is in force, with what is known of its parts there.
#[derive(Clone)]
pub(super) struct Seen<'a> {
    verifier: &'a Verifier,
    /// The names of its variables.
    variables: Vec<&'a str>,
    parts: Vec<(&'static str, Vec<Part<'a>>)>,
}

#[derive(Clone)]
struct Part<'a> {
    value: &'a Value,
    /// Which mission on the way it stands in: the same text there means the same.
    frame: usize,
    known: Option<Json>,
}

impl<'a> Seen<'a> {
    pub(super) fn new(
        verifier: &'a Verifier,
        frame: usize,
        engine: &Engine,
        inputs: &Context,
    ) -> Seen<'a> {
        let part = |value: &'a Value, ty: &Type| Part {
            value,
            frame,
            known: engine.known(value, ty, inputs),
        };
        let command = Type::Plain(Plain::Command);
        let glob = Type::Plain(Plain::Glob);
        let many = |values: &'a [Value], ty: &Type| values.iter().map(|it| part(it, ty)).collect();
        let one = |value: &'a Option<Value>, ty: &Type| {
            value.iter().map(|it| part(it, ty)).collect::<Vec<_>>()
        };
        // In whatever order they are written.
        let mut env: Vec<&(String, Value)> = verifier.env.iter().collect();
        env.sort_by_key(|(name, _)| name);
        let variables = env.iter().map(|(name, _)| name.as_str()).collect();
        let env = env.iter().map(|(_, value)| part(value, &STRING)).collect();
        let parts = vec![
            ("run", vec![part(&verifier.run, &command)]),
            ("also", many(&verifier.also, &command)),
            ("heldout", one(&verifier.heldout, &command)),
            ("protect", many(&verifier.protect, &glob)),
            ("hides", many(&verifier.hides, &glob)),
            ("loses", many(&verifier.loses, &STRING)),
            ("env", env),
            ("report", one(&verifier.report, &Type::Plain(Plain::Path))),
            (
                "timeout",
                one(&verifier.timeout, &Type::Plain(Plain::Duration)),
            ),
            ("runs", one(&verifier.runs, &Type::Plain(Plain::Int))),
            ("red", one(&verifier.red, &crate::check::red_type())),
        ];
        Seen {
            verifier,
            variables,
            parts,
        }
    }

    pub(super) fn name(&self) -> &'a str {
        &self.verifier.name
    }

    pub(super) fn at(&self) -> Span {
        self.verifier.at
    }

    /// The first part that is surely another, if these are not one and the same verifier.
    pub(super) fn differs(&self, other: &Seen<'_>) -> Option<&'static str> {
        let parts = self.parts.iter().zip(&other.parts);
        let mut parts = parts.map(|((name, a), (_, b))| (*name, a, b));
        parts.find_map(|(name, a, b)| {
            let differ = match name {
                // What is not said has a value all the same, which only a run knows.
                "timeout" | "runs" if a.len() != b.len() => false,
                "env" if self.variables != other.variables => true,
                _ if a.len() != b.len() => a.iter().chain(b).all(|it| it.known.is_some()),
                _ => a.iter().zip(b).any(|(a, b)| a.differs(b)),
            };
            differ.then_some(name)
        })
    }
}

impl Part<'_> {
    fn differs(&self, other: &Part<'_>) -> bool {
        match (&self.known, &other.known) {
            (Some(a), Some(b)) => a != b,
            // Of one mission, two texts that use other inputs are not meant to be the same.
            _ if self.frame == other.frame => expr::names(self.value) != expr::names(other.value),
            _ => false,
        }
    }
}

//! What is known of a mission's names before it starts: their values, or only that they will have
//! one then.

use std::collections::HashSet;

use serde_json::{Value as Json, json};

use crate::expr::{self, Context, Engine};
use crate::plan::needs::DEFAULT_TIMEOUT_MS;
use crate::plan::{Plan, Verifier};
use crate::syntax::tree::{Value, ValueKind};
use crate::types::{INT, Plain, Type};

/// See the module.
#[derive(Default)]
pub(super) struct Names {
    pub(super) known: Context,
    /// Those whose value is there before the start, known or not.
    pub(super) settled: HashSet<String>,
}

impl Names {
    /// The names of a mission that is started with these values.
    pub(super) fn at_the_start(plan: &Plan, engine: Option<&Engine>, known: &Context) -> Names {
        let inputs = plan.inputs.iter().map(|input| input.name.clone());
        let mut names = Names {
            known: known.clone(),
            settled: inputs.collect(),
        };
        names.add_verifiers(plan, engine);
        names
    }

    /// The names of a mission or action that is called: these parameters, of which some may be
    /// left out. Values are computed only with an engine.
    pub(super) fn called<'p>(
        &self,
        params: impl Iterator<Item = &'p str>,
        args: &[(String, Value, Type)],
        engine: Option<&Engine>,
    ) -> Names {
        let mut inner = Names::default();
        for param in params {
            let Some((_, value, ty)) = args.iter().find(|(name, _, _)| name == param) else {
                inner.known.insert(param.to_owned(), Json::Null);
                inner.settled.insert(param.to_owned());
                continue;
            };
            if let Some(json) = engine.and_then(|engine| self.value(engine, value, ty)) {
                inner.known.insert(param.to_owned(), json);
            }
            if self.is_settled(value, ty) {
                inner.settled.insert(param.to_owned());
            }
        }
        inner
    }

    /// Adds what bounds the runs of the mission's verifiers.
    pub(super) fn add_verifiers(&mut self, plan: &Plan, engine: Option<&Engine>) {
        for Verifier {
            name,
            timeout,
            runs,
            also,
            ..
        } in &plan.verifiers
        {
            let mut all = timeout.iter().chain(runs);
            if all.all(|value| self.is_settled(value, &Type::Any)) {
                self.settled.insert(name.clone());
            }
            let Some(engine) = engine else { continue };
            let number = |value: &Option<Value>, ty: Type, default: u64| match value {
                Some(value) => self.value(engine, value, &ty),
                None => Some(json!(default)),
            };
            let timeout = number(timeout, Type::Plain(Plain::Duration), DEFAULT_TIMEOUT_MS);
            if let (Some(timeout), Some(runs)) = (timeout, number(runs, INT, 1)) {
                let count = also.len() as u64 + 1;
                let starts = runs.as_u64().map(|runs| runs.saturating_mul(count));
                let bounds = json!({
                    "timeout": timeout, "runs": runs, "starts": starts, "count": count,
                });
                self.known.insert(name.clone(), bounds);
            }
        }
    }

    /// The value, if all that it uses is known and it is easily had.
    pub(super) fn value(&self, engine: &Engine, value: &Value, ty: &Type) -> Option<Json> {
        if let Some(verifier) = verifier(value, ty) {
            return self.known.get(verifier).cloned();
        }
        engine.known(value, ty, &self.known)
    }

    /// Whether the value is there before the start.
    pub(super) fn is_settled(&self, value: &Value, ty: &Type) -> bool {
        match verifier(value, ty) {
            Some(verifier) => self.settled.contains(verifier),
            None => expr::names(value)
                .iter()
                .all(|name| self.settled.contains(name)),
        }
    }
}

/// The verifier that a text names, as it does in YAML.
fn verifier<'v>(value: &'v Value, ty: &Type) -> Option<&'v str> {
    match (ty, &value.kind) {
        (Type::Plain(Plain::Verifier), ValueKind::Text(text)) => text.as_literal(),
        _ => None,
    }
}

//! `secret-exposed`: a secret put where others can read it.

use std::collections::BTreeMap;

use super::{Subject, walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::expr;
use crate::plan::{NodeKind, Plan};
use crate::types::{Plain, Type};

const COMMAND: &str = "a command, which everyone on the machine can see";

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (mission, plan) in subject.planned() {
        let secrets = secrets(plan);
        if secrets.is_empty() {
            continue;
        }
        let mut report = |value: &crate::syntax::tree::Value, place: &str| {
            let names = expr::names(value);
            if let Some(name) = names.iter().find_map(|name| secrets.get(name.as_str())) {
                let kind = Kind::SecretExposed {
                    name: name.clone(),
                    place: place.to_owned(),
                };
                found.push(Diagnostic::new(kind, value.at.0));
            }
        };
        for node in walk::nodes(plan) {
            let NodeKind::Step(step) = &node.kind else {
                continue;
            };
            for (_, value, ty) in &step.args {
                if is_secret(ty) {
                    continue;
                }
                let place = match (step.action.split('.').next(), ty.bare()) {
                    (_, Type::Plain(Plain::Command | Plain::Script)) => COMMAND,
                    (_, Type::Plain(Plain::Url)) => "an address, which others log",
                    (_, Type::Plain(Plain::Path | Plain::Glob)) => "a path",
                    (Some("fs"), _) => "a file",
                    (Some("git"), _) => "the history",
                    (Some("human"), _) => "a question",
                    _ => continue,
                };
                report(value, place);
            }
        }
        for verifier in &mission.verifiers {
            for run in verifier.run.iter().chain(&verifier.also) {
                report(run, COMMAND);
            }
            for (_, value) in &verifier.env {
                report(value, "a verifier's environment, which is recorded");
            }
        }
        for output in &mission.outputs {
            report(&output.value, "an output");
        }
    }
    found
}

fn is_secret(ty: &Type) -> bool {
    match ty.bare() {
        Type::Plain(plain) => *plain == Plain::Secret,
        Type::List(inner) | Type::Map(inner) => is_secret(inner),
        Type::Record(fields) => fields.iter().any(|(_, ty)| is_secret(ty)),
        _ => false,
    }
}

/// The names whose values have a secret in them, each with the input that it comes from: the inputs
/// themselves, what `let` makes of them, and the items of a loop over them.
fn secrets(plan: &Plan) -> BTreeMap<&str, String> {
    let inputs = plan.inputs.iter().filter(|input| is_secret(&input.ty));
    let mut secrets: BTreeMap<&str, String> = inputs
        .map(|input| (input.name.as_str(), input.name.clone()))
        .collect();
    if secrets.is_empty() {
        return secrets;
    }
    for node in walk::nodes(plan) {
        let (name, value) = match &node.kind {
            NodeKind::Let(value) => (node.name.as_str(), value),
            NodeKind::For(it) => (it.name.as_str(), &it.items),
            _ => continue,
        };
        let names = expr::names(value);
        let of = names.iter().find_map(|name| secrets.get(name.as_str()));
        if let Some(of) = of.cloned() {
            secrets.insert(name, of);
        }
    }
    secrets
}

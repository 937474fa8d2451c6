//! `secret-exposed`: a secret put where others can read it.

use super::{Subject, walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::expr;
use crate::plan::NodeKind;
use crate::types::{Plain, Type};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (mission, plan) in subject.planned() {
        let is_secret = |ty: &Type| *ty.bare() == Type::Plain(Plain::Secret);
        let secrets: Vec<&str> = plan
            .inputs
            .iter()
            .filter(|input| is_secret(&input.ty))
            .map(|input| input.name.as_str())
            .collect();
        if secrets.is_empty() {
            continue;
        }
        let mut report = |value: &crate::syntax::tree::Value, place: &str| {
            let names = expr::names(value);
            if let Some(name) = secrets.iter().find(|it| names.contains(**it)) {
                let kind = Kind::SecretExposed {
                    name: (*name).to_owned(),
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
                let place = match step.action.split('.').next() {
                    _ if *ty.bare() == Type::Plain(Plain::Command) => {
                        "a command, which everyone on the machine can see"
                    }
                    Some("fs") => "a file",
                    Some("git") => "the history",
                    _ => continue,
                };
                report(value, place);
            }
        }
        for verifier in &mission.verifiers {
            if let Some(run) = &verifier.run {
                report(run, "a command, which everyone on the machine can see");
            }
        }
        for output in &mission.outputs {
            report(&output.value, "an output");
        }
    }
    found
}

//! `verifier-unprotected`: a verifier that the mission's own edits can talk into passing.

use super::{Subject, walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::expr::Context;
use crate::plan::needs::verifier_value;
use crate::plan::{NodeKind, Thing};
use crate::types::{Plain, Type};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, plan) in subject.planned() {
        let nodes = walk::nodes(plan);
        let writes = nodes.iter().any(|node| {
            let touches = node.touches.iter();
            touches
                .clone()
                .any(|it| it.write && matches!(it.thing, Thing::Files(_)))
        });
        if !writes {
            continue;
        }
        for verifier in &plan.verifiers {
            // One that no step asks is another finding.
            let asked = nodes.iter().any(|node| match &node.kind {
                NodeKind::Step(step) => step.args.iter().any(|(_, value, ty)| {
                    *ty == Type::Plain(Plain::Verifier)
                        && (walk::literal(value) == Some(&verifier.name)
                            || crate::expr::names(value).contains(&verifier.name))
                }),
                _ => false,
            });
            if !asked || !verifier.protect.is_empty() {
                continue;
            }
            // The file that a command starts is protected without a line.
            let own = verifier_value(verifier, &subject.library.engine, &Context::new());
            let has_own =
                own.is_some_and(|it| it["own"].as_array().is_some_and(|own| !own.is_empty()));
            if !has_own {
                let name = verifier.name.clone();
                found.push(Diagnostic::new(
                    Kind::VerifierUnprotected { name },
                    verifier.at,
                ));
            }
        }
    }
    found
}

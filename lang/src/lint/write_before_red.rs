//! `write-before-red`: an edit that stands above the step which shows the failure.

use super::Subject;
use crate::diagnostic::{Diagnostic, Kind};
use crate::plan::{Node, Thing};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, plan) in subject.planned() {
        let nodes = &plan.body.nodes;
        let Some(gate) = nodes.iter().position(Node::shows_red) else {
            continue;
        };
        for node in &nodes[..gate] {
            let mut touches = node.touches.iter();
            if touches.any(|it| it.write && matches!(it.thing, Thing::Files(_))) {
                let kind = Kind::WriteBeforeRed {
                    step: node.name.clone(),
                    red: nodes[gate].name.clone(),
                };
                found.push(
                    Diagnostic::new(kind, node.at)
                        .label(nodes[gate].at, "the failure is shown here"),
                );
            }
        }
    }
    found
}

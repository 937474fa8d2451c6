//! What a mission declares and nothing uses.

use super::Checker;
use super::scope::{Scope, What};
use crate::diagnostic::Kind;
use crate::plan::{Block, For, Node, NodeKind, Step};
use crate::syntax::tree::Mission;

impl Checker<'_> {
    /// Reports what nothing has looked up in `scope`, when all of the mission was read.
    pub(super) fn unused_names(&mut self, mission: &Mission, body: &Block, scope: &Scope) {
        for input in &mission.inputs {
            if scope
                .get(&input.name.text)
                .is_some_and(|it| !it.used && it.at == input.name.at.0)
            {
                let name = input.name.text.clone();
                self.report(Kind::InputUnused { name }, input.name.at.0);
            }
        }
        // What could not be read may use anything.
        if self.broken || self.diagnostics.iter().any(|one| one.kind.is_fatal()) {
            return;
        }
        for (name, it) in scope.all().filter(|(_, it)| !it.used) {
            let name = name.to_owned();
            match it.what {
                What::Let => self.report(Kind::LetUnused { name }, it.at),
                What::Verifier => self.report(Kind::VerifierUnused { name }, it.at),
                _ => {}
            }
        }
        self.unused_steps(body, scope);
    }

    fn unused_steps(&mut self, block: &Block, scope: &Scope) {
        for node in &block.nodes {
            match &node.kind {
                NodeKind::Step(step) => {
                    let unused = scope.get(&node.name).filter(|it| !it.used);
                    if let Some((kind, it)) = pointless(node, step).zip(unused) {
                        self.report(kind, it.at);
                    }
                }
                NodeKind::If {
                    then, otherwise, ..
                } => {
                    self.unused_steps(then, scope);
                    self.unused_steps(otherwise, scope);
                }
                NodeKind::For(For { body, .. }) | NodeKind::Repeat { body, .. } => {
                    self.unused_steps(body, scope);
                }
                NodeKind::Let(_) | NodeKind::Call(_) => {}
            }
        }
    }
}

/// What is wrong with a step whose result nothing uses, if anything is.
fn pointless(node: &Node, step: &Step) -> Option<Kind> {
    let name = node.name.clone();
    let only_looks =
        !step.repeat.changes() && !node.gate && !node.touches.iter().any(|touch| touch.write);
    match step.action.as_str() {
        "verify.check" => Some(Kind::VerdictUnused { name }),
        _ if only_looks => Some(Kind::StepUnused {
            name,
            action: step.action.clone(),
        }),
        _ => None,
    }
}

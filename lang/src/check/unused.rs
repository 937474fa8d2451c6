//! What a mission declares and nothing uses.

use super::Checker;
use super::scope::{Scope, What};
use crate::diagnostic::Kind;
use crate::library::Repeat;
use crate::plan::{Block, Node, NodeKind};
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
            let kind = match it.what {
                What::Let => Kind::LetUnused { name },
                What::Verifier => Kind::VerifierUnused { name },
                What::Step => match find(body, &name).and_then(pointless) {
                    Some(kind) => kind,
                    None => continue,
                },
                _ => continue,
            };
            self.report(kind, it.at);
        }
    }
}

/// What is wrong with a step whose result nothing uses, if anything is.
fn pointless(node: &Node) -> Option<Kind> {
    let NodeKind::Step(step) = &node.kind else {
        return None;
    };
    let name = node.name.clone();
    let only_looks = matches!(step.repeat, Repeat::Pure | Repeat::Observe)
        && !node.gate
        && !node.touches.iter().any(|touch| touch.write);
    match step.action.as_str() {
        "verify.check" => Some(Kind::VerdictUnused { name }),
        _ if only_looks => Some(Kind::StepUnused {
            name,
            action: step.action.clone(),
        }),
        _ => None,
    }
}

/// The step of this name, wherever it stands.
fn find<'a>(block: &'a Block, name: &str) -> Option<&'a Node> {
    block.nodes.iter().find_map(|node| match &node.kind {
        NodeKind::Step(_) if node.name == name => Some(node),
        NodeKind::If {
            then, otherwise, ..
        } => find(then, name).or_else(|| find(otherwise, name)),
        NodeKind::Repeat { body, .. } => find(body, name),
        _ => None,
    })
}

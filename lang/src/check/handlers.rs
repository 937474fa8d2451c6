//! `on failure` and `finally`: what they see is what the statements have named, and each of those
//! names may be absent.

use super::Checker;
use super::scope::{Name, Scope, What};
use crate::diagnostic::Kind;
use crate::plan::Block;
use crate::syntax::tree::{Handler, Mission};
use crate::types::{STRING, Type};

/// What an `on failure` block calls the failure.
const FAILURE: &str = "failure";

impl<'a> Checker<'a> {
    /// Checks the handlers of a mission whose statements are `body`.
    pub(super) fn handlers(
        &mut self,
        mission: &'a Mission,
        body: &Block,
        scope: &mut Scope,
    ) -> (Option<Block>, Option<Block>) {
        let may_be_absent = |block: &Block, scope: &mut Scope| {
            for node in &block.nodes {
                scope.make_optional(&node.defines);
            }
        };
        may_be_absent(body, scope);
        let on_failure = mission.on_failure.as_ref();
        let on_failure = on_failure.map(|handler| self.on_failure(handler, scope));
        on_failure
            .iter()
            .for_each(|block| may_be_absent(block, scope));
        let finally = mission.finally.as_ref();
        let finally = finally.map(|handler| self.body(&handler.body, scope));
        (on_failure, finally)
    }

    fn on_failure(&mut self, handler: &'a Handler, scope: &mut Scope) -> Block {
        if let Some(taken) = scope.get(FAILURE) {
            let kind = Kind::DuplicateName {
                what: "a word of the language".to_owned(),
                name: FAILURE.to_owned(),
            };
            self.report(kind, taken.at);
        }
        let fields = [
            ("step", STRING),
            ("code", STRING),
            ("message", STRING.untrusted()),
        ];
        let fields = fields.map(|(name, ty)| (name.to_owned(), ty));
        let failure = Name {
            ty: Type::Record(fields.to_vec()),
            at: handler.at.0,
            what: What::Failure,
            used: false,
            items: None,
        };
        let outer = scope.swap(FAILURE, Some(failure));
        let block = self.body(&handler.body, scope);
        scope.swap(FAILURE, outer);
        block
    }
}

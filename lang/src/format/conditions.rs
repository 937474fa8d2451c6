//! Conditions as the tau spelling can write them, so that a tree says the same in both spellings.

use super::tau::readable;
use crate::syntax::text::Text;
use crate::syntax::tree::{ActionBody, Body, Expr, File, Item, StatementKind};

/// Brings the conditions of a file into that form.
pub(super) fn settle(file: &mut File) {
    for item in &mut file.items {
        match item {
            Item::Mission(mission) => {
                let handlers = mission.on_failure.iter_mut().chain(&mut mission.finally);
                handlers.for_each(|handler| body(&mut handler.body));
                body(&mut mission.body);
            }
            Item::Action(face) => {
                if let Some(ActionBody::Steps { body: inner, .. }) = &mut face.body {
                    body(inner);
                }
            }
            Item::Test(test) => {
                let expected = test.expect.iter_mut();
                expected.for_each(|expect| condition(&mut expect.condition));
            }
            Item::Use(_) | Item::Type(_) | Item::On(_) | Item::Policy(_) => {}
        }
    }
}

fn body(body: &mut Body) {
    for statement in &mut body.statements {
        match &mut statement.kind {
            StatementKind::If {
                condition: given,
                then,
                otherwise,
            } => {
                condition(given);
                self::body(then);
                self::body(otherwise);
            }
            StatementKind::For { body, .. } => self::body(body),
            StatementKind::Repeat { body, until, .. } => {
                until.iter_mut().for_each(condition);
                self::body(body);
            }
            StatementKind::Step(step) => step.when.iter_mut().for_each(condition),
            StatementKind::Let { .. } | StatementKind::Broken { .. } => {}
        }
    }
}

fn condition(condition: &mut Expr) {
    if let Some(changed) = readable(&condition.source.value) {
        *condition = Expr::new(Text::verbatim(changed, condition.source.at.0));
    }
}

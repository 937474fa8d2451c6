//! Brackets around the conditions that the tau spelling cannot write without, so that a tree says
//! the same in both spellings.

use super::tau::needs_brackets;
use crate::syntax::text::Text;
use crate::syntax::tree::{ActionBody, Body, Expr, File, Item, StatementKind};

/// Puts them around the conditions of a file.
pub(super) fn bracket(file: &mut File) {
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
            Item::Use(_) | Item::Type(_) | Item::On(_) => {}
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
    let source = &condition.source;
    if needs_brackets(&source.value) {
        let bracketed = format!("({})", source.value);
        *condition = Expr::new(Text::verbatim(bracketed, source.at.0));
    }
}

//! Faces of actions.

use super::super::page::{Page, padded};
use super::super::types;
use super::before;
use super::declared::{declared, outputs};
use super::statement::statements;
use super::value::inline;
use crate::syntax::tree::{ActionBody, Bound, Effect, Face, LimitKind, Need};

pub(super) fn face(page: &mut Page, node: &Face) {
    before(page, &node.trivia, node.doc.as_ref());
    let close = match node.params.is_empty() {
        true => format!("action {}()", node.name),
        false => {
            page.line(&format!("action {}(", node.name));
            page.indented(|page| declared(page, &node.params, ""));
            ")".to_owned()
        }
    };
    page.line(&types::around(&format!("{close} -> "), &node.result, " {"));
    let effects = node
        .needs
        .iter()
        .filter(|need| need.asks && need.verb.is_none());
    let columns = effects
        .map(|need| need.effect.word().len())
        .max()
        .unwrap_or(0);
    page.indented(|page| {
        for need in &node.needs {
            page.line(&self::need(need, columns));
        }
        for bound in &node.bounds {
            page.line(&self::bound(bound));
        }
        if let Some(kind) = &node.kind {
            page.line(&format!("kind  {kind}"));
        }
        if node.gate {
            page.line("gate");
        }
        let mut first =
            node.needs.is_empty() && node.bounds.is_empty() && node.kind.is_none() && !node.gate;
        match &node.body {
            None => {}
            Some(ActionBody::Command(command)) => page.line(&format!("run {}", inline(command))),
            Some(ActionBody::Steps {
                body,
                outputs: given,
            }) => {
                if !body.statements.is_empty() {
                    page.part(&mut first);
                    statements(page, &body.statements);
                }
                if !given.is_empty() {
                    page.part(&mut first);
                    outputs(page, given);
                }
                page.leads(&body.tail);
            }
        }
    });
    page.line_with("}", node.trivia.after.as_deref());
}

/// What a line asks for, without the word for asking.
pub(in crate::format) fn asked(need: &Need) -> String {
    let scope = inline(&need.scope);
    match &need.verb {
        Some(verb) => format!("{} {verb} on {scope}", need.effect),
        None => format!("{} {scope}", need.effect),
    }
}

/// One line, with the effect's word in `columns`.
fn need(need: &Need, columns: usize) -> String {
    let scope = inline(&need.scope);
    match (need.asks, need.effect, &need.verb) {
        (false, Effect::Read, _) => format!("reads {scope}"),
        (false, ..) => format!("writes {scope}"),
        (true, effect, Some(verb)) => format!("needs {effect} {verb} on {scope}"),
        (true, effect, None) => format!("needs {} {scope}", padded(effect.word(), columns)),
    }
}

fn bound(bound: &Bound) -> String {
    let most = inline(&bound.most);
    match bound.kind {
        LimitKind::Time => format!("takes {most}"),
        LimitKind::Cost => format!("spends money {most}"),
        kind => format!("spends {} {most}", kind.word()),
    }
}

//! Faces of actions.

use super::super::WIDTH;
use super::super::page::{Page, width};
use super::super::types::ty;
use super::before;
use super::declared::declared;
use super::value::inline;
use crate::syntax::tree::{Effect, Face, Need};

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
    page.line(&result(&close, node));
    page.indented(|page| {
        for need in &node.needs {
            page.line(&self::need(need));
        }
        page.line(&format!("kind  {}", node.kind));
        if node.gate {
            page.line("gate");
        }
    });
    page.line_with("}", node.trivia.after.as_deref());
}

/// The line with the result; a record that does not fit has one field a line.
fn result(close: &str, node: &Face) -> String {
    use crate::syntax::tree::TypeExprKind::Record;
    let line = format!("{close} -> {} {{", ty(&node.result));
    match &node.result.kind {
        Record(fields) if width(&line) > WIDTH => {
            let fields: String = fields
                .iter()
                .map(|(name, ty)| format!("  {name}: {},\n", self::ty(ty)))
                .collect();
            format!("{close} -> {{\n{fields}}} {{")
        }
        _ => line,
    }
}

fn need(need: &Need) -> String {
    let scope = inline(&need.scope);
    match (need.asks, need.effect, &need.verb) {
        (false, Effect::Read, _) => format!("reads {scope}"),
        (false, ..) => format!("writes {scope}"),
        (true, effect, Some(verb)) => format!("needs {effect} {verb} on {scope}"),
        (true, effect, None) => format!("needs {effect} {scope}"),
    }
}

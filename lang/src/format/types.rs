//! Types as they are written.

use super::WIDTH;
use super::page::width;
use crate::syntax::tree::{TypeExpr, TypeExprKind};

/// A type between `head` and `tail`; a record that does not fit in a line has one field a line.
pub(super) fn around(head: &str, node: &TypeExpr, tail: &str) -> String {
    let line = format!("{head}{}{tail}", ty(node));
    match &node.kind {
        TypeExprKind::Record(fields) if width(&line) > WIDTH => {
            let fields: String = fields
                .iter()
                .map(|(name, node)| format!("  {name}: {},\n", ty(node)))
                .collect();
            format!("{head}{{\n{fields}}}{tail}")
        }
        _ => line,
    }
}

/// A type in one line.
pub(super) fn ty(ty: &TypeExpr) -> String {
    match &ty.kind {
        TypeExprKind::Name(name) => name.clone(),
        TypeExprKind::List(inner) => format!("[{}]", self::ty(inner)),
        TypeExprKind::Map(inner) => format!("{{{}}}", self::ty(inner)),
        TypeExprKind::Optional(inner) => format!("{}?", self::ty(inner)),
        TypeExprKind::Record(fields) if fields.is_empty() => "{}".to_owned(),
        TypeExprKind::Record(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, ty)| format!("{name}: {}", self::ty(ty)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        TypeExprKind::Untrusted(inner) => format!("untrusted {}", self::ty(inner)),
        TypeExprKind::Choice(choices) => {
            let choices: Vec<String> = choices
                .iter()
                .map(|choice| format!("\"{choice}\""))
                .collect();
            choices.join(" or ")
        }
    }
}

//! Types as they are written.

use crate::syntax::tree::{TypeExpr, TypeExprKind};

/// A type in one line.
pub(super) fn ty(ty: &TypeExpr) -> String {
    match &ty.kind {
        TypeExprKind::Name(name) => name.clone(),
        TypeExprKind::List(inner) => format!("[{}]", self::ty(inner)),
        TypeExprKind::Optional(inner) => format!("{}?", self::ty(inner)),
        TypeExprKind::Record(fields) if fields.is_empty() => "{}".to_owned(),
        TypeExprKind::Record(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, ty)| format!("{name}: {}", self::ty(ty)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        TypeExprKind::Choice(choices) => {
            let choices: Vec<String> = choices
                .iter()
                .map(|choice| format!("\"{choice}\""))
                .collect();
            choices.join(" or ")
        }
    }
}

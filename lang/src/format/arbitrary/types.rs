//! Types.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::trivia::{doc, ident, name, trivia, word};
use crate::source::At;
use crate::syntax::tree::{TypeExpr, TypeExprKind, TypeItem};

pub(super) fn type_item() -> impl Strategy<Value = TypeItem> {
    (name(), ty(), option::of(doc()), trivia()).prop_map(|(name, ty, doc, trivia)| TypeItem {
        name,
        ty,
        doc,
        trivia,
        at: At::default(),
    })
}

pub(super) fn ty() -> BoxedStrategy<TypeExpr> {
    let choices = vec![vec!["yes", "no"], vec!["one"], vec!["a b", "c: d", "or"]];
    let leaf = prop_oneof![
        select(vec![
            "string",
            "path",
            "command",
            "Edited",
            "review.Verdict"
        ])
        .prop_map(|name| TypeExprKind::Name(name.to_owned())),
        select(choices).prop_map(|choices| {
            TypeExprKind::Choice(choices.into_iter().map(str::to_owned).collect())
        }),
    ];
    let written = leaf.prop_map(ty_of).prop_recursive(3, 6, 3, |inner| {
        let field = (word(), inner.clone());
        prop_oneof![
            inner
                .clone()
                .prop_map(|ty| ty_of(TypeExprKind::List(Box::new(ty)))),
            inner
                .clone()
                .prop_map(|ty| ty_of(TypeExprKind::Map(Box::new(ty)))),
            inner.prop_map(|ty| match ty.kind {
                TypeExprKind::Optional(_) => ty,
                _ => ty_of(TypeExprKind::Optional(Box::new(ty))),
            }),
            vec(field, 0..3).prop_map(|fields| {
                let fields = fields.into_iter().enumerate();
                let field = |(number, (name, ty))| (ident(format!("{name}_{number}")), ty);
                ty_of(TypeExprKind::Record(fields.map(field).collect()))
            }),
        ]
    });
    // `untrusted` stands before a whole type or within brackets, never before a `?` of its own.
    (written, 0..4)
        .prop_map(|(ty, which)| match which {
            0 => ty_of(TypeExprKind::Untrusted(Box::new(ty))),
            1 => {
                let inner = ty_of(TypeExprKind::Untrusted(Box::new(ty)));
                ty_of(TypeExprKind::List(Box::new(inner)))
            }
            _ => ty,
        })
        .boxed()
}

pub(super) fn ty_of(kind: TypeExprKind) -> TypeExpr {
    TypeExpr {
        kind,
        at: At::default(),
    }
}

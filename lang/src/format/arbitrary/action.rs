//! Faces of actions, with and without bodies.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::mission::{inputs, outputs};
use super::statement::body;
use super::trivia::{doc, ident, name, trivia};
use super::types::{ty, ty_of};
use super::value::scope;
use crate::source::At;
use crate::syntax::tree::{ActionBody, Bound, Effect, Face, LimitKind, Need, TypeExprKind};

pub(super) fn face() -> BoxedStrategy<Face> {
    let kind = select(vec!["pure", "observe", "replace", "external", "unknown"]);
    let result = ty().prop_map(|ty| match crate::format::types::ty(&ty).starts_with('"') {
        true => ty_of(TypeExprKind::List(Box::new(ty))),
        false => ty,
    });
    let parts = (
        inputs(),
        result,
        (vec(need(), 0..3), bounds()),
        option::of(kind),
        any::<bool>(),
        option::of(action_body()),
    );
    (name(), parts, option::of(doc()), trivia())
        .prop_map(
            |(name, (params, result, (needs, bounds), kind, gate, body), doc, trivia)| Face {
                name,
                params,
                result,
                needs,
                bounds,
                kind: kind.map(ident),
                gate,
                body,
                doc,
                trivia,
                at: At::default(),
            },
        )
        .boxed()
}

fn action_body() -> BoxedStrategy<ActionBody> {
    let steps = (body(2), outputs()).prop_filter("some statement", |(body, outputs)| {
        !body.statements.is_empty() || !outputs.is_empty()
    });
    prop_oneof![
        scope().prop_map(ActionBody::Command),
        steps.prop_map(|(body, outputs)| ActionBody::Steps { body, outputs }),
    ]
    .boxed()
}

fn bounds() -> impl Strategy<Value = Vec<Bound>> {
    let kinds = vec![
        LimitKind::Time,
        LimitKind::Calls,
        LimitKind::Cost,
        LimitKind::Tokens,
    ];
    let kinds = prop::sample::subsequence(kinds, 0..3);
    (kinds, scope()).prop_map(|(kinds, most)| {
        let bound = |kind| Bound {
            kind,
            most: most.clone(),
            at: At::default(),
        };
        kinds.into_iter().map(bound).collect()
    })
}

fn need() -> impl Strategy<Value = Need> {
    let what = select(vec![
        (true, Effect::Read, None),
        (true, Effect::Run, None),
        (true, Effect::Secret, None),
        (true, Effect::Git, Some("commit")),
        (false, Effect::Read, None),
        (false, Effect::Write, None),
    ]);
    (what, scope()).prop_map(|((asks, effect, verb), scope)| Need {
        asks,
        effect,
        verb: verb.map(ident),
        scope,
        at: At::default(),
    })
}

//! Statements.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::expr::{condition, expr_value};
use super::trivia::{doc, ident, leads, name, trivia, word};
use super::value::{literal_value, short, value};
use crate::source::At;
use crate::syntax::tree::{Arg, Body, BoxKind, Retry, Statement, StatementKind, Step};

pub(super) fn body(depth: u32) -> BoxedStrategy<Body> {
    (vec(statement(depth), 0..4), leads())
        .prop_map(|(statements, tail)| Body { statements, tail })
        .boxed()
}

fn statement(depth: u32) -> BoxedStrategy<Statement> {
    let simple = prop_oneof![
        3 => step().prop_map(StatementKind::Step),
        1 => (name(), value()).prop_map(|(name, value)| StatementKind::Let { name, value }),
    ];
    let kind = if depth == 0 {
        simple.boxed()
    } else {
        let branch = (condition(), body(depth - 1), body(depth - 1));
        let times = prop_oneof![Just("3".to_owned()).prop_map(literal_value), expr_value()];
        let rounds = (times, body(depth - 1), option::of(condition()));
        let bounds = (option::of(short()), option::of(short()));
        let each = (name(), value(), bounds, body(depth - 1));
        prop_oneof![
            4 => simple,
            1 => branch.prop_map(|(condition, then, otherwise)| StatementKind::If {
                condition,
                then,
                otherwise,
            }),
            1 => each.prop_map(|(name, items, (most, at_once), body)| StatementKind::For {
                name,
                items,
                most,
                at_once,
                body,
            }),
            1 => rounds.prop_map(|(times, body, until)| StatementKind::Repeat {
                times,
                body,
                until,
            }),
        ]
        .boxed()
    };
    (kind, option::of(doc()), trivia())
        .prop_map(|(kind, doc, trivia)| Statement {
            kind,
            doc,
            trivia,
            at: At::default(),
        })
        .boxed()
}

fn step() -> BoxedStrategy<Step> {
    let action = select(vec!["fs.read", "verify.red", "model.edit", "prove_patch"]);
    let modifiers = (
        vec(name(), 0..3),
        option::of(condition()),
        option::of((short(), option::of((short(), option::of(short()))))),
        option::of(short()),
        option::of(select(BoxKind::ALL.to_vec())),
        any::<bool>(),
    );
    (name(), action, args(), modifiers)
        .prop_map(
            |(name, action, args, (after, when, retry, timeout, least_box, may_fail))| Step {
                name,
                action: ident(action),
                args,
                after,
                when,
                retry: retry.map(|(times, waits)| {
                    let (every, up_to) = waits.unzip();
                    Retry {
                        times,
                        every,
                        up_to: up_to.flatten(),
                    }
                }),
                timeout,
                least_box,
                may_fail,
            },
        )
        .boxed()
}

pub(super) fn args() -> BoxedStrategy<Vec<Arg>> {
    (vec(value(), 0..2), vec((word(), value()), 0..4))
        .prop_map(|(first, named)| {
            let first = first.into_iter().map(|value| Arg { name: None, value });
            let named = named.into_iter().enumerate();
            let named = named.map(|(number, (name, value))| Arg {
                name: Some(ident(format!("{name}_{number}"))),
                value,
            });
            first.chain(named).collect()
        })
        .boxed()
}

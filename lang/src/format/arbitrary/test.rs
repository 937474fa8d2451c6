//! Tests and triggers.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::expr::condition;
use super::statement::args;
use super::trivia::{doc, ident, leads, plain, trivia};
use super::value::value;
use crate::source::At;
use crate::syntax::tree::{Arg, CallOf, Expect, Given, GivenOutcome, Test, Trigger, Trivia};

pub(super) fn test() -> BoxedStrategy<Test> {
    let parts = (
        (call(), trivia()),
        vec((select(PATHS.to_vec()), value()), 0..3),
        vec(given(), 0..3),
        vec((condition(), trivia()), 0..3),
    );
    let names = select(vec!["the second try passes", "", "{{ x", "\"", "a: b"]);
    (names, parts, leads(), option::of(doc()), trivia())
        .prop_map(
            |(name, ((mut run, before), files, given, expect), tail, doc, trivia)| {
                run.trivia = before;
                Test {
                    name: plain(name),
                    run: Some(run),
                    files: files
                        .into_iter()
                        .enumerate()
                        .map(|(number, (path, value))| (plain(&format!("{path}{number}")), value))
                        .collect(),
                    given,
                    expect: expect
                        .into_iter()
                        .map(|(condition, trivia)| Expect {
                            condition,
                            trivia,
                            at: At::default(),
                        })
                        .collect(),
                    tail,
                    doc,
                    trivia,
                    at: At::default(),
                }
            },
        )
        .boxed()
}

fn given() -> impl Strategy<Value = Given> {
    let target = select(vec!["verify.check", "green", "fs.patch"]);
    let outcome = prop_oneof![
        value().prop_map(GivenOutcome::Returns),
        value().prop_map(GivenOutcome::Fails),
    ];
    (target, outcome, trivia()).prop_map(|(target, outcome, trivia)| Given {
        target: ident(target),
        outcome,
        trivia,
        at: At::default(),
    })
}

pub(super) fn trigger() -> BoxedStrategy<Trigger> {
    let event = select(vec!["label", "comment", "schedule", "webhook"]);
    let args = (option::of(value()), option::of(value()));
    (event, args, call(), option::of(doc()), trivia())
        .prop_map(|(event, (first, zone), run, doc, trivia)| {
            let named = |value| Arg {
                name: Some(ident("zone")),
                value,
            };
            let first = first.map(|value| Arg { name: None, value });
            Trigger {
                event: ident(event),
                args: first.into_iter().chain(zone.map(named)).collect(),
                run,
                doc,
                trivia,
                at: At::default(),
            }
        })
        .boxed()
}

fn call() -> impl Strategy<Value = CallOf> {
    (select(vec!["fix", "review.all"]), args()).prop_map(|(mission, args)| CallOf {
        mission: ident(mission),
        args,
        trivia: Trivia::default(),
        at: At::default(),
    })
}

const PATHS: &[&str] = &["src/a.rs", "Makefile", "a \"b\".txt", "-", "a: b", "{{ x"];

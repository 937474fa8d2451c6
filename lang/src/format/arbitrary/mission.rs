//! Missions, and what both missions and actions have.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::authority::authority;
use super::statement::body;
use super::trivia::{doc, ident, name, trivia, word};
use super::types::ty;
use super::value::{entries, literal_value, scope, value};
use crate::source::At;
use crate::syntax::tree::{Handler, Input, Mission, Output, Value, Verifier};

pub(super) fn mission() -> BoxedStrategy<Mission> {
    let members = (
        inputs(),
        option::of(authority()),
        vec(verifier(), 0..3),
        body(3),
        (option::of(handler()), option::of(handler())),
        outputs(),
    );
    (name(), members, option::of(doc()), trivia())
        .prop_map(
            |(name, (inputs, authority, verifiers, body, handlers, outputs), doc, trivia)| {
                Mission {
                    name,
                    inputs,
                    authority,
                    verifiers: numbered(verifiers, |verifier, number| {
                        verifier.name = ident(format!("{}_{number}", verifier.name));
                    }),
                    body,
                    on_failure: handlers.0,
                    finally: handlers.1,
                    outputs,
                    doc,
                    trivia,
                    at: At::default(),
                }
            },
        )
        .boxed()
}

pub(super) fn inputs() -> BoxedStrategy<Vec<Input>> {
    let input = (
        word(),
        ty(),
        option::of(value()),
        option::of(doc()),
        trivia(),
    );
    vec(input, 0..4)
        .prop_map(|inputs| {
            let numbered = inputs.into_iter().enumerate();
            numbered
                .map(|(number, (name, ty, default, doc, trivia))| Input {
                    name: ident(format!("{name}_{number}")),
                    ty,
                    default,
                    doc,
                    trivia,
                    at: At::default(),
                })
                .collect()
        })
        .boxed()
}

fn verifier() -> impl Strategy<Value = Verifier> {
    let fields = (
        scope(),
        vec(scope(), 0..3),
        entries(value()),
        option::of(select(vec!["5m", "10s"])),
        option::of(select(vec!["2", "5"])),
        further(),
    );
    (name(), fields, option::of(doc()), trivia()).prop_map(
        |(name, (run, protect, env, timeout, runs, further), doc, trivia)| Verifier {
            name,
            run: Some(run),
            also: further.7,
            protect,
            env,
            timeout: timeout.map(literal_value),
            runs: runs.map(literal_value),
            red: further.0,
            loses: further.1,
            report: further.2,
            heldout: further.3,
            hides: further.4,
            needs: further.5,
            installed: further.6,
            doc,
            trivia,
            at: At::default(),
        },
    )
}

type Further = (
    Option<Value>,
    Vec<Value>,
    Option<Value>,
    Option<Value>,
    Vec<Value>,
    Vec<Value>,
    Vec<Value>,
    Vec<Value>,
);

/// What few verifiers say.
fn further() -> impl Strategy<Value = Further> {
    (
        option::of(value()),
        vec(scope(), 0..2),
        option::of(scope()),
        option::of(scope()),
        vec(scope(), 0..2),
        vec(scope(), 0..2),
        vec(scope(), 0..2),
        vec(scope(), 0..2),
    )
}

pub(super) fn outputs() -> BoxedStrategy<Vec<Output>> {
    let output = (word(), value(), option::of(doc()), trivia());
    vec(output, 0..3)
        .prop_map(|outputs| {
            let numbered = outputs.into_iter().enumerate();
            numbered
                .map(|(number, (name, value, doc, trivia))| Output {
                    name: ident(format!("{name}_{number}")),
                    value,
                    doc,
                    trivia,
                    at: At::default(),
                })
                .collect()
        })
        .boxed()
}

fn handler() -> BoxedStrategy<Handler> {
    (body(2), option::of(doc()), trivia())
        .prop_map(|(body, doc, trivia)| Handler {
            body,
            doc,
            trivia,
            at: At::default(),
        })
        .boxed()
}

fn numbered<T>(mut items: Vec<T>, mut rename: impl FnMut(&mut T, usize)) -> Vec<T> {
    for (number, item) in items.iter_mut().enumerate() {
        rename(item, number);
    }
    items
}

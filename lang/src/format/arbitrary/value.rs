//! Values.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::expr::{expr, expr_of, expr_value};
use super::trivia::{ident, word};
use crate::source::At;
use crate::syntax::literal;
use crate::syntax::template;
use crate::syntax::tree::{Ident, Literal, Piece, Template, Value, ValueKind};

pub(super) fn value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        select(vec![
            "3", "-3", "0.5", "200k", "30m", "$0.05", "10MB", "true", "none"
        ])
        .prop_map(literal_value),
        text(),
        expr_value(),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(|items| of(ValueKind::List(items))),
            entries(inner).prop_map(|entries| of(ValueKind::Map(entries))),
        ]
    })
    .boxed()
}

/// A value where the tau spelling takes one word or a quoted text.
pub(super) fn short() -> impl Strategy<Value = Value> {
    prop_oneof![
        select(vec!["3", "10s", "2h"]).prop_map(literal_value),
        select(vec!["limit", "true", "a.b", "5"]).prop_map(expr_of),
        text(),
    ]
}

pub(super) fn entries(
    value: impl Strategy<Value = Value>,
) -> impl Strategy<Value = Vec<(Ident, Value)>> {
    let key = prop_oneof![3 => word(), 1 => select(vec!["a-b", "two words", "<<", "é", "1"])];
    vec((key, value), 0..3).prop_map(|entries| {
        let numbered = entries.into_iter().enumerate();
        numbered
            .map(|(number, (key, value))| match number {
                0 => (ident(key), value),
                number => (ident(format!("{key}_{number}")), value),
            })
            .collect()
    })
}

/// A text or an expression, as a scope or a command is.
pub(super) fn scope() -> impl Strategy<Value = Value> {
    prop_oneof![
        select(vec!["**", "src/**", "cargo test", "tau/*", "- x", "30m"])
            .prop_map(template::literal),
        text(),
        expr_value(),
    ]
}

fn text() -> impl Strategy<Value = Value> {
    let literal = prop_oneof![
        select(LITERALS.to_vec()).prop_map(str::to_owned),
        // Two braces would begin an expression.
        any::<String>().prop_map(|text| text.replace(['{', '\0'], "")),
    ];
    vec((literal, expr()), 0..3).prop_flat_map(|parts| {
        (Just(parts), any::<bool>()).prop_map(|(parts, ends)| {
            let mut pieces = Vec::new();
            for (literal, expr) in parts {
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(literal));
                    pieces.push(Piece::Expr(expr));
                }
            }
            // A text that is one expression alone is no text.
            if ends || pieces.len() == 1 {
                pieces.pop();
            }
            of(ValueKind::Text(Template { pieces }))
        })
    })
}

/// Texts that a spelling may stumble over.
const LITERALS: &[&str] = &[
    "plain",
    " leads",
    "trails ",
    "- dash",
    "a: b",
    "a #b",
    "#c",
    "30m",
    "null",
    "~",
    "true",
    "...",
    "---",
    "one\ntwo\n",
    "one\n\ntwo",
    "\n",
    " one\n two",
    "one\n  two\n",
    "one\n \ntwo",
    "\"\"\"",
    "a \"\"\" b\n",
    "back\\slash\n",
    "tab\tbed",
    "\r\n",
    "it's",
    "it's \"both\"",
    "a, b",
    "[a]",
    "}}",
    "}",
    "key:",
    "@at",
    "`tick`",
    "%x",
    "*star",
    "&and",
    "!bang",
    "\u{2028}",
    "\u{feff}",
    "\u{202e}",
    "\u{85}x",
    "é",
    "end\n\n",
    "\ttab\nx\n",
    "# not a comment\nx\n",
    "a text that is much longer than most, so that a line with two of them must be broken",
];

pub(super) fn literal_value(raw: impl AsRef<str>) -> Value {
    of(ValueKind::Literal(amount(raw.as_ref())))
}

pub(super) fn amount(raw: &str) -> Literal {
    literal::parse(raw).expect("a literal")
}

pub(super) fn of(kind: ValueKind) -> Value {
    Value {
        kind,
        at: At::default(),
    }
}

//! Expressions.

use proptest::prelude::*;
use proptest::sample::select;

use super::value::of;
use crate::source::{SourceId, Span};
use crate::syntax::letters::is_unsafe;
use crate::syntax::text::Text;
use crate::syntax::tree::{Expr, Value, ValueKind};

pub(super) fn expr_value() -> impl Strategy<Value = Value> {
    expr().prop_map(|expr| of(ValueKind::Expr(expr)))
}

pub(super) fn expr() -> impl Strategy<Value = Expr> {
    let sources = vec![
        "a",
        "a.b",
        "a or b",
        "previous.green.log or red.log",
        "not a",
        "a == 'it''s'",
        "f(a, b)|length",
        "a[\"k\"]",
        "{'a': 1}",
        "a in {'b': 1}",
        "up.to and at.most",
        "[a, b]",
        "5",
        "30m",
        "true",
        "'x'",
        "\"x\" ~ y",
        "a if b else c",
        "when.a",
        "x in {'a': 1}",
        "a\n  or b",
        "(a)",
        "a[1:2]",
        "'}}' ~ a",
        "a # b",
        "-1",
    ];
    select(sources).prop_map(expr_from)
}

/// An expression that both spellings write without braces.
pub(super) fn condition() -> impl Strategy<Value = Expr> {
    let sources = vec![
        "green.passed",
        "not a",
        "a == 'x: y'",
        "a and (b or c)",
        "a[\"k\"] > 3",
        "'when' in a",
        "true",
        "a|length >= 2",
        "f(a, b)",
        "a in {'b': 1}",
        "{'a': 1}",
        "not {}",
        "{} if a else {'b': 1}",
        "when.a or retry",
        "a, b",
        "\"a\" \"b\"",
        "\"\"\"\" ~ a",
    ];
    select(sources).prop_map(expr_from)
}

pub(super) fn expr_of(source: &str) -> Value {
    of(ValueKind::Expr(expr_from(source)))
}

fn expr_from(source: impl AsRef<str>) -> Expr {
    let source = source.as_ref();
    assert!(!source.chars().any(is_unsafe));
    let span = Span::new(SourceId(0), 0, source.len());
    Expr::new(Text::verbatim(source, span))
}

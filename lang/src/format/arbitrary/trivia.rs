//! Comments, documentation and names.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::source::{At, Span};
use crate::syntax::text::Text;
use crate::syntax::tree::{Doc, Ident, Lead, Trivia};

pub(super) fn trivia() -> impl Strategy<Value = Trivia> {
    prop_oneof![
        3 => Just(Trivia::default()),
        1 => (leads(), option::of(comment())).prop_map(|(before, after)| Trivia { before, after }),
    ]
}

pub(super) fn leads() -> impl Strategy<Value = Vec<Lead>> {
    let lead = prop_oneof![Just(Lead::Blank), comment().prop_map(Lead::Comment)];
    prop_oneof![2 => Just(Vec::new()), 1 => vec(lead, 0..4)]
}

fn comment() -> impl Strategy<Value = String> {
    select(vec![
        "why",
        "",
        "# x",
        "a: b",
        "  deep",
        "it's \"quoted\" {",
    ])
    .prop_map(str::to_owned)
}

pub(super) fn doc() -> impl Strategy<Value = Doc> {
    let texts = vec![
        "Doc.",
        "\"owner/repo#42\", a URL, or a file",
        "two\nlines",
        "with: colon # and hash",
        "a\n\n  indented\nb",
        "- dash",
        "a doc that is so long that it can stand at the end of hardly any line, however short that is",
    ];
    select(texts).prop_map(|text| Doc {
        text: text.to_owned(),
        at: At::default(),
    })
}

pub(super) fn name() -> impl Strategy<Value = Ident> {
    word().prop_map(ident)
}

/// A name that is no word of the language in either spelling.
pub(super) fn word() -> impl Strategy<Value = &'static str> {
    select(vec![
        "a",
        "green",
        "intake",
        "x1",
        "_y",
        "a_longer_name",
        "PATH",
    ])
}

pub(super) fn ident(text: impl AsRef<str>) -> Ident {
    Ident {
        text: text.as_ref().to_owned(),
        at: At::default(),
    }
}

pub(super) fn plain(text: &str) -> Text {
    Text::verbatim(text, Span::default())
}

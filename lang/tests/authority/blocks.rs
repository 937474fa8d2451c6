//! Blocks of authority and requests that chance writes, from few letters, so that they often meet.

use std::fmt::Write as _;

use proptest::prelude::*;

use crate::model::{Line, Request};

/// What a line can be about, with a pattern of its patterns and one of what is asked for.
const EFFECTS: &[(&str, &str, &str)] = &[
    ("read", PATHS, PATH),
    ("write", PATHS, PATH),
    ("git commit", PATHS, PATH),
    ("git push", PATHS, PATH),
    (
        "run",
        "[ab*]{1,2}( [ab*]{1,2}){0,2}",
        "[ab]{1,2}( [ab]{1,2}){0,2}",
    ),
    (
        "net",
        "[ab*]{1,3}(:(80|443|81|\\*))?",
        "[ab]{1,4}:(80|443|81)",
    ),
    ("model", "[ab*]{1,3}", "[ab]{1,4}"),
    ("env", "[AB]", "[AB]"),
    ("secret", "[AB]", "[AB]"),
    ("github", "[ab]", "[ab]"),
];
const PATHS: &str = "(a|b|\\*|\\*\\*|\\?|a\\*|\\*b|\\{a,b\\}|\\{ab,\\*\\*\\})(/(a|b|\\*|\\*\\*|\\?b|\\{a,b\\*\\})){0,2}(/conftest\\.py)?";
pub(crate) const PATH: &str = "[ab]{1,2}(/[ab]{1,2}){0,2}(/conftest\\.py)?";

/// The lines of a block.
pub(crate) fn block() -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec(line(), 0..6)
}

fn line() -> impl Strategy<Value = Line> {
    let limit = prop::option::of(1..20u64);
    let deny = prop::bool::weighted(0.25);
    (0..EFFECTS.len(), deny, limit).prop_flat_map(|(at, deny, limit)| {
        let (effect, patterns, _) = EFFECTS[at];
        prop::collection::vec(patterns, 1..3).prop_map(move |patterns| Line {
            deny,
            effect,
            patterns,
            tokens: limit.filter(|_| effect == "model" && !deny),
        })
    })
}

/// Only about models, with limits.
pub(crate) fn models() -> impl Strategy<Value = Vec<Line>> {
    let patterns = prop::collection::vec("(a|b|\\*|a\\*|\\*b)", 1..3);
    let line = (patterns, prop::option::weighted(0.8, 1..12u64));
    let line = line.prop_map(|(patterns, tokens)| Line {
        deny: false,
        effect: "model",
        patterns,
        tokens,
    });
    prop::collection::vec(line, 1..4)
}

/// A block, and another that is like it: a line less, more, changed, or in another place.
pub(crate) fn changed(
    block: impl Strategy<Value = Vec<Line>>,
    line: impl Strategy<Value = Vec<Line>>,
) -> impl Strategy<Value = (Vec<Line>, Vec<Line>)> {
    (block, line, any::<prop::sample::Index>(), 0..4u8).prop_map(|(old, more, at, how)| {
        let mut new = old.clone();
        let line = more.into_iter().next();
        match (how, line) {
            (0, _) if !new.is_empty() => {
                new.remove(at.index(old.len()));
            }
            (1, Some(line)) if !new.is_empty() => new[at.index(old.len())] = line,
            (2, _) if !new.is_empty() => {
                let moved = new.remove(at.index(old.len()));
                new.push(moved);
            }
            (_, line) => new.extend(line),
        }
        (old, new)
    })
}

pub(crate) fn requests() -> impl Strategy<Value = Vec<Request>> {
    let request = (0..EFFECTS.len()).prop_flat_map(|at| {
        let (effect, _, what) = EFFECTS[at];
        what.prop_map(move |what| Request { effect, what })
    });
    prop::collection::vec(request, 64)
}

/// A mission with such a block.
pub(crate) fn print(block: &[Line]) -> String {
    format!("mission m {{\n{}}}\n", authority(block))
}

/// The block itself.
pub(crate) fn authority(block: &[Line]) -> String {
    let mut text = "  authority {\n".to_owned();
    for line in block {
        let deny = if line.deny { "deny " } else { "" };
        let bare = matches!(line.effect, "env" | "secret" | "github");
        let patterns = line.patterns.iter();
        let patterns = patterns.map(|it| {
            if bare {
                it.clone()
            } else {
                format!("\"{it}\"")
            }
        });
        let patterns = patterns.collect::<Vec<_>>().join(", ");
        let on = if line.effect.starts_with("git ") {
            " on"
        } else {
            ""
        };
        let limit = line.tokens.map(|tokens| format!(" up to {tokens} tokens"));
        let limit = limit.unwrap_or_default();
        writeln!(text, "    {deny}{}{on} {patterns}{limit}", line.effect).unwrap();
    }
    text += "  }\n";
    text
}

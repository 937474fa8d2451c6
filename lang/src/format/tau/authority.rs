//! The `authority` block, and `policy`.

use super::super::page::{Page, padded};
use super::before;
use super::value::{inline, scope};
use crate::syntax::tree::{Authority, Effect, Grant, Limit, Value};

pub(super) fn authority(page: &mut Page, word: &str, node: &Authority) {
    before(page, &node.trivia, None);
    page.line(&format!("{word} {{"));
    let first = |grant: &Grant| {
        if grant.deny {
            "deny"
        } else {
            grant.effect.word()
        }
    };
    let columns = node
        .grants
        .iter()
        .map(|grant| first(grant).len())
        .max()
        .unwrap_or(0);
    page.indented(|page| {
        for grant in &node.grants {
            before(page, &grant.trivia, None);
            let word = padded(first(grant), columns);
            let what = what(grant);
            let line = match grant.deny {
                true => format!("{word} {} {what}", grant.effect),
                false => format!("{word} {what}"),
            };
            page.line_with(line.trim_end(), grant.trivia.after.as_deref());
        }
        page.leads(&node.tail);
    });
    page.line_with("}", node.trivia.after.as_deref());
}

/// One line without its comments.
pub(in crate::format) fn grant(grant: &Grant) -> String {
    let deny = if grant.deny { "deny " } else { "" };
    let line = format!("{deny}{} {}", grant.effect, what(grant));
    line.trim_end().to_owned()
}

/// What stands behind the effect's word.
fn what(grant: &Grant) -> String {
    let each = |print: fn(&Value) -> String| {
        let scopes: Vec<String> = grant.scopes.iter().map(print).collect();
        scopes.join(", ")
    };
    let scopes = match (&grant.verb, grant.effect) {
        (Some(verb), _) => format!("{verb} on {}", each(scope)),
        (None, effect) if effect.has_names() => each(name),
        (None, _) => {
            let (first, otherwise) = grant.routes();
            let first: Vec<String> = first.iter().map(scope).collect();
            let otherwise = otherwise.iter().map(|it| format!(" else {}", scope(it)));
            first.join(", ") + &otherwise.collect::<String>()
        }
    };
    let limits: Vec<String> = grant.limits.iter().map(limit).collect();
    match (grant.effect, limits.is_empty()) {
        (_, true) => scopes,
        (Effect::Time, _) => limits.join(", "),
        _ => format!("{scopes} up to {}", limits.join(", ")),
    }
}

/// A scope that needs no quotes when it is a name.
fn name(value: &Value) -> String {
    let quoted = scope(value);
    let bare = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match bare {
        Some(bare) if super::value::is_name(bare) => bare.to_owned(),
        _ if quoted.starts_with('"') => quoted,
        // Behind these effects a bare word is a text, so an expression stands in one.
        _ => format!("\"{{{{ {} }}}}\"", inline(value)),
    }
}

fn limit(limit: &Limit) -> String {
    let raw = &limit.amount.raw;
    match limit.kind.is_told() {
        true => format!("{raw} {}", limit.kind.word()),
        false => raw.clone(),
    }
}

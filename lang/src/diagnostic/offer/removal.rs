//! What can go.

use super::place::{Place, holds};
use crate::diagnostic::{Fix, Kind};
use crate::lint::walk;
use crate::source::Span;
use crate::syntax::tree::{Item, Spelling, StatementKind, UseFrom};

/// The change that takes out what a finding is about.
pub(super) fn offer(kind: &Kind, place: &Place<'_>) -> Option<Fix> {
    let own = place.span;
    let (span, safe) = match kind {
        Kind::AuthorityUnused { .. } => (place.lines(own)?, true),
        // It grants nothing.
        Kind::AuthorityShadowed { scope, .. } => {
            let grant = place.grant()?;
            let mut scopes = grant.scopes.iter();
            let scope = scopes.find(|it| walk::literal(it) == Some(scope))?;
            (scope_of(place, scope.at.0)?, true)
        }
        Kind::AuthorityRedundant { .. } => (scope_of(place, own)?, true),
        // It may have been meant to read otherwise.
        Kind::DenyUseless { .. } => (scope_of(place, own)?, false),
        // Another one may have been meant.
        Kind::LimitMisplaced { .. } => (limit(place)?, false),
        Kind::AfterRedundant { .. } => (after(place)?, true),
        Kind::AfterLater { .. } => (after(place)?, false),
        Kind::ArgumentDuplicate { .. } | Kind::ArgumentExtra { .. } => (argument(place)?, false),
        Kind::BlockEmpty { .. } => (block(place)?, true),
        Kind::LetUnused { .. } => (place.statement()?, true),
        // A value may still be given, a step may be meant as a check, a verifier protects files.
        Kind::InputUnused { .. } | Kind::StepUnused { .. } | Kind::VerifierUnused { .. } => {
            (place.statement()?, false)
        }
        // The rounds run one after the other with it too.
        Kind::ForSerial { .. } => (at_once(place)?, true),
        // The mission may have been meant to call it.
        Kind::GivenUnused { .. } => (place.statement()?, false),
        Kind::UseUnused { .. } => (used(place)?, true),
        // Another file may use it.
        Kind::ActionUnused { .. } | Kind::TypeUnused { .. } => (item(place)?, false),
        Kind::ActionRedundant { .. } => (face_line(place)?, true),
        Kind::KeyDuplicate { .. } if place.spelling == Spelling::Yaml => (key(place)?, false),
        Kind::KeyDuplicate { .. } => (place.lines(own)?, false),
        Kind::UnsafeCharacter { .. } => (own, false),
        Kind::TemplateEmpty => {
            let text = place.text()?;
            let whole = text.starts_with("{{") && text.ends_with("}}");
            (whole.then_some(own)?, false)
        }
        _ => return None,
    };
    let title = match kind {
        Kind::UnsafeCharacter { .. } => "remove the character",
        Kind::TemplateEmpty => "remove the braces",
        _ if place.text_of(span)?.ends_with('\n') => "remove the line",
        _ => "remove it",
    };
    let edits = vec![(span, String::new())];
    Some(Fix {
        title: title.to_owned(),
        edits,
        safe,
    })
}

/// One scope of a line of authority; the line when it is the only one.
fn scope_of(place: &Place<'_>, scope: Span) -> Option<Span> {
    let grant = place.grant()?;
    match grant.scopes.len() {
        1 => place.lines(grant.at.0),
        _ => place.item(scope),
    }
}

/// A limit of a grant; with its `up to` when it is the only one.
fn limit(place: &Place<'_>) -> Option<Span> {
    let grant = place.grant()?;
    match (place.spelling, grant.limits.len()) {
        (Spelling::Yaml, _) => key(place),
        (Spelling::Tau, 1) => {
            let scope = grant.scopes.last()?.at.0;
            Some(place.part(scope.end as usize, place.span.end as usize))
        }
        (Spelling::Tau, _) => place.item(place.span),
    }
}

/// A name behind `after`; the whole `after` when it is the only one.
fn after(place: &Place<'_>) -> Option<Span> {
    if let Some(item) = place.item(place.span) {
        let step = walk::statements(place.tree).find_map(|statement| match &statement.kind {
            StatementKind::Step(step) if holds(statement.at.0, place.span) => Some(step),
            _ => None,
        })?;
        // A comma behind the only name is not of this list.
        if step.after.len() > 1 {
            return Some(item);
        }
    }
    let (before, rest) = place.around(place.span)?;
    let end = place.span.end as usize;
    match place.spelling {
        Spelling::Tau => {
            let word = before.trim_end().strip_suffix("after")?;
            Some(place.part(word.trim_end().len(), end))
        }
        Spelling::Yaml => {
            let open = before.trim_end().ends_with('[');
            let word = before.trim_end().trim_end_matches('[').trim_end();
            let start = word.strip_suffix("after:")?.len();
            let close = match open {
                true => rest.find(']')? + 1,
                false => 0,
            };
            place.lines(place.part(start, end + close))
        }
    }
}

/// An argument with its name.
fn argument(place: &Place<'_>) -> Option<Span> {
    walk::statements(place.tree).find_map(|statement| {
        let StatementKind::Step(step) = &statement.kind else {
            return None;
        };
        let arg = step.args.iter().find(|it| it.value.at.0 == place.span)?;
        let name = arg.name.as_ref().map_or(place.span, |name| name.at.0);
        place.item(name.to(place.span))
    })
}

/// An empty block, where taking it out takes nothing else out.
fn block(place: &Place<'_>) -> Option<Span> {
    let text = place.text()?;
    let more = ["else", "until"].iter().any(|word| text.contains(word));
    (!more).then(|| place.lines(place.span))?
}

/// A name of a `use`; the whole line when it is the only one.
fn used(place: &Place<'_>) -> Option<Span> {
    let item = place.tree.items.iter().find_map(|item| match item {
        Item::Use(item) if holds(item.at.0, place.span) => Some(item),
        _ => None,
    })?;
    let several = matches!(&item.from, UseFrom::Std { names, .. } if names.len() > 1);
    match place.spelling {
        Spelling::Tau if several => place.item(place.span),
        Spelling::Tau => place.lines(item.at.0),
        Spelling::Yaml => place.item(item.at.0),
    }
}

/// `at most N at once` behind a list.
fn at_once(place: &Place<'_>) -> Option<Span> {
    let (before, after) = place.around(place.span)?;
    let behind = after.trim_start().strip_prefix("at once")?;
    let kept = before.trim_end().strip_suffix("at most")?.trim_end();
    Some(place.part(kept.len(), place.file.text.len() - behind.len()))
}

/// An item of the file.
fn item(place: &Place<'_>) -> Option<Span> {
    if place.spelling == Spelling::Yaml {
        return None;
    }
    let mut items = place.tree.items.iter().map(Item::at);
    place.lines(items.find(|at| holds(*at, place.span))?)
}

/// A line of a face, of which the finding may have only what stands behind its word.
fn face_line(place: &Place<'_>) -> Option<Span> {
    let (before, _) = place.around(place.span)?;
    let line = place.file.line_start(place.span.start);
    let word = before[line..].trim();
    let start = match word {
        "kind" | "kind:" => line + before[line..].find(word)?,
        _ => place.span.start as usize,
    };
    place.lines(place.part(start, place.span.end as usize))
}

/// A key of YAML with what stands behind it on its line, if nothing below belongs to it.
fn key(place: &Place<'_>) -> Option<Span> {
    let (before, after) = place.around(place.span)?;
    let line = place.file.line_start(place.span.start);
    let mut lines = after.split_inclusive('\n');
    let rest = lines.next().unwrap_or("");
    let column = before[line..].len();
    let next = lines.next().unwrap_or("");
    let deeper = next.len() - next.trim_start_matches([' ', '-']).len() > column;
    let alone = before[line..].trim().is_empty() && !deeper && !rest.contains('#');
    alone.then(|| place.part(line, place.span.end as usize + rest.len()))
}

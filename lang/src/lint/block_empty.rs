//! `block-empty`: a block with nothing in it.

use super::{Subject, walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::source::Span;
use crate::syntax::tree::{Body, StatementKind};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut report = |what: &str, at: Span| {
        let what = what.to_owned();
        found.push(Diagnostic::new(Kind::BlockEmpty { what }, at));
    };
    for mission in subject.missions() {
        if let Some(authority) = &mission.authority
            && authority.grants.is_empty()
            && !authority.broken
            && authority.tail.is_empty()
        {
            report("authority", authority.at.0);
        }
        for (what, handler) in [
            ("on failure", &mission.on_failure),
            ("finally", &mission.finally),
        ] {
            if let Some(handler) = handler.as_ref().filter(|it| is_empty(&it.body)) {
                report(what, handler.at.0);
            }
        }
    }
    for statement in walk::statements(subject.file) {
        match &statement.kind {
            StatementKind::If { then, .. } if is_empty(then) => report("if", statement.at.0),
            StatementKind::For { body, .. } if is_empty(body) => report("for", statement.at.0),
            StatementKind::Repeat { body, .. } if is_empty(body) => {
                report("repeat", statement.at.0);
            }
            _ => {}
        }
    }
    found
}

/// Nothing in it, not even a comment that says why.
fn is_empty(body: &Body) -> bool {
    body.statements.is_empty() && body.tail.is_empty()
}

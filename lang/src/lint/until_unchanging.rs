//! `until-unchanging`: a loop whose rounds cannot change whether it ends.

use super::{Subject, walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::expr;
use crate::syntax::tree::{Body, StatementKind};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for statement in walk::statements(subject.file) {
        let StatementKind::Repeat {
            body,
            until: Some(until),
            ..
        } = &statement.kind
        else {
            continue;
        };
        let Ok(_) = expr::parse(until) else {
            continue;
        };
        let names = expr::names_in(until);
        let Some(defined) = defined(body) else {
            continue;
        };
        if !names.is_empty()
            && !names
                .iter()
                .any(|it| it == "previous" || defined.contains(&&**it))
        {
            let text = until.source.value.clone();
            found.push(Diagnostic::new(
                Kind::UntilUnchanging { text },
                until.source.at.0,
            ));
        }
    }
    found
}

/// The names that a body defines; `None` when a part of it could not be read.
fn defined(body: &Body) -> Option<Vec<&str>> {
    let mut bodies = vec![body];
    walk::inner(body, &mut bodies);
    let mut names = Vec::new();
    for statement in bodies.into_iter().flat_map(|body| &body.statements) {
        match &statement.kind {
            StatementKind::Let { name, .. } | StatementKind::For { name, .. } => {
                names.push(name.text.as_str());
            }
            StatementKind::Step(step) => names.push(step.name.text.as_str()),
            StatementKind::Broken { .. } => return None,
            StatementKind::If { .. } | StatementKind::Repeat { .. } => {}
        }
    }
    Some(names)
}

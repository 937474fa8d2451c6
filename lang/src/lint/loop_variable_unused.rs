//! `loop-variable-unused`: a loop over a list that does the same for every item.

use super::{Subject, walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::expr;
use crate::syntax::tree::{Body, StatementKind};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for statement in walk::statements(subject.file) {
        let StatementKind::For { name, body, .. } = &statement.kind else {
            continue;
        };
        // `_` says that it is not needed; an empty block is another finding.
        if body.statements.is_empty() || name.text.starts_with('_') || uses(body, &name.text) {
            continue;
        }
        let kind = Kind::LoopVariableUnused {
            name: name.text.clone(),
        };
        found.push(Diagnostic::new(kind, name.at.0));
    }
    found
}

/// Whether anything in a body uses a name, or could not be read.
fn uses(body: &Body, name: &str) -> bool {
    let mut bodies = vec![body];
    walk::inner(body, &mut bodies);
    let mut statements = bodies.into_iter().flat_map(|body| &body.statements);
    statements.any(|statement| {
        let (values, conditions) = walk::parts(statement);
        matches!(statement.kind, StatementKind::Broken { .. })
            || values.iter().any(|it| expr::names(it).contains(name))
            || conditions
                .iter()
                .any(|it| expr::names_in(it).contains(name))
    })
}

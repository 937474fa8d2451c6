//! `after-redundant`: `after x` on a step that uses the result of `x`.

use super::{Subject, walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::expr;
use crate::syntax::tree::StatementKind;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for statement in walk::statements(subject.file) {
        let StatementKind::Step(step) = &statement.kind else {
            continue;
        };
        if step.after.is_empty() {
            continue;
        }
        let (values, conditions) = walk::parts(statement);
        let uses = |name: &String| {
            values.iter().any(|it| expr::names(it).contains(name))
                || conditions
                    .iter()
                    .any(|it| expr::names_in(it).contains(name))
        };
        for name in step.after.iter().filter(|name| uses(&name.text)) {
            let kind = Kind::AfterRedundant {
                name: name.text.clone(),
                step: step.name.text.clone(),
            };
            found.push(Diagnostic::new(kind, name.at.0));
        }
    }
    found
}

//! `condition-repeated`: an `else if` that asks what was asked above, so that it is never reached.

use super::{Subject, walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::syntax::tree::{Expr, StatementKind};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for statement in walk::statements(subject.file) {
        let StatementKind::If {
            condition,
            otherwise,
            ..
        } = &statement.kind
        else {
            continue;
        };
        // Only the nearest `if` above reports, so that each repetition is said once.
        let mut next = otherwise;
        while let [inner] = next.statements.as_slice()
            && let StatementKind::If {
                condition: again,
                otherwise,
                ..
            } = &inner.kind
        {
            if same(condition, again) {
                let text = again.source.value.clone();
                found.push(
                    Diagnostic::new(Kind::ConditionRepeated { text }, again.source.at.0)
                        .label(condition.source.at.0, "it is asked here first"),
                );
                break;
            }
            next = otherwise;
        }
    }
    found
}

fn same(a: &Expr, b: &Expr) -> bool {
    a.source.value == b.source.value
}

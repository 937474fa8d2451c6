//! `loop-once`: a loop with one round.

use super::{Subject, walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::syntax::tree::{LiteralValue, StatementKind, ValueKind};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for statement in walk::statements(subject.file) {
        let StatementKind::Repeat { times, .. } = &statement.kind else {
            continue;
        };
        let once =
            matches!(&times.kind, ValueKind::Literal(it) if it.value == LiteralValue::Int(1));
        if once {
            found.push(Diagnostic::new(Kind::LoopOnce, times.at.0));
        }
    }
    found
}

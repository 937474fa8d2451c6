//! The names that statements define, wherever they stand.

use std::collections::BTreeMap;

use crate::source::Span;
use crate::syntax::tree::{Body, StatementKind};

/// Adds the names that a body and its blocks define; of two the first counts.
pub(super) fn defined(body: &Body, names: &mut BTreeMap<String, Span>) {
    for statement in &body.statements {
        let name = match &statement.kind {
            StatementKind::Let { name, .. } => Some(name),
            StatementKind::Step(step) => Some(&step.name),
            StatementKind::Broken { name } => name.as_ref(),
            StatementKind::If {
                then, otherwise, ..
            } => {
                defined(then, names);
                defined(otherwise, names);
                None
            }
            // The name of the item is known only in its loop.
            StatementKind::For { body, .. } | StatementKind::Repeat { body, .. } => {
                defined(body, names);
                None
            }
        };
        if let Some(name) = name {
            names.entry(name.text.clone()).or_insert(name.at.0);
        }
    }
}

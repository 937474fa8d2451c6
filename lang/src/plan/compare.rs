//! What one mission may do against what another may, so that a change of authority is seen before
//! it is merged.
//!
//! Lines are compared by what they cover, not by their text. Where it is not sure that the old
//! mission covers a line of the new one, the line counts as more than the old one had.

mod budget;
mod line;
#[cfg(test)]
mod tests;
mod verifier;

use serde::Serialize;

use self::line::{Line, lines};
use super::Plan;
use crate::expr::Engine;

/// What the second of two missions has that the first has not, and the other way round. Two lines
/// that cover each other are the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Lines of the second that the first has not.
    pub adds: Vec<Change>,
    /// Lines of the first that the second has not.
    pub drops: Vec<Change>,
}

/// One grant or denial that is in only one of two missions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// As the tau spelling writes it.
    pub line: String,
    /// Whether the second mission may do more by it: a grant added that no grant of the first
    /// covers, or a denial or bound dropped that none of the second replaces.
    pub widens: bool,
}

impl Difference {
    /// Whether the second mission may do more than the first.
    #[must_use]
    pub fn widens(&self) -> bool {
        self.adds
            .iter()
            .chain(&self.drops)
            .any(|change| change.widens)
    }

    /// Whether neither may do what the other may not.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.adds.is_empty() && self.drops.is_empty()
    }
}

/// The difference from one mission to another; `None` is a mission that does not exist, which may
/// do nothing. What verifiers protect counts as denied, and what decides differently as more.
#[must_use]
pub fn difference(from: Option<&Plan>, to: Option<&Plan>, engine: &Engine) -> Difference {
    let all = |plan: Option<&Plan>| plan.map(|plan| lines(plan, engine)).unwrap_or_default();
    let (old, new) = (all(from), all(to));
    let is_covered = |line: &Line, by: &[Line]| by.iter().any(|other| other.covers(line));
    // The first line that covers a command says what it may use.
    let is_allowed = |line: &Line, by: &[Line]| {
        let mut covering = by.iter().filter(|other| other.covers(line)).peekable();
        covering.peek().is_some() && covering.all(|other| other.allows(line))
    };
    let over = budget::over(&old, &new);
    // Time is a bound, so the first one narrows and a mission without one may take for ever. Of
    // several the shortest counts.
    let longer = match (
        from.and_then(Plan::time_limit),
        to.and_then(Plan::time_limit),
    ) {
        (Some(old), Some(new)) => new > old,
        (Some(_), None) => true,
        (None, _) => false,
    };
    let mut found = Difference {
        adds: changes(&new, &old, |line| match line.is_bound() {
            true => longer,
            false => !line.is_denial() && (!is_allowed(line, &old) || over.contains(&line.grant)),
        }),
        // With its mission, nothing is left that a denial would take away.
        drops: changes(&old, &new, |line| match line.is_bound() {
            true => to.is_some() && to.and_then(Plan::time_limit).is_none(),
            false => to.is_some() && line.is_denial() && !is_covered(line, &new),
        }),
    };
    verifier::changes(from, to, engine, &mut found);
    found
}

/// The lines of `some` that are not among `others`, each once. One that is among them is told all
/// the same when it widens, as another place among the lines can make a grant do.
fn changes(some: &[Line], others: &[Line], widens: impl Fn(&Line) -> bool) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for line in some {
        let change = Change {
            line: line.text.clone(),
            widens: widens(line),
        };
        let is_known = others.iter().any(|other| other.is_same(line));
        if (!is_known || change.widens && !line.is_bound()) && !changes.contains(&change) {
            changes.push(change);
        }
    }
    changes
}

//! The way that a text from outside has taken, from its source to where it is now.

use std::sync::Arc;

use crate::source::Span;

/// How many steps of a way a message shows; of a longer one those in the middle are left out.
const SHOWN: usize = 12;

/// A way, shared with all that goes on from it.
#[derive(Clone, Debug)]
pub(super) struct Trace {
    last: Arc<Hop>,
    /// The outermost mission that the text has been in: 0 is the one being checked, 1 one that
    /// it calls.
    pub(super) least: usize,
}

/// One step of a way.
#[derive(Debug)]
struct Hop {
    at: Span,
    says: String,
    before: Option<Arc<Hop>>,
}

impl Trace {
    /// Where a way begins, in a mission `depth` calls deep. Nothing is shown of it if it says
    /// nothing.
    pub(super) fn source(at: Span, says: String, depth: usize) -> Trace {
        let before = None;
        Trace {
            last: Arc::new(Hop { at, says, before }),
            least: depth,
        }
    }

    /// Of two ways the one to show: that of the outermost mission, for what stays in a called one
    /// is said there. Of those of one mission the first.
    pub(super) fn nearer<'t>(&'t self, other: &'t Trace) -> &'t Trace {
        if other.least < self.least {
            other
        } else {
            self
        }
    }

    /// As [`Trace::nearer`], of ways that there may not be.
    pub(super) fn nearest<'t>(ways: impl IntoIterator<Item = &'t Trace>) -> Option<&'t Trace> {
        ways.into_iter().reduce(Trace::nearer)
    }

    /// The same way and one step more.
    pub(super) fn through(&self, at: Span, says: String, depth: usize) -> Trace {
        if self.last.at == at {
            return self.lift(depth);
        }
        let before = Some(self.last.clone());
        Trace {
            last: Arc::new(Hop { at, says, before }),
            least: self.least.min(depth),
        }
    }

    /// The same way, known to a mission `depth` calls deep.
    pub(super) fn lift(&self, depth: usize) -> Trace {
        Trace {
            last: self.last.clone(),
            least: self.least.min(depth),
        }
    }

    /// The steps to show, the source first.
    pub(super) fn labels(&self) -> Vec<(Span, String)> {
        let mut hops = Vec::new();
        let mut next = Some(&self.last);
        while let Some(hop) = next {
            if !hop.says.is_empty() {
                hops.push((hop.at, hop.says.clone()));
            }
            next = hop.before.as_ref();
        }
        hops.reverse();
        if hops.len() > SHOWN {
            hops.drain(SHOWN / 2..hops.len() - SHOWN / 2);
        }
        hops
    }
}

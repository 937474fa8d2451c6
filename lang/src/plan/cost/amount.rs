//! How much of something at most, and which steps leave it open.

use super::sum::{Factor, Sum};
use crate::source::Span;

/// How much of something at most.
#[derive(Clone, Debug, Default)]
pub(super) struct Amount {
    /// What the bounds add up to.
    pub(super) sum: Sum,
    /// The steps that have no bound; while there is one, the sum says nothing.
    pub(super) open: Vec<Open>,
}

/// A step that may take or spend any amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The step, behind the calls that lead to it: `ask/answer`.
    pub step: String,
    /// Its place; of one in a called mission, the place of the call.
    pub at: Span,
    /// Why it has no bound.
    pub why: Why,
}

/// See [`Open::why`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// This action states none.
    Unstated(String),
    /// What this action states is known only when it runs.
    KnownLater(String),
}

impl Amount {
    pub(super) fn of(sum: Sum) -> Amount {
        Amount {
            sum,
            open: Vec::new(),
        }
    }

    pub(super) fn open(open: Open) -> Amount {
        Amount {
            sum: Sum::default(),
            open: vec![open],
        }
    }

    pub(super) fn plus(mut self, other: Amount) -> Amount {
        self.open.extend(other.open);
        Amount {
            sum: self.sum.plus(other.sum),
            open: self.open,
        }
    }

    /// No less than either.
    pub(super) fn or(mut self, other: Amount) -> Amount {
        self.open.extend(other.open);
        Amount {
            sum: self.sum.or(other.sum),
            open: self.open,
        }
    }

    pub(super) fn times(&self, factor: &Factor) -> Amount {
        Amount {
            sum: self.sum.times(factor),
            open: self.open.clone(),
        }
    }

    /// Itself, and no more than `most`, if there is such a bound.
    pub(super) fn capped(self, most: Option<Sum>) -> Amount {
        let Some(most) = most else { return self };
        let smaller = match (self.number(), most.number()) {
            (Some(own), Some(most)) => own <= most,
            // Two sums that are not known are not compared; one that is known is worth more.
            (own, _) => own.is_some(),
        };
        match smaller {
            true => self,
            false => Amount::of(most),
        }
    }

    /// The number, when there is a bound and it is known.
    pub(super) fn number(&self) -> Option<u64> {
        self.sum.number().filter(|_| self.open.is_empty())
    }
}

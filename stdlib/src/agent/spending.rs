//! What a step of an agent may spend, and what the agent says that it has.

use tau_interpreter::action::{Failure, Look, Reservation, SpendingSaid};
use tau_interpreter::ledger::Amount;

use super::usage::Usage;

/// What the agent has said in all of its starts; `None` as long as it has said nothing.
#[derive(Debug, Default)]
pub(super) struct Spending {
    pub(super) tokens: Option<u64>,
    pub(super) micro_usd: Option<u64>,
}

impl Spending {
    /// One more start.
    pub(super) fn add(&mut self, usage: &Usage) {
        let plus = |all: Option<u64>, more: Option<u64>| match (all, more) {
            (Some(all), Some(more)) => Some(all.saturating_add(more)),
            (all, more) => all.or(more),
        };
        self.tokens = plus(self.tokens, usage.tokens());
        self.micro_usd = plus(self.micro_usd, usage.micro_usd());
    }
}

/// What is reserved for one start.
pub(super) struct Account {
    /// The most that it may take; `None` where no grant counts it.
    pub(super) most: Option<Amount>,
    reservation: Option<Reservation>,
}

impl Account {
    /// Reserves the most that one start of an agent may take, durably, if `model` says by which grant.
    ///
    /// # Errors
    /// There is not so much left, or the model is not granted.
    pub(super) async fn open(
        model: &str,
        most: Amount,
        hands: &dyn Look,
    ) -> Result<Account, Failure> {
        let model = model.trim();
        if model.is_empty() {
            return Ok(Account {
                most: None,
                reservation: None,
            });
        }
        Ok(Account {
            most: Some(most),
            reservation: Some(hands.reserve(model, most).await?),
        })
    }

    /// Records what the agent says. What is reserved counts whole, as nobody else has counted, and what it says
    /// beyond that counts, too.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub(super) async fn close(
        self,
        by: &str,
        usage: &Usage,
        hands: &dyn Look,
    ) -> Result<(), Failure> {
        let said = SpendingSaid {
            by: by.to_owned(),
            tokens: usage.tokens(),
            micro_usd: usage.micro_usd(),
        };
        hands.note_spending(said).await?;
        if let (Some(reservation), Some(most)) = (self.reservation, self.most) {
            reservation.settle(Amount {
                calls: most.calls,
                tokens: usage.tokens().unwrap_or(0).max(most.tokens),
                micro_usd: usage.micro_usd().unwrap_or(0).max(most.micro_usd),
            });
        }
        Ok(())
    }
}

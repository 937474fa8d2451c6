//! What calls of models take from the ledger.

use tau_lang::authority::limited_by;
use tau_lang::syntax::tree::Effect;

use super::Broker;
use crate::action::{Failure, FailureKind, Missing, Reservation, SpendingSaid};
use crate::journal::Entry;
use crate::ledger::Amount;

impl Broker {
    /// Reserves what a call of a model may take; it is durable before the call is made.
    pub(super) async fn reserve_for(
        &self,
        model: &str,
        most: Amount,
    ) -> Result<Reservation, Failure> {
        let reservation = self.reserved(model, most).await?;
        let broker = self.clone();
        Ok(Reservation::new(move |used| {
            broker.settled(reservation, used);
        }))
    }

    /// What a call has taken that is told by no other record. If this is lost in a crash, the
    /// reservation counts whole.
    pub(super) fn settled(&self, reservation: u64, used: Amount) {
        self.world.ledger.settle(reservation, used);
        let record = Entry::Settled { reservation, used };
        self.world.journal.note(record);
    }

    /// Records what a program says that it has spent.
    pub(super) async fn note_said(&self, said: SpendingSaid) -> Result<(), Failure> {
        let record = Entry::SpendingSaid {
            step: self.step.clone(),
            said,
        };
        let written = self.world.journal.write(record).await;
        written.map_err(|why| Failure::new("journal-failed", why))
    }

    /// The same as a number.
    pub(super) async fn reserved(&self, model: &str, most: Amount) -> Result<u64, Failure> {
        self.ask(Effect::Model, None, model)?;
        let world = &self.world;
        let reserved = world.ledger.reserve(&self.rules, &self.step, model, most);
        let reservation = reserved.map_err(|exhausted| {
            let limited_by = limited_by(&self.rules, exhausted.depth);
            let place = exhausted.place.clone();
            let whose = match &place {
                Some(place) => format!("policy `{place}`"),
                None => format!("`authority` ({limited_by})"),
            };
            Failure {
                kind: FailureKind::Blocked(Missing {
                    effect: "model".to_owned(),
                    scope: model.to_owned(),
                    limited_by: limited_by.to_owned(),
                    limited_at: place,
                    grant: None,
                }),
                code: format!("{}-exhausted", exhausted.what),
                message: format!(
                    "Step `{}` cannot call `{model}`. {}",
                    self.step, exhausted.says
                ),
                help: Some(format!("Raise the limit of `model` in {whose}.")),
                detail: serde_json::Value::Null,
            }
        })?;
        let record = Entry::Reserved {
            reservation,
            step: self.step.clone(),
            model: model.to_owned(),
            most,
        };
        let written = world.journal.write(record).await;
        written.map_err(|why| Failure::new("journal-failed", why))?;
        Ok(reservation)
    }
}

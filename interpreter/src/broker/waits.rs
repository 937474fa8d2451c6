//! What a step waits for: time, a date, an event.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Broker;
use crate::action::{Failure, FailureKind};
use crate::wait::{HELD, Sent, Wait};

/// How often a date is looked at while a process waits for it: the clock may be set at any time.
const LOOK: Duration = Duration::from_secs(1);

impl Broker {
    /// Lets time pass, in this process if it is not much.
    pub(super) async fn let_pass(&self, time: Duration) -> Result<(), Failure> {
        let date = match self.waited.as_ref().and_then(|wait| wait.until) {
            // Whatever was done to the clock since, it is never longer than it was.
            Some(date) => date.min(self.later(time)?),
            None if time > HELD && self.time_left(time) == time => self.later(time)?,
            None => {
                let left = self.time_left(time);
                self.world.clock.sleep(left).await;
                if left < time {
                    let message = "It takes longer than the time that the step has.";
                    return Err(Failure::new("step-timeout", message));
                }
                return Ok(());
            }
        };
        self.await_date(date)
            .await
            .map_err(|failure| match failure.kind {
                FailureKind::Until(_) => Failure::until(Wait::lasting(time, date)),
                _ => failure,
            })
    }

    /// Waits for a date, in this process if it is near.
    pub(super) async fn await_date(&self, date: Timestamp) -> Result<(), Failure> {
        loop {
            let left = date.duration_since(self.world.clock.now());
            let Ok(left) = Duration::try_from(left) else {
                return Ok(());
            };
            if left.is_zero() {
                return Ok(());
            }
            if left > HELD {
                return Err(Failure::until(Wait::until(date)));
            }
            self.world.clock.sleep(left.min(LOOK)).await;
        }
    }

    /// The next event of a name, if it has come.
    pub(super) fn next_event(&self, name: &str, within: Option<Duration>) -> Result<Sent, Failure> {
        let world = &self.world;
        let closed = |why| Failure::new("journal-failed", why);
        world
            .mail
            .take_in(&world.dir, &world.journal)
            .map_err(closed)?;
        if let Some(sent) = world.mail.receive(&self.step, name, &world.journal) {
            return Ok(sent);
        }
        let waited = self.waited.as_ref().and_then(|wait| wait.until);
        let until = match (within, waited) {
            (None, _) => None,
            (Some(_), Some(until)) => Some(until),
            (Some(within), None) => Some(self.later(within)?),
        };
        if until.is_some_and(|until| until <= world.clock.now()) {
            let message = format!("The event `{name}` has not come in time.");
            let help = format!(
                "The run was to get it with: tau send {} {name}",
                world.dir.id()
            );
            return Err(Failure::new("event-late", message).help(help));
        }
        let event = Some(name.to_owned());
        Err(Failure::until(Wait {
            event,
            until,
            lasts_ms: None,
        }))
    }

    fn later(&self, time: Duration) -> Result<Timestamp, Failure> {
        let time = SignedDuration::try_from(time).ok();
        let date = time.and_then(|time| self.world.clock.now().checked_add(time).ok());
        date.ok_or_else(|| {
            let message = "It would wait longer than there are dates.";
            Failure::new("date-invalid", message)
        })
    }
}

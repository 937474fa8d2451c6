//! How often something may be tried, and for how long: what `retry` and `timeout` mean for a step
//! and for the call of a mission alike.

use std::time::{Duration, Instant};

use tau_lang::plan::{MAX_RETRIES, Modifiers, Node};
use tau_lang::syntax::tree::Value;
use tau_lang::types::{INT, Plain, Type};

use super::frame::Frame;
use super::recorded::Past;
use super::scheduler::{Runner, Stop, stop};
use crate::action::{Failure, FailureKind};
use crate::clock::Clock;
use crate::events::Event;
use crate::journal::Entry;

/// The attempts of one step or call.
pub(super) struct Tries {
    /// The attempt that is on, from 1.
    pub(super) number: u32,
    /// How many there may be behind it.
    left: u32,
    /// How long to wait before each of those.
    every: Duration,
    /// How long each may take.
    timeout: Option<Duration>,
}

impl Tries {
    /// When an attempt that begins now must have ended.
    pub(super) fn deadline(&self, clock: &Clock) -> Option<Instant> {
        clock.instant().checked_add(self.timeout?)
    }

    /// Why an attempt that had not ended by then has failed.
    pub(super) fn over(&self) -> Failure {
        let seconds = self.timeout.unwrap_or_default().as_secs_f64();
        let message = format!("It took longer than the {seconds} s that the step allows.");
        Failure::new("step-timeout", message)
    }

    /// Whether there is another attempt behind one that has failed so. What a person must give is
    /// not there the next time either, and what has happened outside may not happen twice.
    pub(super) fn has_another(&self, failure: &Failure, committed: bool) -> bool {
        self.left > 0 && failure.kind == FailureKind::Failed && !committed
    }
}

impl Runner {
    /// What a step or call says about its attempts, going on behind those of the `past`.
    pub(super) fn tries(
        &self,
        frame: &Frame,
        node: &Node,
        modifiers: &Modifiers,
        past: &Past<'_>,
    ) -> Result<Tries, Stop> {
        let (retries, every) = match &modifiers.retry {
            Some((times, every)) => {
                let times = self.value(frame, times, &INT, node)?.as_i64().unwrap_or(0);
                let times = u32::try_from(times.clamp(0, MAX_RETRIES)).unwrap_or(0);
                let every = every.as_ref().map(|every| self.millis(frame, node, every));
                (times, every.transpose()?.unwrap_or_default())
            }
            None => (0, Duration::ZERO),
        };
        let timeout = modifiers.timeout.as_ref();
        let timeout = timeout.map(|timeout| self.millis(frame, node, timeout));
        Ok(Tries {
            number: past.number,
            left: past.left.unwrap_or(retries),
            every,
            timeout: timeout.transpose()?,
        })
    }

    /// Remembers that the attempt that is on has failed, before the next one begins.
    pub(super) async fn next(
        &self,
        node: &Node,
        tries: &mut Tries,
        path: &str,
        key: &str,
        failure: &Failure,
    ) -> Result<(), Stop> {
        let failed = Entry::AttemptFailed {
            step: path.to_owned(),
            attempt: tries.number,
            left: tries.left,
            key: key.to_owned(),
            failure: failure.clone(),
        };
        let written = self.world.journal.write(failed).await;
        written.map_err(|why| stop(node, Failure::new("journal-failed", why)))?;
        // Who shows the run may be gone.
        let _ = self.events.send(Event::Retrying {
            step: path.to_owned(),
            why: failure.message.clone(),
        });
        tries.number += 1;
        tries.left -= 1;
        Ok(())
    }

    /// Waits as long as there must be between two attempts.
    pub(super) async fn pause(&self, frame: &Frame, tries: &Tries) -> Result<(), Stop> {
        tokio::select! {
            () = self.world.clock.sleep(tries.every) => Ok(()),
            () = self.cancelled(frame) => Err(Stop::Cancelled),
            () = self.world.clock.reached(frame.deadline) => Err(Stop::Time),
        }
    }

    /// Ends when the run is told to end, often enough for these statements.
    pub(super) async fn cancelled(&self, frame: &Frame) {
        let mut cancel = self.cancel.clone();
        let told = cancel
            .wait_for(|told| *told >= frame.patience)
            .await
            .is_ok();
        if !told {
            // Nobody is left who could tell.
            std::future::pending::<()>().await;
        }
    }

    fn millis(&self, frame: &Frame, node: &Node, value: &Value) -> Result<Duration, Stop> {
        let json = self.value(frame, value, &Type::Plain(Plain::Duration), node)?;
        Ok(Duration::from_millis(json.as_u64().unwrap_or(0)))
    }
}

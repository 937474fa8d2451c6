//! How often something may be tried, and for how long: what `retry` and `timeout` mean for a step
//! and for the call of a mission alike.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use tau_lang::plan::cost::backoff;
use tau_lang::plan::{MAX_RETRIES, Modifiers, Node, NodeKind};
use tau_lang::syntax::tree::Value;
use tau_lang::types::{INT, Plain, Type};

use super::frame::Frame;
use super::recorded::Past;
use super::scheduler::{Runner, Stop, stop};
use crate::action::{Failure, FailureKind};
use crate::clock::Clock;
use crate::events::Event;
use crate::journal::Entry;
use crate::net::Refused;
use crate::used::Uses;
use crate::wait::{HELD, Wait};

/// The attempts of one step or call.
pub(super) struct Tries {
    /// The attempt that is on, from 1.
    pub(super) number: u32,
    /// How many there may be behind it.
    left: u32,
    /// How many there may be behind the first.
    retries: u32,
    /// How long to wait before each of those, in milliseconds.
    every: u64,
    /// Twice as long each time, until it is so long.
    up_to: Option<u64>,
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

    /// How long to wait, in milliseconds, when the attempt that is on has failed: as long as it
    /// says; where the waits grow, from half of that to all of it by chance, so that many that
    /// have failed together do not come back together.
    fn pause(&self, clock: &Clock) -> u64 {
        let Some(most) = self.up_to else {
            return self.every;
        };
        let number = self.retries.saturating_sub(self.left) + 1;
        let longest = backoff(self.every, most, u64::from(number));
        let half = longest / 2;
        longest - half + clock.below(half + 1)
    }

    /// Whether there is another attempt behind one that has failed so. What a person must give is
    /// not there the next time either, and what has happened outside may not happen twice.
    pub(super) fn has_another(&self, failure: &Failure, acted: bool) -> bool {
        self.left > 0 && failure.kind == FailureKind::Failed && !acted
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
        let millis = |value: Option<&Value>| {
            let value = value.map(|value| self.millis(frame, node, value));
            value.transpose()
        };
        let retry = modifiers.retry.as_ref();
        let retries = match retry {
            Some(retry) => {
                let times = self.value(frame, &retry.times, &INT, node)?;
                let times = times.as_i64().unwrap_or(0).clamp(0, MAX_RETRIES);
                u32::try_from(times).unwrap_or(0)
            }
            None => 0,
        };
        Ok(Tries {
            number: past.number,
            left: past.left.unwrap_or(retries),
            retries,
            every: millis(retry.and_then(|it| it.every.as_ref()))?.unwrap_or(0),
            up_to: millis(retry.and_then(|it| it.up_to.as_ref()))?,
            timeout: millis(modifiers.timeout.as_ref())?.map(Duration::from_millis),
        })
    }

    /// Remembers that the attempt that is on has failed, and how long to wait before the next one
    /// begins.
    pub(super) async fn next(
        &self,
        node: &Node,
        tries: &mut Tries,
        path: &str,
        key: &str,
        failure: &Failure,
        (used, refused): (Uses, Vec<Refused>),
    ) -> Result<Duration, Stop> {
        let pause_ms = tries.pause(&self.world.clock);
        let failed = Entry::AttemptFailed {
            step: path.to_owned(),
            attempt: tries.number,
            left: tries.left,
            pause_ms,
            key: key.to_owned(),
            failure: failure.clone(),
            used,
            refused,
        };
        let written = self.world.journal.write(failed).await;
        written.map_err(|why| stop(node, Failure::new("journal-failed", why)))?;
        // Who shows the run may be gone.
        let _ = self.events.send(Event::Retrying {
            step: path.to_owned(),
            why: failure.message.clone(),
            pause_ms,
        });
        tries.number += 1;
        tries.left -= 1;
        Ok(Duration::from_millis(pause_ms))
    }

    /// Waits as long as there must be between two attempts: without a process, if that is long.
    pub(super) async fn pause(
        &self,
        frame: &Frame,
        node: &Node,
        path: &str,
        pause: Duration,
    ) -> Result<(), Stop> {
        if pause.is_zero() {
            return Ok(());
        }
        let end = self.world.clock.instant().checked_add(pause);
        let is_cut = match (frame.deadline, end) {
            (Some(deadline), Some(end)) => deadline < end,
            (deadline, _) => deadline.is_some(),
        };
        if pause > HELD
            && !is_cut
            && let Ok(lasts) = SignedDuration::try_from(pause)
            && let Ok(date) = self.world.clock.now().checked_add(lasts)
        {
            let action = match &node.kind {
                NodeKind::Step(step) => step.action.as_str(),
                _ => "",
            };
            let wait = Wait::lasting(pause, date);
            return Err(self.waits(node, path, action, "", wait).await);
        }
        tokio::select! {
            () = self.world.clock.sleep(pause) => Ok(()),
            () = self.cancelled(frame) => Err(Stop::Cancelled),
            () = self.world.clock.reached(frame.deadline) => Err(Stop::Time),
        }
    }

    /// Ends when the run is told to end, often enough for these statements.
    pub(super) async fn cancelled(&self, frame: &Frame) {
        self.told_to_end(frame.patience).await;
    }

    /// Ends when the run is told to end, for the `times`th time.
    pub(super) async fn told_to_end(&self, times: u32) {
        let mut cancel = self.cancel.clone();
        let told = cancel.wait_for(|told| *told >= times).await.is_ok();
        if !told {
            // Nobody is left who could tell.
            std::future::pending::<()>().await;
        }
    }

    fn millis(&self, frame: &Frame, node: &Node, value: &Value) -> Result<u64, Stop> {
        let json = self.value(frame, value, &Type::Plain(Plain::Duration), node)?;
        Ok(json.as_u64().unwrap_or(0))
    }
}

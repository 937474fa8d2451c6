//! Time, chance and ids. They reach the interpreter through a [`Clock`] alone, so that a test can
//! say what time it is, let a day pass at once, and make the same run again from a seed.
//!
//! There are two kinds of time. What *lasts* (a timeout, a pause, the time that a mission may take)
//! is measured with [`Clock::instant`], which never jumps. What has a *date* (a record, a commit,
//! the moment until which `time.until` waits) is told by [`Clock::now`], which somebody may set.

// The only place that asks for them.
#![allow(clippy::disallowed_methods)]

mod simulated;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use ulid::Ulid;

pub use self::simulated::Simulation;

/// Waits for a moment.
type Waiting<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Where time and chance come from.
trait Source: Send + Sync {
    fn now(&self) -> Timestamp;
    fn instant(&self) -> Instant;
    fn sleep_until(&self, until: Instant) -> Waiting<'_>;
    /// 128 bits that nobody can know before.
    fn chance(&self) -> u128;
}

/// The time, and chance; cheap to clone.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn Source>,
}

impl Clock {
    /// The clock of this machine.
    #[must_use]
    pub fn system() -> Clock {
        Clock {
            source: Arc::new(System),
        }
    }

    /// A clock that stands still until the [`Simulation`] moves it. All that comes from it follows
    /// from `now` and `seed`.
    #[must_use]
    pub fn simulated(now: Timestamp, seed: u64) -> (Clock, Simulation) {
        let simulation = Simulation::new(now, seed);
        let clock = Clock {
            source: Arc::new(simulation.clone()),
        };
        (clock, simulation)
    }

    /// The date and time. It may jump, in both directions, whenever somebody sets it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.source.now()
    }

    /// A moment to measure from. It never goes back.
    #[must_use]
    pub fn instant(&self) -> Instant {
        self.source.instant()
    }

    /// How long it has been since then.
    #[must_use]
    pub fn since(&self, then: Instant) -> Duration {
        self.instant().saturating_duration_since(then)
    }

    /// Whether this moment is over.
    #[must_use]
    pub fn is_over(&self, moment: Instant) -> bool {
        self.instant() >= moment
    }

    /// Ends when so much time has passed; never, if that is more than can be counted.
    pub async fn sleep(&self, time: Duration) {
        match self.instant().checked_add(time) {
            Some(until) => self.source.sleep_until(until).await,
            None => std::future::pending().await,
        }
    }

    /// Ends at this moment; never without one.
    pub async fn reached(&self, moment: Option<Instant>) {
        match moment {
            Some(moment) => self.source.sleep_until(moment).await,
            None => std::future::pending().await,
        }
    }

    /// A number below `end` that chance chooses, all of them as likely; 0 if `end` is.
    #[must_use]
    pub fn below(&self, end: u64) -> u64 {
        // Of 128 bits the remainder is as good as even.
        let rest = self.source.chance().checked_rem(u128::from(end));
        rest.and_then(|rest| u64::try_from(rest).ok()).unwrap_or(0)
    }

    /// A text that chance chooses: 32 digits and letters up to `f`.
    #[must_use]
    pub fn nonce(&self) -> String {
        format!("{:032x}", self.source.chance())
    }

    /// An id that nothing else has. Ids sort by the time at which they were made.
    #[must_use]
    pub fn id(&self) -> String {
        let millis = u64::try_from(self.now().as_millisecond()).unwrap_or(0);
        let id = Ulid::from_parts(millis, self.source.chance());
        id.to_string().to_lowercase()
    }
}

/// The clock of this machine.
struct System;

impl Source for System {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn instant(&self) -> Instant {
        // Where a runtime has paused its time, all that is measured stands still with it.
        tokio::time::Instant::now().into_std()
    }

    fn sleep_until(&self, until: Instant) -> Waiting<'_> {
        Box::pin(tokio::time::sleep_until(until.into()))
    }

    fn chance(&self) -> u128 {
        // Of one id 80 bits are chance.
        let (some, more) = (Ulid::new().random(), Ulid::new().random());
        (some << 64) ^ more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_this_machine_differ_and_sort_by_time() {
        let clock = Clock::system();
        let first = clock.id();
        let began = clock.now().as_millisecond();
        while clock.now().as_millisecond() == began {}
        let second = clock.id();
        assert!(first < second, "{first} {second}");
        assert_eq!(first.len(), 26);
        assert_ne!(clock.id(), clock.id());
    }

    #[test]
    fn chance_stays_below_its_end() {
        let clock = Clock::system();
        let drawn: std::collections::BTreeSet<u64> = (0..200).map(|_| clock.below(4)).collect();
        assert_eq!(drawn, [0, 1, 2, 3].into());
        assert_eq!(clock.below(0), 0);
    }
}

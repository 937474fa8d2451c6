//! A value that is there, and how long it holds.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::clock::Clock;

/// Which part of its life a value that ends has left when another one is asked for.
const LAST: u32 = 10;

/// Which part of it has a value left that is still used where there is no other one.
const USABLE: u32 = 60;

/// A value.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) value: SecretString,
    /// How long it holds; for ever without.
    pub(super) lifetime: Option<Lifetime>,
}

impl Held {
    /// One that holds for ever.
    pub(super) fn lasting(value: SecretString) -> Held {
        Held {
            value,
            lifetime: None,
        }
    }

    /// Whether there is no need of another one yet.
    pub(super) fn is_fresh(&self, clock: &Clock) -> bool {
        self.has_left(clock, LAST)
    }

    /// Whether it can be used where there is no other one.
    pub(super) fn is_usable(&self, clock: &Clock) -> bool {
        self.has_left(clock, USABLE)
    }

    fn has_left(&self, clock: &Clock, part: u32) -> bool {
        let lifetime = self.lifetime.as_ref();
        lifetime.is_none_or(|it| it.left(clock) > it.lasts / part)
    }
}

/// The life of a value that ends.
#[derive(Clone, Debug)]
pub(super) struct Lifetime {
    began: Instant,
    date: Timestamp,
    lasts: Duration,
}

impl Lifetime {
    /// Of so long, from a moment that has just been.
    pub(super) fn new(clock: &Clock, began: Instant, lasts: Duration) -> Lifetime {
        Lifetime {
            began,
            date: clock.now(),
            lasts,
        }
    }

    /// How much of it is left. A machine that slept measures too little, and a date that was set says
    /// anything: the less that is left by either of them.
    fn left(&self, clock: &Clock) -> Duration {
        let measured = clock.since(self.began);
        let dated = clock.now().duration_since(self.date);
        let dated = Duration::try_from(dated.max(SignedDuration::ZERO)).unwrap_or_default();
        self.lasts.saturating_sub(measured.max(dated))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(clock: &Clock) -> Held {
        Held {
            value: SecretString::from("hunter2!"),
            lifetime: Some(Lifetime::new(
                clock,
                clock.instant(),
                Duration::from_secs(3600),
            )),
        }
    }

    #[test]
    fn another_one_is_wanted_before_the_first_ends() {
        let (clock, time) = Clock::simulated(Timestamp::UNIX_EPOCH, 1);
        let held = hour(&clock);
        let states = [0, 53, 2, 3, 2].map(|minutes| {
            time.pass(Duration::from_secs(minutes * 60));
            (held.is_fresh(&clock), held.is_usable(&clock))
        });
        // After 0, 53, 55, 58 and 60 minutes.
        let expected = [
            (true, true),
            (true, true),
            (false, true),
            (false, true),
            (false, false),
        ];
        assert_eq!(states, expected);
    }

    #[test]
    fn a_machine_that_slept_and_a_date_that_was_set_make_it_no_longer() {
        let (clock, time) = Clock::simulated(Timestamp::UNIX_EPOCH, 1);
        let held = hour(&clock);
        time.set("1970-01-02T00:00:00Z".parse().unwrap());
        assert!(!held.is_usable(&clock));
        time.set("1969-01-01T00:00:00Z".parse().unwrap());
        assert!(held.is_fresh(&clock));
        time.pass(Duration::from_secs(3600));
        assert!(!held.is_usable(&clock));
    }

    #[test]
    fn what_does_not_end_is_always_fresh() {
        let (clock, time) = Clock::simulated(Timestamp::UNIX_EPOCH, 1);
        let held = Held::lasting(SecretString::from("hunter2!"));
        time.pass(Duration::from_secs(1 << 40));
        assert!(held.is_fresh(&clock) && held.is_usable(&clock));
    }
}

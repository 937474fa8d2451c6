//! A clock that a test moves.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::{Source, Waiting};

/// Moves a simulated [`Clock`](super::Clock); cheap to clone.
#[derive(Clone)]
pub struct Simulation {
    /// Moments are told apart by how far they are from this one.
    zero: Instant,
    state: Arc<Mutex<State>>,
}

struct State {
    now: Timestamp,
    passed: Duration,
    chance: u64,
    /// Who waits for which moment, by a number of their own.
    sleepers: BTreeMap<(Duration, u64), Waker>,
    /// How many ever waited.
    numbered: u64,
    /// Who wants to know when somebody waits.
    watchers: Vec<Waker>,
}

impl Simulation {
    pub(super) fn new(now: Timestamp, seed: u64) -> Simulation {
        let state = State {
            now,
            passed: Duration::ZERO,
            chance: seed,
            sleepers: BTreeMap::new(),
            numbered: 0,
            watchers: Vec::new(),
        };
        Simulation {
            zero: Instant::now(),
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Lets time pass, on all clocks alike.
    pub fn pass(&self, time: Duration) {
        let mut state = self.state();
        state.passed += time;
        if let Ok(time) = SignedDuration::try_from(time)
            && let Ok(now) = state.now.checked_add(time)
        {
            state.now = now;
        }
        let passed = state.passed;
        let later = state.sleepers.split_off(&(passed, u64::MAX));
        let woken = std::mem::replace(&mut state.sleepers, later);
        drop(state);
        woken.into_values().for_each(Waker::wake);
    }

    /// Sets the date and time, as somebody may do at any moment. Nothing lasts longer or shorter.
    pub fn set(&self, now: Timestamp) {
        self.state().now = now;
    }

    /// How long it is until the first of those who wait has waited long enough; `None` when nobody
    /// waits.
    #[must_use]
    pub fn next(&self) -> Option<Duration> {
        let state = self.state();
        let ((first, _), _) = state.sleepers.first_key_value()?;
        Some(first.saturating_sub(state.passed))
    }

    /// Ends when somebody waits; [`Simulation::next`] then says for how long.
    pub async fn somebody_waits(&self) {
        poll_fn(|context| {
            let mut state = self.state();
            if !state.sleepers.is_empty() {
                return Poll::Ready(());
            }
            state.watchers.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Never ends: whenever nothing is left to do but to wait, it lets as much time pass as the first
    /// of those who wait does.
    pub async fn hurry(&self) {
        loop {
            self.nothing_else_to_do().await;
            if let Some(time) = self.next() {
                self.pass(time);
            }
        }
    }

    /// Ends when somebody waits, and everybody else has had their turn.
    pub async fn nothing_else_to_do(&self) {
        self.somebody_waits().await;
        // As many turns as anything here takes until it waits itself.
        for _ in 0..256 {
            tokio::task::yield_now().await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who waits; they are forgotten with it.
struct Sleeper {
    simulation: Simulation,
    until: Duration,
    number: u64,
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let mut state = self.simulation.state();
        state.sleepers.remove(&(self.until, self.number));
    }
}

impl Source for Simulation {
    fn now(&self) -> Timestamp {
        self.state().now
    }

    fn instant(&self) -> Instant {
        self.zero + self.state().passed
    }

    fn sleep_until(&self, until: Instant) -> Waiting<'_> {
        let until = until.saturating_duration_since(self.zero);
        let mut state = self.state();
        state.numbered += 1;
        let sleeper = Sleeper {
            simulation: self.clone(),
            until,
            number: state.numbered,
        };
        drop(state);
        Box::pin(poll_fn(move |context| {
            let mut state = sleeper.simulation.state();
            if state.passed >= sleeper.until {
                return Poll::Ready(());
            }
            let key = (sleeper.until, sleeper.number);
            state.sleepers.insert(key, context.waker().clone());
            let watchers = std::mem::take(&mut state.watchers);
            drop(state);
            watchers.into_iter().for_each(Waker::wake);
            Poll::Pending
        }))
    }

    /// `SplitMix64`, twice: the same numbers for the same seed, everywhere.
    fn chance(&self) -> u128 {
        let mut state = self.state();
        let mut next = || {
            state.chance = state.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut bits = state.chance;
            bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            u128::from(bits ^ (bits >> 31))
        };
        (next() << 64) | next()
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future as _;
    use std::pin::pin;
    use std::task::Context;

    use super::*;
    use crate::clock::Clock;

    const HOUR: Duration = Duration::from_secs(3600);

    fn noon() -> Timestamp {
        "2026-11-27T12:00:00Z".parse().unwrap()
    }

    fn is_ready(future: &mut Waiting<'_>) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        future.as_mut().poll(&mut context).is_ready()
    }

    #[test]
    fn the_same_seed_gives_the_same_ids_and_numbers() {
        let drawn = |seed| {
            let (clock, _) = Clock::simulated(noon(), seed);
            (clock.id(), clock.below(1000), clock.id())
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
        let (first, _, second) = drawn(7);
        assert_ne!(first, second);
    }

    #[test]
    fn who_sleeps_wakes_when_enough_time_has_passed_and_not_before() {
        let (clock, simulation) = Clock::simulated(noon(), 0);
        let mut long: Waiting<'_> = Box::pin(clock.sleep(HOUR));
        let mut short: Waiting<'_> = Box::pin(clock.sleep(HOUR / 2));
        assert!(!is_ready(&mut long) && !is_ready(&mut short));
        assert_eq!(simulation.next(), Some(HOUR / 2));
        simulation.pass(HOUR / 2);
        assert!(is_ready(&mut short) && !is_ready(&mut long));
        drop(long);
        assert_eq!(simulation.next(), None);
        assert_eq!(clock.now(), noon() + HOUR / 2);
    }

    #[test]
    fn a_clock_that_is_set_changes_nothing_that_lasts() {
        let (clock, simulation) = Clock::simulated(noon(), 0);
        let began = clock.instant();
        let mut sleeping: Waiting<'_> = Box::pin(clock.sleep(HOUR));
        assert!(!is_ready(&mut sleeping));
        for jump in [noon() + HOUR, noon() - HOUR] {
            simulation.set(jump);
            assert_eq!(clock.now(), jump);
            assert_eq!(clock.since(began), Duration::ZERO);
            assert!(!is_ready(&mut sleeping));
        }
        simulation.pass(HOUR);
        assert!(is_ready(&mut sleeping));
    }

    #[test]
    fn somebody_who_begins_to_wait_is_noticed() {
        let (clock, simulation) = Clock::simulated(noon(), 0);
        let mut context = Context::from_waker(Waker::noop());
        let mut noticed = pin!(simulation.somebody_waits());
        assert!(noticed.as_mut().poll(&mut context).is_pending());
        let mut sleeping: Waiting<'_> = Box::pin(clock.sleep(HOUR));
        assert!(!is_ready(&mut sleeping));
        assert!(noticed.as_mut().poll(&mut context).is_ready());
    }
}

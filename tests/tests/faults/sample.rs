//! Which of many places are tried.

use std::env;

/// Whether every place is to be tried.
pub(crate) fn all() -> bool {
    env::var("TAU_FAULTS").is_ok_and(|which| which == "all")
}

/// Tells what a sweep has done, past the runner's capture; of a sample nobody needs to know.
pub(crate) fn tell(what: &str) {
    use std::io::Write as _;
    if all() || env::var("TAU_FAULTS_SECONDS").is_ok() {
        // Who does not read it does not need it.
        let _ = writeln!(std::io::stderr(), "{what}");
    }
}

/// The seed of what is chosen. It is told with every failure.
pub(crate) fn seed() -> u64 {
    let given = env::var("TAU_FAULTS_SEED").ok();
    given.map_or(1, |seed| seed.parse().unwrap())
}

/// Numbers that look random and are the same for the same seed (splitmix64).
pub(crate) struct Numbers(u64);

impl Numbers {
    /// Those of the sample's seed, with another beginning for each `use_`.
    pub(crate) fn of(use_: &str) -> Numbers {
        let salt = use_.bytes().fold(0, |sum: u64, byte| {
            sum.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
        Numbers(seed() ^ salt)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}

/// Of the places `1..=last`, about `few` that lie spread; or all of them.
pub(crate) fn places(use_: &str, last: u64, few: u64) -> Vec<u64> {
    if all() || last <= few {
        return (1..=last).collect();
    }
    let mut numbers = Numbers::of(use_);
    // One of each of `few` parts of equal length.
    let edge = |part: u64| part * last / few;
    (0..few)
        .map(|part| edge(part) + 1 + numbers.below(edge(part + 1) - edge(part)))
        .collect()
}

/// What went wrong at some of the places; the others are tried all the same.
#[derive(Default)]
pub(crate) struct Failures(Vec<String>);

impl Failures {
    /// Tries one place.
    pub(crate) fn of<T>(&mut self, told: &str, place: impl FnOnce() -> T) -> Option<T> {
        let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(place));
        if tried.is_err() {
            self.0.push(told.to_owned());
        }
        tried.ok()
    }

    /// Fails the test if any place has failed. What went wrong there is told above.
    #[track_caller]
    pub(crate) fn none(self) {
        assert!(self.0.is_empty(), "failed at:\n{}", self.0.join("\n"));
    }
}

#[test]
fn a_sample_is_spread_and_repeatable() {
    let sample = places("test", 100, 4);
    assert_eq!(sample, places("test", 100, 4));
    if !all() {
        assert_eq!(sample.len(), 4);
        for (part, place) in sample.iter().enumerate() {
            assert_eq!((place - 1) / 25, part as u64, "{sample:?}");
        }
    }
    assert_eq!(places("test", 3, 4), [1, 2, 3]);
}

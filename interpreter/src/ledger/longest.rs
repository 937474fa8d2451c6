//! Which steps took most of a run's time.

use std::sync::{Mutex, PoisonError};

/// How many are named.
const NAMED: usize = 5;

/// The steps that took longest, with their seconds, the longest first.
#[derive(Debug, Default)]
pub struct Longest {
    steps: Mutex<Vec<(String, f64)>>,
}

impl Longest {
    /// A step has taken so many seconds, all its attempts together.
    pub fn add(&self, step: &str, seconds: f64) {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let place = steps.partition_point(|(_, other)| *other >= seconds);
        if place < NAMED {
            steps.insert(place, (step.to_owned(), seconds));
            steps.truncate(NAMED);
        }
    }

    /// `It went to: 3.2 s for `a`, 0.4 s for `b`.`; `None` when there were none.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let told = steps.iter();
        let told: Vec<String> = told
            .map(|(step, seconds)| format!("{seconds:.1} s for `{step}`"))
            .collect();
        (!told.is_empty()).then(|| format!("It went to: {}.", told.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_are_named_first() {
        let longest = Longest::default();
        assert_eq!(longest.told(), None);
        for (step, seconds) in [("a", 1.0), ("b", 3.0), ("c", 0.5), ("d", 2.0), ("e", 0.1)] {
            longest.add(step, seconds);
        }
        longest.add("f", 0.2);
        let told = "It went to: 3.0 s for `b`, 2.0 s for `d`, 1.0 s for `a`, 0.5 s for `c`, \
                    0.2 s for `f`.";
        assert_eq!(longest.told().as_deref(), Some(told));
    }
}

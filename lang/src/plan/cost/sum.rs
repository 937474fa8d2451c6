//! Sums in which some factors are not known yet.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How often something is repeated.
pub(super) enum Factor {
    /// So often.
    Known(u64),
    /// As it is written.
    Named(String),
}

/// A sum of products: the names of what is not known, sorted, with how many times they count.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum(BTreeMap<Vec<String>, u64>);

impl Sum {
    pub(super) fn of(number: u64) -> Sum {
        Sum(BTreeMap::from([(Vec::new(), number)]))
    }

    pub(super) fn plus(mut self, other: Sum) -> Sum {
        for (names, count) in other.0 {
            let mine = self.0.entry(names).or_default();
            *mine = mine.saturating_add(count);
        }
        self
    }

    /// No less than either.
    pub(super) fn or(mut self, other: Sum) -> Sum {
        for (names, count) in other.0 {
            let mine = self.0.entry(names).or_default();
            *mine = count.max(*mine);
        }
        self
    }

    pub(super) fn times(&self, factor: &Factor) -> Sum {
        let scaled = self.0.iter().map(|(names, count)| match factor {
            Factor::Known(number) => (names.clone(), count.saturating_mul(*number)),
            Factor::Named(name) => {
                let mut names = names.clone();
                names.push(name.clone());
                names.sort();
                (names, *count)
            }
        });
        Sum(scaled.collect())
    }

    /// Whether it is more than can be counted: loops in loops multiply.
    pub(super) fn overflows(&self) -> bool {
        self.0.values().any(|count| *count == u64::MAX) || self.number() == Some(u64::MAX)
    }

    /// What is unknown in it, each name once.
    pub(super) fn names(&self) -> BTreeSet<String> {
        let unknown = self.0.iter().filter(|(_, count)| **count > 0);
        unknown
            .flat_map(|(names, _)| names.iter().cloned())
            .collect()
    }

    /// Itself, when nothing in it is unknown.
    pub(super) fn number(&self) -> Option<u64> {
        let mut total: u64 = 0;
        for (names, count) in &self.0 {
            if *count > 0 && !names.is_empty() {
                return None;
            }
            total = count.saturating_add(total);
        }
        Some(total)
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for (names, count) in self.0.iter().filter(|(_, count)| **count > 0) {
            if !std::mem::take(&mut first) {
                f.write_str(" + ")?;
            }
            let mut factors = names.clone();
            if *count != 1 || names.is_empty() {
                factors.insert(0, count.to_string());
            }
            f.write_str(&factors.join(" × "))?;
        }
        if first { f.write_str("0") } else { Ok(()) }
    }
}

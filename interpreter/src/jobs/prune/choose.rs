//! Which runs are forgotten, as a function of what is there.

use std::collections::{HashMap, HashSet};

use super::super::summary::Summary;
use crate::home::RunDir;

/// What a person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// No run that has ended longer ago than this, in milliseconds.
    pub older_than: Option<u64>,
    /// No more bytes than this in all runs and blobs.
    pub keep_bytes: Option<u64>,
}

/// A run that has ended, and that nobody holds.
#[derive(Debug)]
pub struct Candidate {
    /// Its folder.
    pub dir: RunDir,
    /// What its journal says.
    pub summary: Summary,
    /// How many bytes its folder takes.
    pub bytes: u64,
}

/// What takes how many bytes.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    /// Each blob's.
    blobs: HashMap<String, u64>,
    /// How many runs name a blob.
    named: HashMap<String, usize>,
    /// The blobs that a run names.
    names: HashMap<String, HashSet<String>>,
    total: u64,
}

impl Sizes {
    /// These blobs, and no run.
    pub(super) fn new(blobs: HashMap<String, u64>) -> Sizes {
        let total = blobs.values().sum();
        Sizes {
            blobs,
            total,
            ..Sizes::default()
        }
    }

    /// Adds a run, whose folder takes `bytes`.
    pub(super) fn add(&mut self, dir: &RunDir, bytes: u64, mut names: HashSet<String>) {
        names.retain(|name| self.blobs.contains_key(name));
        for name in &names {
            *self.named.entry(name.clone()).or_default() += 1;
        }
        self.names.insert(dir.id().to_owned(), names);
        self.total += bytes;
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Takes a run away. How many bytes are free then.
    fn take(&mut self, Candidate { dir, bytes, .. }: &Candidate) -> u64 {
        let mut freed = *bytes;
        for name in self.names.remove(dir.id()).unwrap_or_default() {
            let Some(count) = self.named.get_mut(&name) else {
                continue;
            };
            *count -= 1;
            if *count == 0 {
                freed += self.blobs.get(&name).copied().unwrap_or_default();
            }
        }
        self.total = self.total.saturating_sub(freed);
        freed
    }
}

/// What was chosen.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) runs: Vec<Candidate>,
    pub(super) freed: u64,
    pub(super) over: u64,
}

/// Chooses from these, the oldest first, until the wish is fulfilled at `now`, in milliseconds
/// since 1970.
pub(super) fn choose(
    mut candidates: Vec<Candidate>,
    mut sizes: Sizes,
    wish: Wish,
    now: i64,
) -> Choice {
    candidates.sort_by(|a, b| {
        let age = |it: &Candidate| it.summary.last;
        age(a).cmp(&age(b)).then_with(|| a.dir.id().cmp(b.dir.id()))
    });
    let too_old = |it: &Candidate| {
        let age = u64::try_from(now.saturating_sub(it.summary.last)).unwrap_or(0);
        wish.older_than.is_some_and(|most| age > most)
    };
    let (mut runs, mut freed) = (Vec::new(), 0);
    for candidate in candidates {
        let too_much = wish.keep_bytes.is_some_and(|most| sizes.total() > most);
        if !too_much && !too_old(&candidate) {
            break;
        }
        freed += sizes.take(&candidate);
        runs.push(candidate);
    }
    let over = wish
        .keep_bytes
        .map_or(0, |most| sizes.total().saturating_sub(most));
    Choice { runs, freed, over }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home::Home;
    use crate::jobs::Standing;
    use crate::journal::Outcome;

    const DAY: i64 = 24 * 60 * 60 * 1000;

    fn candidate(home: &Home, id: &str, last: i64, bytes: u64) -> Candidate {
        Candidate {
            dir: home.create_run(id).unwrap(),
            summary: Summary {
                run: id.to_owned(),
                mission: "m".to_owned(),
                repo: "/r".to_owned(),
                began: String::new(),
                last,
                seconds: 0.0,
                standing: Standing::Ended(Outcome::Succeeded),
                commit: None,
                reason: None,
                next: None,
                held: false,
                wake: None,
                records: 3,
            },
            bytes,
        }
    }

    /// What is chosen of three runs that ended one, two and three days ago; the older two share a
    /// blob. Their ids, what is free then, and what is too much.
    fn chosen(wish: Wish) -> (Vec<String>, u64, u64) {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path());
        let now = 100 * DAY;
        let all = [("a", 3, 1000), ("b", 1, 10), ("c", 2, 100)];
        let all = all.map(|(id, days, bytes)| candidate(&home, id, now - days * DAY, bytes));
        let mut sizes = Sizes::new(HashMap::from([("x".to_owned(), 5000)]));
        for it in &all {
            let names = match it.dir.id() {
                "b" => HashSet::new(),
                _ => HashSet::from(["x".to_owned()]),
            };
            sizes.add(&it.dir, it.bytes, names);
        }
        assert_eq!(sizes.total(), 6110);
        let choice = choose(all.into_iter().collect(), sizes, wish, now);
        let ids = choice.runs.iter().map(|it| it.dir.id().to_owned());
        (ids.collect(), choice.freed, choice.over)
    }

    #[test]
    fn by_age_those_that_are_older() {
        let older = |days: i64| Wish {
            older_than: Some((days * DAY).unsigned_abs()),
            keep_bytes: None,
        };
        assert_eq!(chosen(older(3)), (vec![], 0, 0));
        assert_eq!(chosen(older(2)), (vec!["a".to_owned()], 1000, 0));
        assert_eq!(chosen(older(1)).1, 6100);
        assert_eq!(chosen(older(0)).0, ["a", "c", "b"]);
    }

    #[test]
    fn by_size_the_oldest_until_it_is_enough() {
        let keep = |bytes: u64| Wish {
            older_than: None,
            keep_bytes: Some(bytes),
        };
        assert_eq!(chosen(keep(6110)), (vec![], 0, 0));
        // The blob is free when both are gone that name it.
        assert_eq!(chosen(keep(6000)), (vec!["a".to_owned()], 1000, 0));
        assert_eq!(chosen(keep(5000)).0, ["a", "c"]);
        assert_eq!(chosen(keep(0)).1, 6110);
        assert_eq!(chosen(Wish::default()), (vec![], 0, 0));
    }
}

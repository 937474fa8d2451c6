//! What a runner said about its tests.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// What came out of a runner's structured result.
pub(super) enum Read {
    /// It can be believed as far as it goes.
    Report(Report),
    /// It could not decide: why, as a clause, and what to do.
    Broken { why: String, help: &'static str },
    /// Nothing is known of its tests, and how it ended decides.
    Unknown,
    /// It is not to be believed: why, as a clause.
    Compromised(String),
}

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// It ran, and nothing was wrong.
    Passed,
    /// It ran, and said that something is wrong.
    Failed,
    /// It could not run: what it needs could not be made or loaded.
    Error,
    /// It was left out.
    Skipped,
    /// The runner began it, and it was never run.
    Lost,
}

/// How a failure showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// `assertion`, or the name of what was raised.
    pub(super) failure: Option<String>,
    /// The beginning of what it says.
    pub(super) message: Option<String>,
}

/// The tests of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Report {
    /// The runner's version, as it tells it.
    pub(super) version: Option<String>,
    tests: BTreeMap<String, (State, Shown)>,
    /// Tests that were reported more than once.
    twice: BTreeSet<String>,
    /// What could not be loaded, and why.
    errors: Vec<(String, String)>,
    /// What was wrong with the sentinels, as a clause, and which of the two were right.
    wrong: Option<String>,
    right: BTreeSet<&'static str>,
    /// A sentinel could not run, as where all tests need something that it has not.
    hindered: bool,
}

/// The tests as verdicts tell them: the names, in the order of the alphabet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tests {
    pub(super) passed: BTreeSet<String>,
    pub(super) failed: BTreeSet<String>,
    /// Those that could not run, and files that could not be loaded.
    pub(super) broken: BTreeSet<String>,
    pub(super) skipped: BTreeSet<String>,
}

impl Report {
    /// The tests of several runners, each behind the number of its command: `2: adds`.
    pub(super) fn together(all: impl Iterator<Item = (usize, Report)>) -> Report {
        let mut whole = Report::default();
        for (at, (number, report)) in all.enumerate() {
            let id = |id: String| format!("{number}: {id}");
            let tests = report.tests.into_iter();
            whole.tests.extend(tests.map(|(test, it)| (id(test), it)));
            let errors = report.errors.into_iter();
            whole
                .errors
                .extend(errors.map(|(name, why)| (id(name), why)));
            match at {
                0 => whole.right = report.right,
                _ => whole.right.retain(|it| report.right.contains(it)),
            }
        }
        whole
    }

    /// A test ended so.
    pub(super) fn saw(&mut self, id: String, state: State, shown: Shown) {
        match self.tests.entry(id) {
            Entry::Occupied(first) => drop(self.twice.insert(first.key().clone())),
            Entry::Vacant(place) => drop(place.insert((state, shown))),
        }
    }

    /// Something could not be loaded.
    pub(super) fn could_not_load(&mut self, id: String, message: String) {
        self.errors.push((id, message));
    }

    /// One of tau's own tests ended so.
    pub(super) fn saw_sentinel(
        &mut self,
        expected: Option<&str>,
        name: &str,
        state: State,
        id: &str,
    ) {
        let part = expected.and_then(|expected| name.strip_prefix(expected));
        let (which, wanted) = match part {
            Some("_passes") => ("passes", State::Passed),
            Some("_fails") => ("fails", State::Failed),
            _ => {
                self.wrong = Some(format!("it reported `{id}`, which tau did not add"));
                return;
            }
        };
        if state == wanted {
            self.right.insert(which);
        } else if state == State::Error {
            self.hindered = true;
        } else {
            let told = match wanted {
                State::Passed => "a test of tau's that passes was not reported as passed",
                _ => "a test of tau's that fails was not reported as failed",
            };
            self.wrong = Some(told.to_owned());
        }
    }

    /// Why it is not to be believed, as a clause. `sentinels` says that two were added.
    pub(super) fn compromised(&self, sentinels: bool) -> Option<String> {
        if let Some(wrong) = &self.wrong {
            return Some(wrong.clone());
        }
        if let Some(id) = self.twice.first() {
            return Some(format!("it reported `{id}` more than once"));
        }
        let lost = self.tests.iter().find(|(_, it)| it.0 == State::Lost);
        if let Some((id, _)) = lost {
            return Some(format!("it said that `{id}` ran, and nothing ran it"));
        }
        let missing = sentinels && self.right.len() < 2 && !self.hindered && !self.has_errors();
        missing.then(|| "it did not report the tests that tau added".to_owned())
    }

    /// Whether both sentinels were reported as what they are.
    pub(super) fn has_sentinels(&self) -> bool {
        self.right.len() == 2
    }

    /// Whether nothing at all was reported.
    pub(super) fn is_silent(&self) -> bool {
        self.tests.is_empty() && !self.has_errors() && !self.has_heard_sentinels()
    }

    /// Whether anything was reported of them.
    pub(super) fn has_heard_sentinels(&self) -> bool {
        self.hindered || self.wrong.is_some() || !self.right.is_empty()
    }

    /// The names of all tests.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.tests.keys().map(String::as_str)
    }

    /// Whether something could not be loaded.
    pub(super) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// What could not be run, and why, the first of it.
    pub(super) fn first_error(&self) -> Option<(String, String)> {
        let not_loaded = self.errors.first().cloned();
        not_loaded.or_else(|| {
            let mut tests = self.tests.iter();
            let (id, (_, shown)) = tests.find(|(_, it)| it.0 == State::Error)?;
            Some((id.clone(), shown.message.clone().unwrap_or_default()))
        })
    }

    /// How the failures showed, by test.
    pub(super) fn failures(&self) -> impl Iterator<Item = (&str, &Shown)> {
        let failed = self.tests.iter().filter(|(_, it)| it.0 == State::Failed);
        failed.map(|(id, (_, shown))| (id.as_str(), shown))
    }

    /// The names, by state.
    pub(super) fn tests(&self) -> Tests {
        let of = |state: State| {
            let those = self.tests.iter().filter(move |(_, it)| it.0 == state);
            those.map(|(id, _)| id.clone()).collect::<BTreeSet<_>>()
        };
        let mut broken = of(State::Error);
        broken.extend(self.errors.iter().map(|(id, _)| id.clone()));
        Tests {
            passed: of(State::Passed),
            failed: of(State::Failed),
            broken,
            skipped: of(State::Skipped),
        }
    }
}

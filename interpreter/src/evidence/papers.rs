//! Whether a receipt holds, as far as it can be told without running anything.
//!
//! INVARIANT: what a receipt says is only used when somebody who is trusted has signed all of it:
//! [`read`] gives nothing otherwise.

mod bound;
mod note;
mod signed;

use serde::Serialize;
use serde_json::Value as Json;

pub use self::bound::{Found, authority, find, journal};
pub use self::note::note;
pub use self::signed::{Trusted, read};
use super::statement::Statement;

/// What is looked at. Each has a word of its own, so that a program can tell what was tampered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// It is a receipt at all.
    Format,
    /// It was signed by somebody who is trusted.
    Key,
    /// It is what they signed.
    Signature,
    /// None of its statements was left out, added or exchanged.
    Statement,
    /// It is about this repository.
    Repository,
    /// What it is about is there, and is what it says.
    Subject,
    /// Nothing was used that was not granted.
    Authority,
    /// The policies that hold here allow what was used.
    Policy,
    /// It claims as much as was asked for.
    Level,
    /// The run's journal is the one that was signed.
    Journal,
    /// The note on the commit is of the same journal.
    Note,
    /// The verifiers, run again, say the same.
    Verifier,
}

impl Part {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Part::Format => "format",
            Part::Key => "key",
            Part::Signature => "signature",
            Part::Statement => "statement",
            Part::Repository => "repository",
            Part::Subject => "subject",
            Part::Authority => "authority",
            Part::Policy => "policy",
            Part::Level => "level",
            Part::Journal => "journal",
            Part::Note => "note",
            Part::Verifier => "verifier",
        }
    }
}

/// How a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It holds.
    Holds,
    /// It does not.
    Wrong,
    /// It was not looked at, and why is told.
    Unchecked,
}

/// What was found of one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Of which.
    pub part: Part,
    /// How it is.
    pub state: State,
    /// A sentence without its point. It may hold text from outside.
    pub why: String,
}

impl Check {
    /// A part that holds.
    pub fn holds(part: Part, why: impl Into<String>) -> Check {
        Check::new(part, State::Holds, why)
    }

    /// A part that does not hold.
    pub fn wrong(part: Part, why: impl Into<String>) -> Check {
        Check::new(part, State::Wrong, why)
    }

    /// A part that was not looked at.
    pub fn unchecked(part: Part, why: impl Into<String>) -> Check {
        Check::new(part, State::Unchecked, why)
    }

    fn new(part: Part, state: State, why: impl Into<String>) -> Check {
        let why = why.into();
        Check { part, state, why }
    }
}

/// A receipt that trusted keys have signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Papers {
    /// What its checks showed.
    pub tests: Vec<Statement>,
    /// The list of what holds.
    pub summary: Statement,
    /// What the run was and did.
    pub run: Statement,
}

impl Papers {
    /// A text of what the run was and did.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.run.predicate[name].as_str().unwrap_or_default()
    }

    /// The digest of a subject of the run, by its name.
    #[must_use]
    pub fn subject(&self, name: &str) -> Option<&Json> {
        let mut all = self.run.subject.iter();
        let found = all.find(|it| it["name"] == name);
        found.map(|it| &it["digest"])
    }
}

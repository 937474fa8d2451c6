//! What a mission may do.

use std::fmt;

use super::{Ident, Lead, Literal, Trivia, Value};
use crate::source::At;

/// What a mission may do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Authority {
    /// In order.
    pub grants: Vec<Grant>,
    /// A line of it could not be read, so what is missing here may stand there.
    pub broken: bool,
    /// Comments behind the last one.
    pub tail: Vec<Lead>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole block.
    pub at: At,
}

/// One line of an `authority` block.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// `deny …`: takes away instead of giving.
    pub deny: bool,
    /// What it is about.
    pub effect: Effect,
    /// For `git`: `commit`, `push`. Absent elsewhere.
    pub verb: Option<Ident>,
    /// Globs, commands, names. Bare names (`secret TOKEN`) are texts. Empty for `time`.
    pub scopes: Vec<Value>,
    /// `up to 200k tokens, $2`; for `time` its one duration.
    pub limits: Vec<Limit>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole line.
    pub at: At,
}

/// What authority can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// Environment variables of started processes.
    Env,
    /// Git: commit, push, on a branch.
    Git,
    /// GitHub: pull requests, comments.
    Github,
    /// Models, by name.
    Model,
    /// Hosts.
    Net,
    /// Reading files.
    Read,
    /// Starting commands.
    Run,
    /// Secrets, by name.
    Secret,
    /// Wall time of the whole run.
    Time,
    /// Writing files.
    Write,
}

impl Effect {
    /// All of them, by name.
    pub const ALL: [Effect; 10] = [
        Effect::Env,
        Effect::Git,
        Effect::Github,
        Effect::Model,
        Effect::Net,
        Effect::Read,
        Effect::Run,
        Effect::Secret,
        Effect::Time,
        Effect::Write,
    ];

    /// The word for it in both spellings.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Effect::Env => "env",
            Effect::Git => "git",
            Effect::Github => "github",
            Effect::Model => "model",
            Effect::Net => "net",
            Effect::Read => "read",
            Effect::Run => "run",
            Effect::Secret => "secret",
            Effect::Time => "time",
            Effect::Write => "write",
        }
    }

    /// The effect of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Effect> {
        Effect::ALL.into_iter().find(|effect| effect.word() == word)
    }

    /// Whether its scopes are bare names in the tau spelling (`secret TOKEN`, `github draft_pr`).
    #[must_use]
    pub fn has_names(self) -> bool {
        matches!(self, Effect::Env | Effect::Github | Effect::Secret)
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A bound of a grant.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// What is counted.
    pub kind: LimitKind,
    /// How much of it.
    pub amount: Literal,
    /// Its place.
    pub at: At,
}

/// What a [`Limit`] counts. The word stands behind the amount in tau (`200k tokens`) and is the
/// key in YAML (`tokens: 200k`); money and time need no word in tau.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitKind {
    /// `calls`
    Calls,
    /// `cost`, money.
    Cost,
    /// Wall time.
    Time,
    /// `tokens`
    Tokens,
}

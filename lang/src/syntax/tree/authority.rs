//! What a mission may do.

use std::fmt;

use super::{Ident, Lead, Literal, LiteralValue, Trivia, Value};
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
    /// How many of the scopes, at the end, stand behind an `else` of their own: of models that are asked
    /// when those before them are not there.
    pub elses: usize,
    /// `up to 200k tokens, $2`; for `time` its one duration.
    pub limits: Vec<Limit>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole line.
    pub at: At,
}

impl Grant {
    /// The scopes that no `else` stands before, and those behind one.
    #[must_use]
    pub fn routes(&self) -> (&[Value], &[Value]) {
        self.scopes
            .split_at(self.scopes.len().saturating_sub(self.elses))
    }
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
    /// Calls of models.
    Calls,
    /// Money.
    Cost,
    /// Time of processors that a command takes with all it starts.
    Cpu,
    /// The size of each file that a command writes.
    FileSize,
    /// Memory of a command with all it starts.
    Memory,
    /// Files that each process of a command has open.
    OpenFiles,
    /// What a command prints.
    Output,
    /// Processes and threads of a command.
    Processes,
    /// What a command writes to each of its folders in memory.
    Scratch,
    /// Wall time: of a run, or of each command.
    Time,
    /// Tokens, in and out.
    Tokens,
}

impl LimitKind {
    /// All of them, by word.
    pub const ALL: [LimitKind; 11] = [
        LimitKind::Calls,
        LimitKind::Cost,
        LimitKind::Cpu,
        LimitKind::FileSize,
        LimitKind::Memory,
        LimitKind::OpenFiles,
        LimitKind::Output,
        LimitKind::Processes,
        LimitKind::Scratch,
        LimitKind::Time,
        LimitKind::Tokens,
    ];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            LimitKind::Calls => "calls",
            LimitKind::Cost => "cost",
            LimitKind::Cpu => "cpu",
            LimitKind::FileSize => "file_size",
            LimitKind::Memory => "memory",
            LimitKind::OpenFiles => "open_files",
            LimitKind::Output => "output",
            LimitKind::Processes => "processes",
            LimitKind::Scratch => "scratch",
            LimitKind::Time => "time",
            LimitKind::Tokens => "tokens",
        }
    }

    /// The kind of limit that a word names.
    #[must_use]
    pub fn parse(word: &str) -> Option<LimitKind> {
        LimitKind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether the tau spelling has its word behind the amount.
    #[must_use]
    pub fn is_told(self) -> bool {
        !matches!(self, LimitKind::Cost | LimitKind::Time)
    }

    /// An amount of it.
    #[must_use]
    pub fn example(self) -> &'static str {
        match self {
            LimitKind::Calls => "10",
            LimitKind::Cost => "$2",
            LimitKind::Cpu => "20m",
            LimitKind::FileSize => "1GB",
            LimitKind::Memory => "4GB",
            LimitKind::OpenFiles => "1000",
            LimitKind::Output => "10MB",
            LimitKind::Processes => "200",
            LimitKind::Scratch => "500MB",
            LimitKind::Time => "30m",
            LimitKind::Tokens => "200k",
        }
    }

    /// How much of it an amount is: numbers, millionths of a dollar, milliseconds, bytes. None when
    /// the amount is of something else.
    #[must_use]
    pub fn amount(self, value: &LiteralValue) -> Option<u64> {
        use LimitKind as K;
        match (self, value) {
            (K::Calls | K::OpenFiles | K::Processes | K::Tokens, LiteralValue::Int(number)) => {
                u64::try_from(*number).ok()
            }
            (K::Cost, LiteralValue::Money(amount))
            | (K::Cpu | K::Time, LiteralValue::Duration(amount))
            | (K::FileSize | K::Memory | K::Output | K::Scratch, LiteralValue::Size(amount)) => {
                Some(*amount)
            }
            _ => None,
        }
    }

    /// Whether a grant of this effect can have such a limit.
    #[must_use]
    pub fn bounds(self, effect: Effect) -> bool {
        match self {
            LimitKind::Calls | LimitKind::Cost | LimitKind::Tokens => effect == Effect::Model,
            LimitKind::Time => matches!(effect, Effect::Run | Effect::Time),
            _ => effect == Effect::Run,
        }
    }
}

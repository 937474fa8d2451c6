//! What a mission does.

use super::{Doc, Expr, Ident, Lead, Trivia, Value};
use crate::source::At;

/// Statements in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// In order.
    pub statements: Vec<Statement>,
    /// Comments behind the last one.
    pub tail: Vec<Lead>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// See [`Statement`].
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `let name = value`
    Let {
        /// Its name.
        name: Ident,
        /// Its value.
        value: Value,
    },
    /// `step name = action(args) modifiers`
    Step(Step),
    /// `if condition { } else { }`; `else if` is an `if` alone in `otherwise`.
    If {
        /// The condition.
        condition: Expr,
        /// When it holds.
        then: Body,
        /// When it does not.
        otherwise: Body,
    },
    /// `for name in items up to 20 at most 4 at once { }`
    For {
        /// What the body calls the item.
        name: Ident,
        /// A list.
        items: Value,
        /// How many items there may be; without it the list must be known before the start.
        most: Option<Value>,
        /// How many run at the same time; one after the other without it.
        at_once: Option<Value>,
        /// What is done for each.
        body: Body,
    },
    /// `repeat up to N { } until condition`
    Repeat {
        /// How often at most.
        times: Value,
        /// What is repeated; at least once.
        body: Body,
        /// When to stop; without one it runs exactly `times` times.
        until: Option<Expr>,
    },
    /// A statement that could not be read and has been reported; its name, if it could be, so
    /// that uses of it are not reported as well.
    Broken {
        /// The name it would have defined.
        name: Option<Ident>,
    },
}

/// One call of an action or mission.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The name of its result.
    pub name: Ident,
    /// The dotted name of what is called, such as `fs.write`.
    pub action: Ident,
    /// Its arguments.
    pub args: Vec<Arg>,
    /// `after a, b`
    pub after: Vec<Ident>,
    /// `when condition`: skipped when it does not hold.
    pub when: Option<Expr>,
    /// `retry 3 every 10s`, `retry 5 every 2s up to 1m`
    pub retry: Option<Retry>,
    /// `timeout 5m`
    pub timeout: Option<Value>,
    /// `box full`: the weakest box that its commands may run in.
    pub least_box: Option<BoxKind>,
    /// `may fail`: the mission goes on when it fails.
    pub may_fail: bool,
}

/// A kind of box that a step can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BoxKind {
    /// Any box.
    Landlock,
    /// One with a root and a network of its own.
    Bwrap,
    /// The strongest one.
    Full,
}

impl BoxKind {
    /// All of them, the weakest first.
    pub const ALL: [BoxKind; 3] = [BoxKind::Landlock, BoxKind::Bwrap, BoxKind::Full];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            BoxKind::Landlock => "landlock",
            BoxKind::Bwrap => "bwrap",
            BoxKind::Full => "full",
        }
    }

    /// The kind of box that a word names.
    #[must_use]
    pub fn parse(word: &str) -> Option<BoxKind> {
        BoxKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// How often a failed step is tried again.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// How many more times.
    pub times: Value,
    /// How long to wait before each.
    pub every: Option<Value>,
    /// With it the wait doubles from one to the next, until it is so long.
    pub up_to: Option<Value>,
}

impl Retry {
    /// Everything it says, as it is written.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        [Some(&self.times), self.every.as_ref(), self.up_to.as_ref()]
            .into_iter()
            .flatten()
    }
}

/// One argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    /// The parameter's name; without one the argument counts by its position (tau only).
    pub name: Option<Ident>,
    /// Its value.
    pub value: Value,
}

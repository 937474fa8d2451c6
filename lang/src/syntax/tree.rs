//! The one tree that both spellings give. Every node knows where it stands; equality asks only
//! what it says.

mod action;
mod authority;
mod mission;
mod statement;
mod test;
mod trigger;
mod trivia;
mod types;
mod uses;
mod value;

use std::fmt;

use crate::source::{At, Span};

pub use action::{ActionBody, Bound, Face, Need};
pub use authority::{Authority, Effect, Grant, Limit, LimitKind};
pub use mission::{Handler, Input, Mission, Output, Verifier};
pub use statement::{Arg, Body, BoxKind, Retry, Statement, StatementKind, Step};
pub use test::{CallOf, Expect, Given, GivenOutcome, Test};
pub use trigger::Trigger;
pub use trivia::{Doc, Lead, Trivia};
pub use types::{TypeExpr, TypeExprKind, TypeItem};
pub use uses::{Use, UseFrom};
pub use value::{Expr, Literal, LiteralValue, Piece, Template, Value, ValueKind};

/// Which spelling a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// The tau spelling.
    Tau,
    /// The YAML spelling.
    Yaml,
}

impl Spelling {
    /// The spelling of a file by its name: `.yaml` and `.yml` are YAML, all else is tau.
    #[must_use]
    pub fn of(name: &str) -> Spelling {
        let name = name.to_ascii_lowercase();
        if name.ends_with(".yaml") || name.ends_with(".yml") {
            Spelling::Yaml
        } else {
            Spelling::Tau
        }
    }
}

/// A whole file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// In the order of the text.
    pub items: Vec<Item>,
    /// Comments behind the last item.
    pub tail: Vec<Lead>,
}

/// One item of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `use std.{fs, git}`
    Use(Use),
    /// `type Edited = { paths: [path] }`
    Type(TypeItem),
    /// An action's face, in a file of missions with its body.
    Action(Face),
    /// A mission.
    Mission(Mission),
    /// A mission run with scripted actions, and what is expected of it.
    Test(Test),
    /// When a mission starts by itself.
    On(Trigger),
    /// What an operator lets every mission do.
    Policy(Authority),
}

impl Item {
    /// Its place.
    #[must_use]
    pub fn at(&self) -> Span {
        match self {
            Item::Use(node) => node.at.0,
            Item::Type(node) => node.at.0,
            Item::Action(node) => node.at.0,
            Item::Mission(node) => node.at.0,
            Item::Test(node) => node.at.0,
            Item::On(node) => node.at.0,
            Item::Policy(node) => node.at.0,
        }
    }

    /// Its place among the kinds of items, in which the one style has them.
    #[must_use]
    pub fn rank(&self) -> u8 {
        match self {
            Item::Use(_) => 0,
            Item::Type(_) => 1,
            Item::Action(_) => 2,
            Item::Mission(_) => 3,
            Item::Test(_) => 4,
            Item::On(_) => 5,
            Item::Policy(_) => 6,
        }
    }

    /// Its comments.
    #[must_use]
    pub fn trivia(&self) -> &Trivia {
        match self {
            Item::Use(node) => &node.trivia,
            Item::Type(node) => &node.trivia,
            Item::Action(node) => &node.trivia,
            Item::Mission(node) => &node.trivia,
            Item::Test(node) => &node.trivia,
            Item::On(node) => &node.trivia,
            Item::Policy(node) => &node.trivia,
        }
    }

    /// The `use` that it is.
    #[must_use]
    pub fn as_use(&self) -> Option<&Use> {
        match self {
            Item::Use(node) => Some(node),
            _ => None,
        }
    }

    /// See [`Item::trivia`].
    pub fn trivia_mut(&mut self) -> &mut Trivia {
        match self {
            Item::Use(node) => &mut node.trivia,
            Item::Type(node) => &mut node.trivia,
            Item::Action(node) => &mut node.trivia,
            Item::Mission(node) => &mut node.trivia,
            Item::Test(node) => &mut node.trivia,
            Item::On(node) => &mut node.trivia,
            Item::Policy(node) => &mut node.trivia,
        }
    }
}

/// A name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ident {
    /// The name itself.
    pub text: String,
    /// Its place.
    pub at: At,
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

//! Actions: their faces, and what performs them.

use super::{Body, Doc, Effect, Ident, Input, LimitKind, Output, Trivia, TypeExpr, Value};
use crate::source::At;

/// An action's face: what a caller must know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    /// Its name within its group (`write` for `fs.write`).
    pub name: Ident,
    /// Its parameters, in order.
    pub params: Vec<Input>,
    /// What it gives.
    pub result: TypeExpr,
    /// The authority it needs and what it touches, in terms of its parameters.
    pub needs: Vec<Need>,
    /// The most that one attempt of it takes and spends.
    pub bounds: Vec<Bound>,
    /// How it may be repeated: one of `pure`, `observe`, `replace`, `external`, `unknown`. One with
    /// a body may leave it out.
    pub kind: Option<Ident>,
    /// `gate`: every write that follows it in the text waits for it.
    pub gate: bool,
    /// What performs it. The library's own actions have none: Rust performs them.
    pub body: Option<ActionBody>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// What performs an action that is written in tau.
#[derive(Clone, Debug, PartialEq)]
pub enum ActionBody {
    /// `run "ruff check {{ path }}"`: one command. The action gives what `process.run` gives.
    Command(Value),
    /// Statements, with `output` lines that together are the result.
    Steps {
        /// The statements.
        body: Body,
        /// The fields of the result.
        outputs: Vec<Output>,
    },
}

/// One `needs`, `reads` or `writes` line of a face.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// `needs` asks for authority (and orders); `reads` and `writes` only order.
    pub asks: bool,
    /// The effect.
    pub effect: Effect,
    /// For `git` and `github`: what is done there, such as `commit`.
    pub verb: Option<Ident>,
    /// The scope, over the parameters; gives a string or a list of them.
    pub scope: Value,
    /// The whole line.
    pub at: At,
}

/// One `takes` or `spends` line of a face: `takes timeout`, `spends tokens max_tokens`.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// What is bounded; `takes` is about time.
    pub kind: LimitKind,
    /// The most of it, over the parameters.
    pub most: Value,
    /// The whole line.
    pub at: At,
}

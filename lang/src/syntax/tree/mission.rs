//! Missions, without their statements.

use super::{Authority, Body, Doc, Ident, Trivia, TypeExpr, Value};
use crate::source::At;

/// A mission.
#[derive(Clone, Debug, PartialEq)]
pub struct Mission {
    /// Its name.
    pub name: Ident,
    /// Its inputs, in order.
    pub inputs: Vec<Input>,
    /// What it may do; absent means nothing.
    pub authority: Option<Authority>,
    /// Its verifiers, in order.
    pub verifiers: Vec<Verifier>,
    /// Its statements, without the outputs.
    pub body: Body,
    /// `on failure { }`: runs once when the statements end in a failure.
    pub on_failure: Option<Handler>,
    /// `finally { }`: runs once, however the statements end.
    pub finally: Option<Handler>,
    /// Its outputs, in order.
    pub outputs: Vec<Output>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

impl Mission {
    /// One without a name and without anything in it.
    pub(crate) fn empty(at: At) -> Mission {
        Mission {
            name: Ident {
                text: String::new(),
                at,
            },
            inputs: Vec::new(),
            authority: None,
            verifiers: Vec::new(),
            body: Body::default(),
            on_failure: None,
            finally: None,
            outputs: Vec::new(),
            doc: None,
            trivia: Trivia::default(),
            at,
        }
    }
}

/// An input of a mission or a parameter of an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: TypeExpr,
    /// Its value when none is given; without one it is required unless its type is optional.
    pub default: Option<Value>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// The check that decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Verifier {
    /// Its name.
    pub name: Ident,
    /// The command. Required; absent only in a broken file.
    pub run: Option<Value>,
    /// Further commands, all of which decide as well.
    pub also: Vec<Value>,
    /// Globs of the files that no edit may touch and that always come from the base.
    pub protect: Vec<Value>,
    /// Environment of the command.
    pub env: Vec<(Ident, Value)>,
    /// How long the command may take.
    pub timeout: Option<Value>,
    /// How many runs must agree.
    pub runs: Option<Value>,
    /// What the failure on the base must look like.
    pub red: Option<Value>,
    /// Patterns of tests that passed before and need not pass any more.
    pub loses: Vec<Value>,
    /// Where the command leaves a report of its tests.
    pub report: Option<Value>,
    /// A command that is run behind the edits, which see nothing of it.
    pub heldout: Option<Value>,
    /// Globs of the files that only that command sees.
    pub hides: Vec<Value>,
    /// Programs that must be there.
    pub needs: Vec<Value>,
    /// Paths of what is installed in the user's checkout, which git ignores.
    pub installed: Vec<Value>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole block.
    pub at: At,
}

/// A result of the mission.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Its name.
    pub name: Ident,
    /// Its value.
    pub value: Value,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// Statements that run when the others have ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Handler {
    /// The statements.
    pub body: Body,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

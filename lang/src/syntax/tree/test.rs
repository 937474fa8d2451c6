//! Tests of missions.

use super::{Arg, Doc, Expr, Ident, Lead, Trivia, Value};
use crate::source::At;
use crate::syntax::text::Text;

/// A test of a mission.
///
/// ```tau
/// test "the second try passes" {
///   run   fix(check: "cargo test")
///   files { "src/a.txt": "hello" }
///   given verify.check returns { passed: false }
///   given fs.patch fails with "it does not apply"
///   expect outcome == "failed"
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What it shows, in words.
    pub name: Text,
    /// `run fix(…)`: the mission and its inputs. Required; absent only in a broken file.
    pub run: Option<CallOf>,
    /// `files { "path": "text" }`: the repository that the mission works on.
    pub files: Vec<(Text, Value)>,
    /// `given …`, in order.
    pub given: Vec<Given>,
    /// `expect …`, in order.
    pub expect: Vec<Expect>,
    /// Comments behind the last line.
    pub tail: Vec<Lead>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// A mission with its inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct CallOf {
    /// The (dotted) name of the mission.
    pub mission: Ident,
    /// Its inputs.
    pub args: Vec<Arg>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// `given verify.check returns { passed: true }`. Several for one action count in their order:
/// one for each call of it, the last also for all further ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// An action (`verify.check`) or a step of the mission (`green`).
    pub target: Ident,
    /// What it does instead of its work.
    pub outcome: GivenOutcome,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// See [`Given`].
#[derive(Clone, Debug, PartialEq)]
pub enum GivenOutcome {
    /// `returns value`
    Returns(Value),
    /// `fails with "text"`
    Fails(Value),
}

/// `expect steps.edit.attempts == 2`: must hold when the run has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// Over the run's result: `outcome`, `reason`, `outputs`, `steps`, `blocked`, `spent`.
    pub condition: Expr,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

//! What an action is: a name, and hands that reach the world only through a [`Hands`] value.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::person::{Answer, Question};

/// The future that an action returns.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>>;

/// One standard action. Its face (parameters, result, authority, repeatability) is a tau file;
/// this is what performs it.
pub trait Action: Send + Sync + 'static {
    /// The dotted name under which missions call it, such as `fs.write`.
    fn name(&self) -> &'static str;

    /// Performs it once. The arguments have been checked against the face: every required
    /// parameter is there with its declared type, defaults are filled in.
    ///
    /// # Errors
    /// A [`Failure`] with everything a person needs to go on. Nothing the action staged is kept.
    fn run<'a>(&'a self, call: &'a Call) -> Running<'a>;
}

/// One call of an action: its arguments and the only way to the world.
pub struct Call {
    /// The step that calls, with its calls and rounds: `prove/edit#2`.
    pub step: String,
    /// The arguments by parameter name.
    pub args: Map<String, Value>,
    /// Files, processes, git and time, each under the step's authority.
    pub hands: Box<dyn Hands>,
}

/// Why a step did not succeed, in words for its reader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// Whether the action failed, or may not or cannot even be tried.
    pub kind: FailureKind,
    /// A stable, short, kebab-case name, such as `edit-ambiguous`.
    pub code: String,
    /// One or more sentences that can be read alone.
    pub message: String,
    /// What to do now, if the action knows.
    pub help: Option<String>,
    /// Facts for programs (line numbers, matches), `null` when there are none.
    pub detail: Value,
}

/// See [`Failure::kind`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// It was tried and did not work.
    Failed,
    /// Something that only a person can give is missing: authority, a tool, a verifier.
    Blocked(Missing),
    /// A person must answer first. The run ends as `waiting`, and the step asks for its answer
    /// again when the run goes on.
    Waiting(Question),
}

/// One thing that a blocked run lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The effect word, such as `write`.
    pub effect: String,
    /// The path, command or ref that was asked for.
    pub scope: String,
    /// What limited it: `mission`, `policy`, `caller`, `machine`.
    pub limited_by: String,
    /// The line that would grant it, where one can.
    pub grant: Option<String>,
}

impl Failure {
    /// A plain failure: `code` is its stable name, `message` the sentence for its reader.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Failure {
            kind: FailureKind::Failed,
            code: code.to_owned(),
            message: message.into(),
            help: None,
            detail: Value::Null,
        }
    }

    /// A person must answer first.
    #[must_use]
    pub fn waiting(question: Question) -> Self {
        let message = question.text.clone();
        Failure {
            kind: FailureKind::Waiting(question),
            ..Failure::new("human-waiting", message)
        }
    }

    /// The same failure with what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same failure with facts for programs.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

/// The kinds of file that git knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FileMode {
    /// `100644`
    #[serde(rename = "100644")]
    Regular,
    /// `100755`
    #[serde(rename = "100755")]
    Executable,
    /// `120000`: the content is the link's target.
    #[serde(rename = "120000")]
    Link,
}

/// One file of the mission's tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its bytes, exactly.
    pub bytes: Vec<u8>,
    /// Its mode.
    pub mode: FileMode,
}

/// One change to the mission's tree. A rename is a removal and a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Relative to the repository's root, `/` between its parts.
    pub path: String,
    /// The file afterwards; `None` removes it.
    pub file: Option<File>,
}

/// A command to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Program and arguments; never seen by a shell.
    pub argv: Vec<String>,
    /// Added to the cleared environment.
    pub env: Vec<(String, String)>,
    /// After this the whole process group is killed.
    pub timeout: Duration,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// It exited by itself with this code.
    Code(i32),
    /// A signal ended it.
    Signal(i32),
    /// It ran longer than it may and was killed with all its children.
    TimedOut,
    /// It wrote more than it may and was killed with all its children.
    TooMuchOutput,
}

/// A process that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// How.
    pub exit: Exit,
    /// The last part of what it wrote to both streams, as text (invalid bytes replaced).
    pub tail: String,
    /// The blob that holds all of it.
    pub log: String,
    /// Wall time in seconds.
    pub seconds: f64,
}

/// Which tree to check out cleanly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The commit the run started from.
    Base,
    /// The mission's tree as it is now, with the files that match `protected` taken from the base.
    Candidate {
        /// Path globs.
        protected: Vec<String>,
    },
}

/// A clean checkout of one tree in a folder of its own, removed when dropped.
pub trait Checkout: Send + Sync {
    /// The git object id of the tree that was checked out.
    fn tree(&self) -> &str;

    /// Runs a command in it. Needs `run` for the command.
    fn run<'a>(
        &'a self,
        command: Command,
    ) -> Pin<Box<dyn Future<Output = Result<Finished, Failure>> + Send + 'a>>;
}

/// Everything an action can do to the world. Each method asks the broker first; what is not
/// granted comes back as a [`FailureKind::Blocked`] failure and has done nothing.
pub trait Hands: Send + Sync {
    /// The files of the mission's tree whose paths match `glob` and that may be read, sorted.
    fn list(&self, glob: &str) -> Result<Vec<String>, Failure>;

    /// One file; `None` when there is none. Needs `read path`.
    fn read(&self, path: &str) -> Result<Option<File>, Failure>;

    /// Stages changes. They become part of the mission's tree when the step succeeds, all of
    /// them or none. Needs `write` for every path.
    fn change(&self, changes: Vec<Change>) -> Result<(), Failure>;

    /// The difference from the base (with staged changes) as a unified diff in git's form.
    fn diff(&self) -> Result<String, Failure>;

    /// Up to `limit` commits that lead to the base, newest first: id, author date, subject.
    fn log(&self, limit: usize) -> Result<Vec<Value>, Failure>;

    /// The id of the mission's tree as it is now, with `protected` files taken from the base.
    fn candidate(&self, protected: &[String]) -> Result<String, Failure>;

    /// A clean checkout.
    fn checkout(&self, subject: Subject) -> Result<Box<dyn Checkout>, Failure>;

    /// Runs a command in the mission's worktree and stages what it changed within `writes`.
    fn run<'a>(
        &'a self,
        command: Command,
        writes: &'a [String],
    ) -> Pin<Box<dyn Future<Output = Result<Finished, Failure>> + Send + 'a>>;

    /// Commits `tree` on the run's branch. Needs `git commit on BRANCH`. Returns id and branch.
    fn commit(&self, tree: &str, message: &str) -> Result<(String, String), Failure>;

    /// What a person answered to the question of this step, if somebody has.
    fn answer(&self) -> Option<Answer>;

    /// Lets time pass.
    fn sleep<'a>(
        &'a self,
        time: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;
}

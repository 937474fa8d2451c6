//! Everything an action can do to the world, by kind. Each method asks the broker first; what is
//! not granted comes back as a [`FailureKind::Blocked`](super::FailureKind::Blocked) failure and
//! has done nothing.
//!
//! What only looks cannot even name what changes something:
//!
//! ```compile_fail,E0599
//! use tau_interpreter::action::{Failure, Look};
//!
//! fn observe(hands: &dyn Look) -> Result<(), Failure> {
//!     hands.change(Vec::new())
//! }
//! ```
//!
//! while what may change the run's own tree can:
//!
//! ```
//! use tau_interpreter::action::{Failure, Work};
//!
//! fn replace(hands: &dyn Work) -> Result<(), Failure> {
//!     hands.change(Vec::new())
//! }
//! ```

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tau_lang::syntax::tree::Effect;

use super::{
    Asking, Change, Changed, Command, Failure, Fetch, Fetched, File, Finished, Ground, Later,
    NotDone, Part, Reply, Sending, SpendingSaid, Subject, Talk,
};
use crate::ledger::Amount;
use crate::person::Answer;
use crate::providers::Provider;
use crate::sandbox::Tier;
use crate::wait::Sent;

/// What a call of a model may take. One that is dropped without being settled, because nobody knows
/// what the call took, counts whole.
pub struct Reservation {
    settle: Box<dyn FnOnce(Amount) + Send>,
}

impl Reservation {
    /// A reservation that tells `settle` what the call took.
    pub fn new(settle: impl FnOnce(Amount) + Send + 'static) -> Reservation {
        let settle = Box::new(settle);
        Reservation { settle }
    }

    /// The call has taken this.
    pub fn settle(self, used: Amount) {
        (self.settle)(used);
    }
}

/// Hands that look, and change nothing.
pub trait Look: Send + Sync {
    /// The files of the mission's tree whose paths match `glob` and that may be read, sorted.
    fn list(&self, glob: &str) -> Result<Vec<String>, Failure>;

    /// All files that may be read, to tell which of them is near to one that is not there. It is
    /// no use of what is granted.
    fn names(&self) -> Vec<String> {
        self.list("**").unwrap_or_default()
    }

    /// One file; `None` when there is none. Needs `read path`.
    fn read(&self, path: &str) -> Result<Option<File>, Failure>;

    /// The difference from the base (with staged changes) as a unified diff in git's form.
    fn diff(&self) -> Result<String, Failure>;

    /// Up to `limit` commits that lead to the base, newest first: id, author date, subject.
    fn log(&self, limit: usize) -> Result<Vec<Value>, Failure>;

    /// The id of the mission's tree as it is now, with the protected files taken from the ground.
    fn candidate(&self, ground: &Ground) -> Result<String, Failure>;

    /// The files in which [`Look::candidate`] differs from the ground, sorted by path.
    fn changed(&self, ground: &Ground) -> Result<Vec<Changed>, Failure>;
    /// Whether anything of this kind is granted to the step, whatever it is. It is no use of it.
    fn holds(&self, effect: Effect) -> bool;

    /// Whether a program of this name can be started on this machine.
    fn finds(&self, program: &str) -> bool;

    /// Whether the user's checkout has something at `path` that is no part of the repository.
    fn is_installed(&self, path: &str) -> bool;

    /// What a person answered to the question of this step, if somebody has.
    fn answer(&self) -> Option<Answer>;

    /// Ends at this date, whenever the clock says that it has come.
    ///
    /// # Errors
    /// It is far away: a [`FailureKind::Until`](super::FailureKind::Until), so that no process
    /// waits for it.
    fn wait_until<'a>(&'a self, date: Timestamp) -> Later<'a, ()>;

    /// The next event of this name that somebody has sent to the run.
    ///
    /// # Errors
    /// None has come: a [`FailureKind::Until`](super::FailureKind::Until); or `event-late`, when
    /// the step has waited for it as long as it is to `within`.
    fn event(&self, name: &str, within: Option<Duration>) -> Result<Sent, Failure>;

    /// Gets a page. Needs `net` for its host, and for every host that it leads to.
    ///
    /// # Errors
    /// It cannot be reached, is too large, takes too long or leads nowhere. A status is none.
    fn fetch<'a>(&'a self, fetch: &'a Fetch) -> Later<'a, Fetched>;

    /// The models that the step may ask, in the order in which its mission grants them: those that
    /// are named, and of a pattern those that the operator asks by default.
    ///
    /// # Errors
    /// There is none.
    fn models(&self) -> Result<Vec<String>, Failure>;

    /// The models that are asked when one that the step names is not there: those that stand behind `else`
    /// in the line that grants it.
    fn models_else(&self, model: &str) -> Vec<String>;

    /// The provider of a model, and its own name for it.
    ///
    /// # Errors
    /// There is none.
    fn provider(&self, model: &str) -> Result<(Provider, String), Failure>;

    /// Whether some grant limits what the step may spend of money on a model.
    fn counts_money(&self, model: &str) -> bool;

    /// Calls a model once. What it may take is reserved before; what it has answered is durable
    /// when this returns, and after a crash the record is used instead of calling again. Needs
    /// `model`, and no `net` nor `secret`: where the provider is and which key it gets is the
    /// operator's to say.
    ///
    /// # Errors
    /// There is no answer. A status is none.
    fn call_model<'a>(&'a self, asking: Asking<'a>) -> Later<'a, Reply>;

    /// What this step gave in the rounds of its loop so far, the first one first.
    fn earlier(&self) -> Vec<Value>;

    /// Reserves what one call of a model may take `most`, under every limit that bounds the step. It
    /// is durable when this returns. Needs `model`.
    ///
    /// # Errors
    /// There is not so much left: `tokens-exhausted`, `money-exhausted` or `calls-exhausted`.
    fn reserve<'a>(&'a self, model: &'a str, most: Amount) -> Later<'a, Reservation>;

    /// Records what a started program says that it has spent. It is durable when this returns.
    ///
    /// # Errors
    /// The journal cannot be written.
    fn note_spending(&self, said: SpendingSaid) -> Later<'_, ()>;

    /// Lets time pass.
    ///
    /// # Errors
    /// It is much: a [`FailureKind::Until`](super::FailureKind::Until), so that no process waits
    /// for it.
    fn sleep<'a>(&'a self, time: Duration) -> Later<'a, ()>;
}

/// Hands that also change what the run has for itself.
pub trait Work: Look {
    /// Whether the step may write a file.
    ///
    /// # Errors
    /// Why not, as a clause about it: `is not granted`.
    fn may_write(&self, path: &str) -> Result<(), String>;

    /// Stages changes. They become part of the mission's tree when the step succeeds, all of
    /// them or none. Needs `write` for every path.
    fn change(&self, changes: Vec<Change>) -> Result<(), Failure>;

    /// A clean checkout. Files that match one of `hidden` are not in it, though they are in the
    /// tree that it is about; what is `installed` is in it, as links to that of the user's
    /// checkout, which its commands can read.
    fn checkout(
        &self,
        subject: Subject,
        hidden: &[String],
        installed: &[String],
    ) -> Result<Box<dyn Checkout>, Failure>;

    /// Runs a command in the mission's worktree and stages what it changed within `writes`.
    fn run<'a>(&'a self, command: Command, writes: &'a [String]) -> Later<'a, Finished>;

    /// The same, while `talk` talks with it.
    fn converse<'a>(
        &'a self,
        command: Command,
        writes: &'a [String],
        talk: &'a mut dyn Talk,
    ) -> Later<'a, Finished>;

    /// Sends a request of which nobody knows what it changes, once. Needs `net` for its host.
    ///
    /// # Errors
    /// As of [`Look::fetch`]; and [`FailureKind::Uncertain`](super::FailureKind::Uncertain) when it
    /// was sent and not answered.
    fn send<'a>(&'a self, sending: &'a Sending) -> Later<'a, Fetched>;

    /// Does a part of the step: calls another action with these hands. What it made of it is recorded when
    /// this returns; after a crash the record is used, with all that the part changed, and nothing is
    /// done again. A part that fails has changed nothing.
    ///
    /// # Errors
    /// It cannot be recorded, or waits for somebody. That the part itself failed is told as its value.
    fn part<'a>(&'a self, part: Part<'a>) -> Later<'a, Value>;

    /// Commits `tree` on the run's branch, signed with the runner's key if `sign` says so. Needs `git
    /// commit on BRANCH`. Returns id and branch.
    fn commit(&self, tree: &str, message: &str, sign: bool) -> Result<(String, String), Failure>;
}

/// Hands that also look outside of this machine, at what external actions change there.
pub trait Survey: Look {
    /// Where a branch of a remote is now: a commit's id, or `None` when there is no such branch.
    /// Needs `git push on BRANCH`, and `secret` for its token.
    fn remote_branch<'a>(
        &'a self,
        remote: &'a Remote,
        branch: &'a str,
    ) -> Later<'a, Option<String>>;

    /// Sends a request that has a body and changes nothing: a query of GraphQL. That it changes
    /// nothing is the action's word. Needs `net` for its host.
    ///
    /// # Errors
    /// As of [`Look::fetch`].
    fn query<'a>(&'a self, sending: &'a Sending) -> Later<'a, Fetched>;

    /// What the run has taken of models so far. What an action does with it stands in its intention.
    fn spent(&self) -> Amount;
}

/// Hands that change what is outside.
pub trait Act: Survey {
    /// Moves a branch of a remote, if it still is where it was expected. Needs
    /// `git push on BRANCH`, and `secret` for its token.
    fn push<'a>(&'a self, push: &'a Push) -> Pushing<'a>;

    /// Sends a request that changes something, once. Any status is an answer. Needs `net` for its host.
    fn request<'a>(&'a self, sending: &'a Sending) -> Requesting<'a>;
}

/// A remote of the repository, and how to log in there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// Its name in the repository's configuration.
    #[serde(rename = "remote")]
    pub name: String,
    /// The name of a secret with which tau itself logs in, over HTTPS; without one, git logs in as
    /// its user has set it up.
    #[serde(default)]
    pub token: Option<String>,
}

/// A branch of a remote that is to be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// Where to.
    pub remote: Remote,
    /// The branch, here and there.
    pub branch: String,
    /// The commit that it shall be at.
    pub commit: String,
    /// Where it must be before; nowhere when there is none.
    pub expected: Option<String>,
    /// How long it may take.
    pub timeout: Duration,
}

/// What a request that changes something comes to, later.
pub type Requesting<'a> = Pin<Box<dyn Future<Output = Result<Fetched, NotDone>> + Send + 'a>>;

/// What a push comes to, later.
pub type Pushing<'a> = Pin<Box<dyn Future<Output = Result<(), NotDone>> + Send + 'a>>;

/// A clean checkout of one tree in a folder of its own, removed when dropped.
pub trait Checkout: Send + Sync {
    /// The git object id of the tree that was checked out.
    fn tree(&self) -> &str;

    /// How strong the box is that its commands run in.
    fn tier(&self) -> Tier;

    /// What a command with these words could depend on besides the tree, as a SHA-256: the box, the
    /// variables that all commands get, and the program's file (its place, size and date).
    fn environment(&self, argv: &[String]) -> String;

    /// A text that nobody can guess, another one each time: 32 letters and digits.
    fn nonce(&self) -> String;

    /// Where a shelf is, for tau and for its commands.
    fn path(&self, shelf: Shelf) -> PathBuf;

    /// Puts a new file on a shelf; `starts` says that it can be started.
    fn put(&self, shelf: Shelf, name: &str, bytes: &[u8], starts: bool) -> Result<(), Failure>;

    /// What a file on a shelf holds; `None` when there is none. No link is followed.
    ///
    /// # Errors
    /// `report-unreadable`: it is no regular file, or larger than 32 MB.
    fn take(&self, shelf: Shelf, name: &str) -> Result<Option<Vec<u8>>, Failure>;

    /// The names on a shelf, sorted.
    fn names(&self, shelf: Shelf) -> Vec<String>;

    /// Runs a command in it. Needs `run` for the command. What is started is `watched` instead, if
    /// it is given: the same command with what tells tau how it went.
    fn run<'a>(&'a self, command: Command, watched: Option<Vec<String>>) -> Later<'a, Finished>;
}

/// Where files of a checkout are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// The tree's own.
    Files,
    /// What tau gives to its commands. In a full box they cannot change it.
    Tools,
    /// What its commands leave for tau.
    Reports,
}

//! What a test ended with.

use serde::Serialize;
use tau_interpreter::report::Report;

use super::crash::harm::Harm;

/// A test that was run.
#[derive(Debug, Serialize)]
pub(crate) struct Tested {
    /// The file it stands in.
    pub(crate) file: String,
    /// Its name.
    pub(crate) name: String,
    /// The line it stands on.
    pub(crate) line: usize,
    /// How it ended.
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
    /// Wall time in seconds.
    pub(crate) seconds: f64,
    /// The run, when there was one.
    pub(crate) report: Option<Report>,
}

/// See [`Tested`].
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", content = "detail", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Everything that it expects holds.
    Passed(Harmed),
    /// Something does not.
    Failed(Vec<Broken>),
    /// It ends otherwise when this is done to it and it is gone on with.
    Differs(Vec<Different>),
    /// The mission could not be run, for this reason.
    Broken(String),
}

/// How often a run was harmed, and ended the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Harmed {
    /// It was killed.
    pub(crate) kills: usize,
    /// An answer was lost.
    pub(crate) lost: usize,
}

/// An expectation that does not hold.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Broken {
    /// As it is written.
    pub(crate) expect: String,
    /// Its place: `fix.tau:31:10`.
    pub(crate) at: String,
    /// What its parts are: `steps.edit.attempts` and `1`.
    pub(crate) values: Vec<(String, String)>,
}

/// A harm that changed how a run ends.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Different {
    /// What was done to it.
    pub(crate) harm: Harm,
    /// Behind which record of the journal.
    pub(crate) behind: String,
    /// Both, in words.
    #[serde(skip)]
    pub(crate) told: String,
    /// What is different: `outcome`.
    pub(crate) what: String,
    /// Its value without it.
    pub(crate) was: String,
    /// Its value with it.
    pub(crate) is: String,
}

impl Tested {
    /// Whether it passed.
    pub(crate) fn passed(&self) -> bool {
        matches!(self.outcome, Outcome::Passed(_))
    }
}

//! What the runs of a verifier on one tree showed together.

use serde::{Deserialize, Serialize};

use super::report::Tests;

/// The record that missions hold; its fields are in the face.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Verdict {
    /// Every run passed.
    pub(super) passed: bool,
    pub(super) verdict: Word,
    /// One sentence.
    pub(super) why: String,
    /// Its name.
    pub(super) verifier: String,
    /// See [`Verifier::digest`](super::verifier::Verifier::digest).
    pub(super) digest: String,
    /// The git object id of the tree that was judged.
    pub(super) tree: String,
    /// What else the runs could depend on, as a digest.
    pub(super) environment: String,
    /// How strong the box was.
    pub(super) tier: String,
    /// The runner whose structured result was read, with its version; none when exit codes decided.
    pub(super) runner: Option<String>,
    /// Whether the runner reported the tests that tau added as what they are.
    pub(super) sentinels: bool,
    /// The tests of the last run; none when exit codes decided.
    pub(super) tests: Option<Tests>,
    /// Of the last run, if it ended by itself, and no test of tau's decided it.
    pub(super) exit: Option<i32>,
    /// How many were made; fewer than asked for when one settled it.
    pub(super) runs: u64,
    /// Of all runs.
    pub(super) seconds: f64,
    /// The last of the last run's output.
    pub(super) log: String,
    /// The blob with all of it; none when nothing could be started.
    pub(super) log_ref: Option<String>,
}

/// The verdict in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    /// It failed.
    Red,
    /// It passed.
    Green,
    /// It passed where it should fail.
    AlreadyGreen,
    /// Its runs disagree.
    Flaky,
    /// It could not decide.
    Broken,
    /// It decided nothing: it ran no tests.
    Vacuous,
    /// What it says is not to be believed.
    Compromised,
}

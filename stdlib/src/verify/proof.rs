//! That a change turned a verifier from RED to GREEN, and back when it was taken back.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tau_interpreter::action::Failure;

use super::verdict::Verdict;
use super::verifier::Verifier;

/// The record that missions hold; its fields are in the face.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Proof {
    /// The tree that was proven, with the protected files of the base.
    pub(crate) tree: String,
    /// The base's tree.
    pub(super) base: String,
    /// The verifier's name.
    pub(super) verifier: String,
    /// The verifier's digest.
    pub(super) digest: String,
    /// What the verifier protects: without it nobody can tell whether `tree` is still the
    /// mission's.
    pub(crate) protect: Vec<String>,
    pub(super) level: Level,
    /// Why the level is no higher, as sentences.
    pub(super) limits: Vec<String>,
    pub(super) green: Verdict,
    pub(super) taken_back: Verdict,
}

/// How much a proof shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    /// RED, GREEN and RED again, judged by exit codes.
    Tested,
}

/// Why a proof of this verifier is no more than tested.
pub(super) fn limits(verifier: &Verifier) -> Vec<String> {
    let mut limits = vec![
        "Judged by exit codes alone: which tests ran, and which of them passed, is not known."
            .to_owned(),
        "No held-out check: the verifier was known when the change was made.".to_owned(),
    ];
    if verifier.runs < 2 {
        limits.push(
            "One run for each tree: a check that passes only sometimes would not be noticed."
                .to_owned(),
        );
    }
    if verifier.protect.len() == verifier.own.len() {
        limits.push(
            "The verifier protects no files: the change may have altered the tests themselves."
                .to_owned(),
        );
    }
    limits
}

/// The failure of a step that was given a verdict or a proof (`what`) of a tree that the mission
/// has left behind.
pub(crate) fn edited_since(what: &str, tree: &str, now: &str) -> Failure {
    Failure::new(
        "proof-outdated",
        format!(
            "The files were edited after this {what}: it is about the tree `{tree}`, and the mission's tree is now `{now}`."
        ),
    )
    .help("After the last edit, run `verify.check` and `verify.prove` again.")
    .detail(json!({ "tree": tree, "now": now }))
}

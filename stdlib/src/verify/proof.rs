//! That a change turned a verifier from RED to GREEN, and back when it was taken back.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tau_interpreter::action::{Changed, Failure, Ground};

use super::confidence::ENOUGH;
use super::freeze::Frozen;
use super::runners::DOC_TESTS;
use super::steering;
use super::verdict::{Verdict, Word};
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
    pub(crate) level: Level,
    /// Why the level is no higher, as sentences.
    pub(crate) limits: Vec<String>,
    /// How surely the runs are not those of a check that passes by chance, up to 1.
    pub(super) confidence: f64,
    /// The files in which the tree differs from the base.
    pub(super) changed: Vec<String>,
    /// Those without whose change the check passes as well.
    pub(super) idle: Vec<String>,
    /// Whether the held-out check was run, and passed.
    pub(super) heldout: bool,
    /// The new files that counted as the base's.
    #[serde(default)]
    pub(crate) frozen: Option<Frozen>,
    pub(super) red: Verdict,
    pub(super) green: Verdict,
    pub(super) taken_back: Verdict,
}

impl Proof {
    /// Whether what it says fits together: RED on the base, GREEN on the proven tree, and RED again
    /// when the change was taken back, all by the verifier that it names.
    pub(crate) fn holds(&self) -> bool {
        let all = [&self.red, &self.green, &self.taken_back];
        self.red.verdict == Word::Red
            && self.red.tree == self.base
            && self.green.passed
            && self.green.tree == self.tree
            && !self.taken_back.passed
            && all.iter().all(|verdict| verdict.digest == self.digest)
    }

    /// What the proven tree was held against.
    pub(crate) fn ground(&self) -> Ground {
        Frozen::ground(&self.protect, self.frozen.as_ref())
    }
}

/// How much a proof shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    /// RED, GREEN and RED again, outside of any box.
    Claimed,
    /// RED, GREEN and RED again, in a box.
    Tested,
    /// The same, and nothing stands against it.
    Proved,
}

impl Level {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Level::Claimed => "claimed",
            Level::Tested => "tested",
            Level::Proved => "proved",
        }
    }
}

/// What a level is found from.
pub(super) struct Shown<'a> {
    pub(super) verifier: &'a Verifier,
    pub(super) changed: &'a [Changed],
    pub(super) confidence: f64,
    pub(super) verdicts: [&'a Verdict; 4],
}

impl Shown<'_> {
    /// The level, and why it is no higher.
    pub(super) fn level(&self) -> (Level, Vec<String>) {
        let mut limits = Vec::new();
        let has = |it: &dyn Fn(&Verdict) -> bool| self.verdicts.iter().all(|verdict| it(verdict));
        let in_box = has(&|verdict| verdict.tier != "none");
        if !in_box {
            limits.push(
                "The commands ran in no box: what else they could reach is not known.".to_owned(),
            );
        }
        if !has(&|verdict| verdict.tests.is_some()) {
            limits.push(
                "Judged by exit codes alone: which tests ran, and which of them passed, is not known."
                    .to_owned(),
            );
        } else if !has(&|verdict| verdict.sentinels) {
            limits.push(
                "The runner was not tried with tests that tau adds: what it reports rests on its word."
                    .to_owned(),
            );
        }
        if self.verifier.heldout.is_none() {
            limits.push(
                "No held-out check: the verifier was known when the change was made.".to_owned(),
            );
        }
        for file in self.verifier.frozen.iter().flat_map(|it| &it.files) {
            limits.push(format!(
                "What decides was written in this run, as `{}` (SHA-256 {}): nobody had it before.",
                file.path, file.digest
            ));
        }
        let rests_on_docs = self.verdicts.iter().any(|verdict| {
            let failed = verdict.tests.iter().flat_map(|tests| &tests.failed);
            failed.clone().any(|test| test == DOC_TESTS)
        });
        if rests_on_docs {
            limits.push(
                "What failed are doc tests: they stand in the files that the change may edit."
                    .to_owned(),
            );
        }
        if self.verifier.runs < 2 {
            limits.push(
                "One run for each tree: a check that passes only sometimes would not be noticed."
                    .to_owned(),
            );
        } else if self.confidence < ENOUGH {
            limits.push(format!(
                "Too few runs: a check that passes by chance could show the same with a chance of {:.0} in 100.",
                (1.0 - self.confidence) * 100.0
            ));
        }
        if self.verifier.protect.len() <= self.verifier.own.len() + self.verifier.hides.len() {
            limits.push(
                "The verifier protects no files: the change may have altered the tests themselves."
                    .to_owned(),
            );
        }
        limits.extend(steering::limits(self.changed));
        let level = match (in_box, limits.is_empty()) {
            (false, _) => Level::Claimed,
            (true, false) => Level::Tested,
            (true, true) => Level::Proved,
        };
        (level, limits)
    }
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

/// Refuses a verdict that another verifier has made, or this one when it was another.
pub(super) fn of_verifier(
    name: &str,
    verdict: &Verdict,
    verifier: &Verifier,
) -> Result<(), Failure> {
    let digest = verifier.digest();
    if verdict.digest == digest {
        return Ok(());
    }
    Err(Failure::new(
        "proof-other-verifier",
        format!(
            "The verdict `{name}` is not of the verifier `{}` as it is now: the command, its variables, its limits or the protected files are others.",
            verifier.name
        ),
    )
    .help("Give `verify.red`, `verify.check` and `verify.prove` the same verifier.")
    .detail(json!({ "digest": digest, "verdict": verdict })))
}

/// Refuses a verdict from another environment than the one in which the same tree is judged now.
/// What differs between the two need not be the change.
pub(super) fn in_environment(name: &str, before: &Verdict, now: &Verdict) -> Result<(), Failure> {
    if before.environment == now.environment {
        return Ok(());
    }
    Err(Failure::new(
        "proof-other-environment",
        format!(
            "The verdict `{name}` was found in another environment than this step has: the box, the variables that every command gets, or the program are others."
        ),
    )
    .help("Start the run again where it is to end, or go on with it where it began.")
    .detail(json!({ "then": before.environment, "now": now.environment })))
}

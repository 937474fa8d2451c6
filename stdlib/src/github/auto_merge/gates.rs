//! What must hold before anything is merged, and what each says when it does not.

use std::time::Duration;

use serde_json::json;
use tau_interpreter::action::{Failure, FailureKind, Missing, Survey};

use super::state::{Lifecycle, Readiness, Required, State};
use super::{AutoMerge, Way};
use crate::github::marker::Marker;
use crate::verify::Level;

/// How often, and how long, a host may find out whether a pull request can be merged.
const FINDING_OUT: usize = 5;
const PAUSE: Duration = Duration::from_secs(2);

/// What does not hold.
pub(super) enum Gate<'s> {
    Proof,
    ProofLevel,
    ProofOutdated,
    OtherRepository(&'s State),
    OtherRun,
    OtherBranch(&'s State),
    HeadMoved(&'s State),
    Closed,
    Draft,
    Unprotected(&'s State),
    Method(&'s State),
    Conflict,
    Behind(&'s State),
    NotReady,
    Unknown,
}

impl AutoMerge {
    /// The proof is one of the tree that was committed, and of the mission's tree as it still is.
    pub(super) fn proven(&self, hands: &dyn Survey) -> Result<(), Failure> {
        if !self.proof.holds() || self.proof.tree != self.commit.tree {
            return Err(self.stopped(&Gate::Proof));
        }
        if self.proof.level == Level::Claimed {
            return Err(self.stopped(&Gate::ProofLevel));
        }
        match hands.candidate(&self.proof.ground())? == self.proof.tree {
            true => Ok(()),
            false => Err(self.stopped(&Gate::ProofOutdated)),
        }
    }

    /// It belongs to this repository and run, and is at the proven commit.
    pub(super) fn is_ours(&self, state: &State, marker: Option<&Marker>) -> Result<(), Failure> {
        let here = |name: &str| name.eq_ignore_ascii_case(&self.pr.repo);
        let is_here = here(&state.repository) && state.head_repository.as_deref().is_none_or(here);
        let gate = if !is_here {
            Gate::OtherRepository(state)
        } else if marker.is_some_and(|marker| !marker.is_of_run(&state.body)) {
            Gate::OtherRun
        } else if state.branch != self.commit.branch {
            Gate::OtherBranch(state)
        } else if state.head != self.commit.sha || self.pr.head != self.commit.sha {
            Gate::HeadMoved(state)
        } else {
            return Ok(());
        };
        Err(self.stopped(&gate))
    }

    /// How it can be merged by whoever is no administrator.
    pub(super) async fn way_of(
        &self,
        state: &State,
        marker: Option<&Marker>,
        hands: &dyn Survey,
    ) -> Result<Way, Failure> {
        self.is_ours(state, marker)?;
        match state.lifecycle {
            Lifecycle::Open => {}
            Lifecycle::Closed | Lifecycle::Merged => return Err(self.stopped(&Gate::Closed)),
        }
        // The branch of a closed one may be gone, and of an open one it is there.
        if state.head_repository.is_none() {
            return Err(self.stopped(&Gate::OtherRepository(state)));
        }
        if state.is_draft {
            return Err(self.stopped(&Gate::Draft));
        }
        let required = Required::read(self, &state.base, hands).await?;
        let has_queue = required.queue || state.has_queue;
        if !required.checks && !has_queue {
            return Err(self.stopped(&Gate::Unprotected(state)));
        }
        if !has_queue && !state.methods.contains(&self.method.name()) {
            return Err(self.stopped(&Gate::Method(state)));
        }
        match self.readiness(state, hands).await? {
            Readiness::Conflict => Err(self.stopped(&Gate::Conflict)),
            Readiness::Unknown => Err(self.stopped(&Gate::Unknown)),
            // A queue brings it up to date by itself.
            Readiness::Ready | Readiness::Behind if has_queue => Ok(Way::Queue),
            Readiness::Ready => Ok(Way::Direct),
            Readiness::Behind => Err(self.stopped(&Gate::Behind(state))),
            Readiness::Blocked if state.allows_auto => Ok(Way::Auto),
            Readiness::Blocked => Err(self.stopped(&Gate::NotReady)),
        }
    }

    /// A host finds out in the background whether a pull request can be merged, once it is asked.
    async fn readiness(&self, state: &State, hands: &dyn Survey) -> Result<Readiness, Failure> {
        let mut now = state.readiness;
        for _ in 0..FINDING_OUT {
            if now != Readiness::Unknown {
                break;
            }
            hands.sleep(PAUSE).await?;
            let state = State::read(self, hands).await?;
            self.is_ours(&state, None)?;
            now = state.readiness;
        }
        Ok(now)
    }

    /// What the host says of a merge that it did not make.
    pub(super) fn not_merged(&self, failure: Failure) -> Failure {
        let gate = match failure.detail["status"].as_u64() {
            // What is required is not there any more, or the method is not allowed.
            Some(405) => Gate::NotReady,
            Some(409) => Gate::Unknown,
            _ => return failure,
        };
        let stopped = self.stopped(&gate);
        Failure {
            message: format!("{} {}", stopped.message, failure.message),
            ..stopped
        }
    }

    /// A run that a gate has stopped: blocked, with what to do.
    pub(super) fn stopped(&self, gate: &Gate<'_>) -> Failure {
        let number = format!("{}#{}", self.pr.repo, self.pr.number);
        let sha = &self.commit.sha;
        let (code, message, help) = match gate {
            Gate::Proof => (
                "merge-proof",
                "The proof does not show what was committed: RED, GREEN and RED again of this tree."
                    .to_owned(),
                "Give it the proof with which `git.commit` has made the commit.".to_owned(),
            ),
            Gate::ProofLevel => (
                "merge-proof-level",
                "The proof is only `claimed`: its commands ran in no box.".to_owned(),
                "Run the mission where there is a box (`tau doctor` tells), or merge it by hand."
                    .to_owned(),
            ),
            Gate::ProofOutdated => (
                "merge-proof-outdated",
                "The files were edited after the proof.".to_owned(),
                "After the last edit, check, prove, commit and push again.".to_owned(),
            ),
            Gate::OtherRepository(state) => (
                "merge-other-repository",
                format!(
                    "{number} is of `{}`, and its branch is in `{}`.",
                    state.repository,
                    state.head_repository.as_deref().unwrap_or("no repository any more"),
                ),
                "Only a branch of the repository itself is merged: name it as it is called now."
                    .to_owned(),
            ),
            Gate::OtherRun => (
                "merge-other-run",
                format!("{number} does not carry the mark of this run."),
                "Open it with `github.draft_pr` in the same run, and leave its mark in its text."
                    .to_owned(),
            ),
            Gate::OtherBranch(state) => (
                "merge-other-branch",
                format!(
                    "{number} is of the branch `{}`, and `{}` was proven.",
                    state.branch, self.commit.branch
                ),
                "Open one of the run's branch with `github.draft_pr`.".to_owned(),
            ),
            Gate::HeadMoved(state) => (
                "merge-head-moved",
                format!(
                    "{number} is at {}, and {sha} is what was proven.",
                    match state.head == *sha {
                        true => &self.pr.head,
                        false => &state.head,
                    }
                ),
                match state.is_auto || state.is_queued {
                    true => "The host is to merge it: turn that off on its page, and see who has pushed there.",
                    false => "See who has pushed there; the proof says nothing of what they pushed.",
                }
                .to_owned(),
            ),
            Gate::Closed => (
                "merge-closed",
                format!("{number} is closed, and was not merged."),
                "Ask who has closed it; open it again if it is still wanted.".to_owned(),
            ),
            Gate::Draft => (
                "merge-draft",
                format!("{number} is a draft."),
                "Mark it as ready before, with `github.ready` or on its page.".to_owned(),
            ),
            Gate::Unprotected(state) => (
                "merge-unprotected",
                format!(
                    "The base `{}` requires no checks and has no merge queue.",
                    state.base
                ),
                "Require status checks for it in the settings of the repository, or merge by hand."
                    .to_owned(),
            ),
            Gate::Method(state) => (
                "merge-method",
                format!(
                    "The repository does not allow `{}`.",
                    self.method.name()
                ),
                match state.methods.is_empty() {
                    true => "It allows none.".to_owned(),
                    false => format!("It allows `{}`.", state.methods.join("`, `")),
                },
            ),
            Gate::Conflict => (
                "merge-conflict",
                format!("{number} is in conflict with its base."),
                "Run the mission again on the base as it is now.".to_owned(),
            ),
            Gate::Behind(state) => (
                "merge-behind",
                format!(
                    "`{}` has moved on, and requires that a branch is up to date.",
                    state.base
                ),
                "What was proven is no proof of the two together: run the mission again on it."
                    .to_owned(),
            ),
            Gate::NotReady => (
                "merge-not-ready",
                format!("Not all that is required of {number} is there."),
                "Go on with `tau resume` when its checks have passed and it is approved, or allow auto-merge in the settings of the repository."
                    .to_owned(),
            ),
            Gate::Unknown => (
                "merge-unknown",
                format!("The host cannot say whether {number} can be merged."),
                "Go on with `tau resume` in a while.".to_owned(),
            ),
        };
        Failure {
            kind: FailureKind::Blocked(Missing {
                effect: "gate".to_owned(),
                scope: number,
                limited_by: "host".to_owned(),
                limited_at: None,
                grant: None,
            }),
            ..Failure::new(code, message)
        }
        .help(help)
        .detail(json!({ "proven": sha }))
    }
}

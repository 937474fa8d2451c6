//! `github.auto_merge`
//!
//! INVARIANT: nothing is asked of the host that it would do for an administrator alone. What is
//! required of everybody is read first, and what is sent names the proven commit, so that the host
//! itself refuses when another one has come in between.

mod gates;
mod state;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tau_interpreter::action::{Act, Acting, Failure, Later, NotDone, Survey};

use super::effect::Effect;
use super::host::{Host, repository};
use super::marker::Marker;
use crate::by_hand::word;
use crate::verify::Proof;

use self::gates::Gate;
use self::state::{Lifecycle, State};

/// Has the host merge it as soon as all that is required is there.
pub(super) const ENABLE: &str = "mutation($id: ID!, $head: GitObjectID!, $method: PullRequestMergeMethod!) { enablePullRequestAutoMerge(input: {pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $method}) { pullRequest { id } } }";
/// Takes that back.
pub(super) const DISABLE: &str = "mutation($id: ID!) { disablePullRequestAutoMerge(input: {pullRequestId: $id}) { pullRequest { id } } }";
/// Puts it into the merge queue.
pub(super) const ENQUEUE: &str = "mutation($id: ID!, $head: GitObjectID!) { enqueuePullRequest(input: {pullRequestId: $id, expectedHeadOid: $head}) { mergeQueueEntry { id } } }";

/// Merges a pull request, guarded.
#[derive(Serialize, Deserialize)]
pub(super) struct AutoMerge {
    pr: Pr,
    commit: Commit,
    proof: Proof,
    method: Method,
    #[serde(flatten)]
    host: Host,
    /// The way that was chosen, once the state was read.
    #[serde(default)]
    way: Option<Way>,
}

/// Of the `PullRequest` of the face, what is used.
#[derive(Serialize, Deserialize)]
struct Pr {
    repo: String,
    number: u64,
    head: String,
}

/// The `commit` of the face.
#[derive(Serialize, Deserialize)]
struct Commit {
    sha: String,
    branch: String,
    tree: String,
}

/// How the change becomes part of the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Method {
    Merge,
    Squash,
    Rebase,
}

impl Method {
    /// As REST names it; GraphQL has it in capitals.
    fn name(self) -> &'static str {
        match self {
            Method::Merge => "merge",
            Method::Squash => "squash",
            Method::Rebase => "rebase",
        }
    }
}

/// How the host is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Way {
    /// Its auto-merge, while something that is required is still to come.
    Auto,
    /// Its merge queue.
    Queue,
    /// At once.
    Direct,
}

impl Effect for AutoMerge {
    fn prepare<'a>(&'a mut self, hands: &'a dyn Survey) -> Later<'a, String> {
        Box::pin(async move {
            repository(&self.pr.repo)?;
            self.proven(hands)?;
            let Pr { repo, number, .. } = &self.pr;
            let what = format!("merge {repo}#{number}");
            let state = State::read(self, hands).await?;
            // Whose it is, is asked for before it is acted on: only then the mark is known.
            self.way = match state.lifecycle {
                Lifecycle::Merged => None,
                _ => Some(self.way_of(&state, None, hands).await?),
            };
            Ok(what)
        })
    }

    fn look<'a>(&'a self, marker: &'a Marker, hands: &'a dyn Survey) -> Later<'a, Option<Value>> {
        Box::pin(async move {
            let state = State::read(self, hands).await?;
            if state.lifecycle == Lifecycle::Merged {
                self.is_ours(&state, Some(marker))?;
            }
            Ok(self.shown(&state))
        })
    }

    fn by_hand(&self) -> String {
        let Pr { repo, number, .. } = &self.pr;
        let (method, sha) = (self.method.name(), word(&self.commit.sha));
        let repo = word(repo);
        format!("gh pr merge {number} --repo {repo} --auto --{method} --match-head-commit {sha}")
    }

    fn act<'a>(&'a self, marker: &'a Marker, hands: &'a dyn Act) -> Acting<'a> {
        Box::pin(async move {
            let refused = NotDone::Refused;
            let state = State::read(self, hands).await.map_err(refused)?;
            self.is_ours(&state, Some(marker)).map_err(refused)?;
            if let Some(there) = self.shown(&state) {
                return Ok(there);
            }
            let way = self.way_of(&state, Some(marker), hands).await;
            match way.map_err(refused)? {
                Way::Direct => self.merge(hands).await,
                Way::Queue => {
                    let sent = json!({ "id": state.id, "head": self.commit.sha });
                    self.host.mutate(hands, ENQUEUE, &sent).await?;
                    self.confirmed(hands).await
                }
                Way::Auto => {
                    let method = self.method.name().to_uppercase();
                    let sent = json!({ "id": state.id, "head": self.commit.sha, "method": method });
                    self.host.mutate(hands, ENABLE, &sent).await?;
                    self.confirmed(hands).await
                }
            }
        })
    }
}

impl AutoMerge {
    /// Merges at once, the proven commit and no other.
    async fn merge(&self, hands: &dyn Act) -> Result<Value, NotDone> {
        let Pr { repo, number, .. } = &self.pr;
        let url = format!(
            "{}/repos/{repo}/pulls/{number}/merge",
            self.host.of_repository()
        );
        let body = json!({ "sha": self.commit.sha, "merge_method": self.method.name() });
        let told = self.host.send(hands, "PUT", &url, &body).await;
        let told = told.map_err(|not| match not {
            NotDone::Refused(failure) => NotDone::Refused(self.not_merged(failure)),
            not @ NotDone::Unclear(_) => not,
        })?;
        Ok(json!({ "merged": true, "way": Way::Direct, "sha": told["sha"] }))
    }

    /// What the host says of what was just asked of it. What is now at another commit than the
    /// proven one must not be merged by what was asked.
    async fn confirmed(&self, hands: &dyn Act) -> Result<Value, NotDone> {
        let state = State::read(self, hands).await.map_err(NotDone::Unclear)?;
        if state.head != self.commit.sha && state.lifecycle == Lifecycle::Open && state.is_auto {
            self.host
                .mutate(hands, DISABLE, &json!({ "id": state.id }))
                .await?;
            return Err(NotDone::Refused(self.stopped(&Gate::HeadMoved(&state))));
        }
        match self.shown(&state) {
            Some(there) => Ok(there),
            None => Err(NotDone::Unclear(Failure::new(
                "github-answer",
                "The host took it, and does not tell of it.",
            ))),
        }
    }

    /// What the action gives, if what it is about is there.
    fn shown(&self, state: &State) -> Option<Value> {
        let is_merged = state.lifecycle == Lifecycle::Merged;
        let way = match self.way {
            _ if state.is_queued => Way::Queue,
            _ if state.is_auto => Way::Auto,
            way if is_merged => way.unwrap_or(Way::Direct),
            _ => return None,
        };
        let is_open = state.lifecycle == Lifecycle::Open;
        let is_there = is_merged || (is_open && state.head == self.commit.sha);
        is_there.then(|| json!({ "merged": is_merged, "way": way, "sha": state.merged_as }))
    }
}

//! `git.push`
//!
//! Moving a branch of a remote is a compare-and-swap, so doing it twice would do no harm. What
//! makes it external is that the remote is nobody's own: others move the branch, and whether a
//! push that was cut has happened is only to be known by looking.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tau_interpreter::action::{
    Act, Acting, Call, External, Failure, Found, Intended, Intention, Later, NotDone, Push, Remote,
    Survey,
};

use crate::by_hand::{told, word};

/// Moves the run's branch of a remote to a commit.
pub(super) struct PushBranch;

#[derive(Deserialize)]
struct Params {
    commit: Commit,
    #[serde(flatten)]
    remote: Remote,
    /// In milliseconds.
    timeout: u64,
}

/// Of the `commit` of the face, what is used.
#[derive(Deserialize)]
struct Commit {
    sha: String,
    branch: String,
}

/// What looking it up rests on.
#[derive(Clone, Serialize, Deserialize)]
struct Detail {
    #[serde(flatten)]
    remote: Remote,
    branch: String,
    sha: String,
    /// Where the branch was before; nowhere when there is none.
    before: Option<String>,
    /// In milliseconds.
    timeout: u64,
}

impl External for PushBranch {
    fn intend<'a>(&'a self, call: &'a Call, hands: &'a dyn Survey) -> Later<'a, Intention> {
        Box::pin(async move {
            let params = serde_json::from_value(Value::Object(call.args.clone()));
            let Params {
                commit,
                remote,
                timeout,
            } = params.map_err(|error| unusable("arguments", &error))?;
            let before = hands.remote_branch(&remote, &commit.branch).await;
            let before = before.map_err(|failure| {
                let (name, branch) = (word(&remote.name), word(&commit.branch));
                told(failure, &format!("git push {name} {branch}"))
            })?;
            let detail = Detail {
                remote,
                branch: commit.branch,
                sha: commit.sha,
                before,
                timeout,
            };
            let short = detail.sha.get(..10).unwrap_or(&detail.sha);
            Ok(Intention {
                what: format!(
                    "push {short} to `{}` as `{}`",
                    detail.remote.name, detail.branch
                ),
                result: Some(result(&detail)),
                detail: json!(detail),
            })
        })
    }

    fn look_up<'a>(&'a self, intended: &'a Intended, hands: &'a dyn Survey) -> Later<'a, Found> {
        Box::pin(found(intended, hands))
    }

    fn act<'a>(&'a self, intended: &'a Intended, hands: &'a dyn Act) -> Acting<'a> {
        Box::pin(async move {
            let detail = detail(intended).map_err(NotDone::Refused)?;
            let push = Push {
                remote: detail.remote.clone(),
                branch: detail.branch.clone(),
                commit: detail.sha.clone(),
                expected: detail.before.clone(),
                timeout: Duration::from_millis(detail.timeout),
            };
            hands.push(&push).await?;
            Ok(result(&detail))
        })
    }

    fn read_back<'a>(&'a self, intended: &'a Intended, hands: &'a dyn Survey) -> Later<'a, Found> {
        Box::pin(found(intended, hands))
    }
}

/// Where the branch is now, against where it was to be.
async fn found(intended: &Intended, hands: &dyn Survey) -> Result<Found, Failure> {
    let detail = detail(intended)?;
    let now = hands.remote_branch(&detail.remote, &detail.branch).await?;
    Ok(if now.as_ref() == Some(&detail.sha) {
        Found::There(result(&detail))
    } else if now == detail.before {
        Found::Absent
    } else {
        let (remote, branch) = (&detail.remote.name, &detail.branch);
        Found::Unclear(match now {
            Some(now) => format!("`{branch}` of `{remote}` is at {now}, where another put it"),
            None => format!("`{remote}` has no `{branch}` any more"),
        })
    })
}

fn detail(intended: &Intended) -> Result<Detail, Failure> {
    let detail = serde_json::from_value(intended.intention.detail.clone());
    detail.map_err(|error| unusable("intention", &error))
}

fn result(detail: &Detail) -> Value {
    json!({ "remote": detail.remote.name, "branch": detail.branch, "sha": detail.sha })
}

/// The face is checked before the call, so this is a fault of the caller, not of its user.
fn unusable(what: &str, error: &serde_json::Error) -> Failure {
    Failure::new(
        &format!("action-{what}"),
        format!("The action's {what} do not fit its face: {error}."),
    )
}

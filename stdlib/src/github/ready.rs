//! `github.ready`

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tau_interpreter::action::{Act, Acting, Failure, Later, Look, NotDone, Survey};

use super::draft_pr::{Told, moved};
use super::effect::Effect;
use super::host::{Host, repository};
use super::marker::Marker;
use crate::by_hand::word;

/// What GitHub's other interface calls it; the first cannot do it.
const MUTATION: &str = "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft } } }";

/// Says that a draft is ready.
#[derive(Serialize, Deserialize)]
pub(super) struct Ready {
    pr: Pr,
    #[serde(flatten)]
    host: Host,
}

/// Of the `PullRequest` of the face, what is used.
#[derive(Serialize, Deserialize)]
struct Pr {
    repo: String,
    number: u64,
    head: String,
}

impl Effect for Ready {
    fn prepare<'a>(&'a mut self, _: &'a dyn Survey) -> Later<'a, String> {
        Box::pin(async move {
            repository(&self.pr.repo)?;
            Ok(format!(
                "mark {}#{} as ready for review",
                self.pr.repo, self.pr.number
            ))
        })
    }

    fn look<'a>(&'a self, _: &'a Marker, hands: &'a dyn Survey) -> Later<'a, Option<Value>> {
        Box::pin(async move {
            let now = self.now(hands).await?;
            Ok((!now.draft).then(|| now.shown(&self.pr.repo)))
        })
    }

    fn by_hand(&self) -> String {
        let Pr { repo, number, .. } = &self.pr;
        format!("gh pr ready {number} --repo {}", word(repo))
    }

    fn act<'a>(&'a self, _: &'a Marker, hands: &'a dyn Act) -> Acting<'a> {
        Box::pin(async move {
            let mut now = self.now(hands).await.map_err(NotDone::Refused)?;
            if now.draft {
                let id = json!({ "id": now.node_id });
                self.host.mutate(hands, MUTATION, &id).await?;
                now.draft = false;
            }
            Ok(now.shown(&self.pr.repo))
        })
    }
}

impl Ready {
    /// The pull request as it is, which must be at the commit that is meant.
    async fn now(&self, hands: &dyn Look) -> Result<Told, Failure> {
        let Pr { repo, number, head } = &self.pr;
        let client = self.host.client(hands, self.host.of_repository());
        let path = format!("/repos/{repo}/pulls/{number}");
        let told: Told = client.get(&path, "the pull request").await?;
        match told.head.sha == *head {
            true => Ok(told),
            false => Err(moved(&told.head.sha, head)),
        }
    }
}

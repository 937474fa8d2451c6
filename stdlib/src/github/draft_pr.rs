//! `github.draft_pr`

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tau_interpreter::action::{Act, Acting, Failure, Later, Look, NotDone, Survey};
use tau_interpreter::ledger::Amount;

use super::body::{self, FileChange};
use super::effect::Effect;
use super::host::{Host, repository};
use super::marker::Marker;
use crate::by_hand::word;

/// Opens a draft, or brings it up to date.
#[derive(Serialize, Deserialize)]
pub(super) struct DraftPr {
    repo: String,
    commit: Commit,
    proof: Value,
    title: String,
    text: String,
    base: String,
    #[serde(flatten)]
    host: Host,
    /// What the change touches, once it was looked at.
    #[serde(default)]
    changes: Vec<FileChange>,
    /// What the run has taken of models by then.
    #[serde(default)]
    spent: Amount,
}

/// Of the `commit` of the face, what is used.
#[derive(Serialize, Deserialize)]
struct Commit {
    sha: String,
    branch: String,
}

/// A pull request as GitHub tells of it.
#[derive(Deserialize)]
pub(super) struct Told {
    pub(super) number: u64,
    #[serde(default)]
    html_url: String,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    pub(super) draft: bool,
    pub(super) head: Head,
    /// Its name in the other interface.
    #[serde(default)]
    pub(super) node_id: String,
}

#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) sha: String,
    #[serde(rename = "ref", default)]
    branch: String,
}

impl Told {
    /// As the face gives it.
    pub(super) fn shown(&self, repo: &str) -> Value {
        json!({
            "repo": repo, "number": self.number, "url": self.html_url, "draft": self.draft,
            "head": self.head.sha,
        })
    }
}

impl Effect for DraftPr {
    fn prepare<'a>(&'a mut self, hands: &'a dyn Survey) -> Later<'a, String> {
        Box::pin(async move {
            repository(&self.repo)?;
            self.title = body::title(&self.title);
            self.changes = body::changes(&hands.diff()?);
            self.spent = hands.spent();
            let (repo, branch) = (&self.repo, &self.commit.branch);
            Ok(format!("draft a pull request of `{branch}` in {repo}"))
        })
    }

    fn look<'a>(&'a self, marker: &'a Marker, hands: &'a dyn Survey) -> Later<'a, Option<Value>> {
        Box::pin(async move {
            let own = self.own(marker, hands).await?;
            let own = own.filter(|it| marker.is_in(it.body.as_deref().unwrap_or_default()));
            if let Some(own) = &own
                && own.head.sha != self.commit.sha
            {
                return Err(moved(&own.head.sha, &self.commit.sha));
            }
            Ok(own.map(|it| it.shown(&self.repo)))
        })
    }

    fn by_hand(&self) -> String {
        let (repo, base) = (word(&self.repo), word(&self.base));
        let branch = word(&self.commit.branch);
        format!("gh pr create --repo {repo} --draft --fill --base {base} --head {branch}")
    }

    fn act<'a>(&'a self, marker: &'a Marker, hands: &'a dyn Act) -> Acting<'a> {
        Box::pin(async move {
            let own = self.own(marker, hands).await.map_err(NotDone::Refused)?;
            let text = body::of(&body::Told {
                text: &self.text,
                proof: &self.proof,
                commit: &self.commit.sha,
                changes: &self.changes,
                spent: self.spent,
                run: marker.run(),
            });
            let body = marker.below(&text);
            let pulls = format!("{}/repos/{}/pulls", self.host.of_repository(), self.repo);
            let told = match own {
                Some(own) if own.head.sha != self.commit.sha => {
                    return Err(NotDone::Refused(moved(&own.head.sha, &self.commit.sha)));
                }
                Some(own) => {
                    let body = json!({ "title": self.title, "body": body });
                    let url = format!("{pulls}/{}", own.number);
                    self.host.send(hands, "PATCH", &url, &body).await?
                }
                None => {
                    let body = json!({
                        "title": self.title, "body": body, "head": self.commit.branch,
                        "base": self.base, "draft": true,
                    });
                    self.host.send(hands, "POST", &pulls, &body).await?
                }
            };
            match serde_json::from_value::<Told>(told) {
                Ok(told) => Ok(told.shown(&self.repo)),
                Err(_) => {
                    let message = "The host did not answer as GitHub does.";
                    Err(NotDone::Unclear(Failure::new("github-answer", message)))
                }
            }
        })
    }
}

impl DraftPr {
    /// The open pull request that this step has made of the run's branch.
    async fn own(&self, marker: &Marker, hands: &dyn Look) -> Result<Option<Told>, Failure> {
        let owner = self.repo.split('/').next().unwrap_or_default();
        let branch = &self.commit.branch;
        let path = format!(
            "/repos/{}/pulls?state=open&head={owner}:{branch}&per_page=100",
            self.repo
        );
        let client = self.host.client(hands, self.host.of_repository());
        let all: Vec<Told> = client.get(&path, "pull requests").await?;
        let mut own = all.into_iter().filter(|it| {
            it.head.branch == *branch && marker.is_own(it.body.as_deref().unwrap_or_default())
        });
        Ok(own.next())
    }
}

/// What was proven is not what would be merged.
pub(super) fn moved(now: &str, proven: &str) -> Failure {
    let message = format!("The branch is at {now}, and {proven} is what was proven.");
    Failure::new("github-head-moved", message)
        .help("Push the proven commit with `git.push` before, and let nobody else push there.")
        .detail(json!({ "head": now, "proven": proven }))
}

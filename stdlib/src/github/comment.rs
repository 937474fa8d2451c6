//! `github.comment`

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tau_interpreter::action::{Act, Acting, Failure, Later, Look, NotDone, Survey};

use super::effect::Effect;
use super::host::{Host, numbered, told};
use super::marker::Marker;

/// How many pages of comments are looked at, of 100 each.
const PAGES: usize = 20;

/// Writes a comment.
#[derive(Serialize, Deserialize)]
pub(super) struct Comment {
    on: String,
    text: String,
    #[serde(flatten)]
    host: Host,
}

/// A comment as GitHub tells of it.
#[derive(Deserialize)]
struct Told {
    id: u64,
    #[serde(default)]
    html_url: String,
    #[serde(default)]
    body: Option<String>,
}

impl Effect for Comment {
    fn prepare<'a>(&'a mut self, _: &'a dyn Survey) -> Later<'a, String> {
        Box::pin(async move { Ok(format!("comment on {}", numbered(&self.on)?.short())) })
    }

    fn look<'a>(&'a self, marker: &'a Marker, hands: &'a dyn Survey) -> Later<'a, Option<Value>> {
        Box::pin(async move {
            let own = self.own(marker, hands).await?;
            let own = own.filter(|it| marker.is_in(it.body.as_deref().unwrap_or_default()));
            Ok(own.map(|it| json!({ "url": it.html_url, "id": it.id })))
        })
    }

    fn by_hand(&self) -> String {
        let (repo, number) = told(&self.on);
        format!("gh issue comment {number} --repo {repo} --body-file -")
    }

    fn act<'a>(&'a self, marker: &'a Marker, hands: &'a dyn Act) -> Acting<'a> {
        Box::pin(async move {
            let refused = NotDone::Refused;
            let own = self.own(marker, hands).await.map_err(refused)?;
            let (issue, api) = self.issue().map_err(refused)?;
            let body = json!({ "body": marker.below(&self.text) });
            let told = match own {
                Some(own) => {
                    let repo = issue.rsplit_once("/issues/").map_or("", |(repo, _)| repo);
                    let url = format!("{api}{repo}/issues/comments/{}", own.id);
                    self.host.send(hands, "PATCH", &url, &body).await?
                }
                None => {
                    let url = format!("{api}{issue}/comments");
                    self.host.send(hands, "POST", &url, &body).await?
                }
            };
            Ok(json!({ "url": told["html_url"].as_str().unwrap_or_default(), "id": told["id"] }))
        })
    }
}

impl Comment {
    /// The path of the issue, and the address of its host's interface.
    fn issue(&self) -> Result<(String, String), Failure> {
        let issue = numbered(&self.on)?;
        let api = self.host.of(&issue)?;
        Ok((issue.path(), api))
    }

    /// What this step has written there: the first that has its mark, as others can only have copied it.
    async fn own(&self, marker: &Marker, hands: &dyn Look) -> Result<Option<Told>, Failure> {
        let (issue, api) = self.issue()?;
        let client = self.host.client(hands, api);
        for page in 1..=PAGES {
            let path = format!("{issue}/comments?per_page=100&page={page}");
            let some: Vec<Told> = client.get(&path, "comments").await?;
            let is_last = some.len() < 100;
            let is_own = |it: &Told| marker.is_own(it.body.as_deref().unwrap_or_default());
            if let Some(own) = some.into_iter().find(is_own) {
                return Ok(Some(own));
            }
            if is_last {
                break;
            }
        }
        Ok(None)
    }
}

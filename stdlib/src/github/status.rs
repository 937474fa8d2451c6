//! `github.status`

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tau_interpreter::action::{Act, Acting, Later, Survey};

use super::effect::Effect;
use super::host::{Host, repository};
use super::marker::Marker;
use crate::by_hand::word;

/// How long a description may be, in letters.
const LONGEST: usize = 140;

/// Sets a status.
#[derive(Serialize, Deserialize)]
pub(super) struct Status {
    repo: String,
    commit: Commit,
    state: String,
    context: String,
    text: String,
    url: String,
    #[serde(flatten)]
    host: Host,
}

/// Of the `commit` of the face, what is used.
#[derive(Serialize, Deserialize)]
struct Commit {
    sha: String,
}

#[derive(Deserialize)]
struct Told {
    state: String,
    context: String,
    #[serde(default)]
    description: Option<String>,
}

impl Effect for Status {
    fn prepare<'a>(&'a mut self, _: &'a dyn Survey) -> Later<'a, String> {
        Box::pin(async move {
            repository(&self.repo)?;
            self.text = self.text.chars().take(LONGEST).collect();
            let Status {
                repo,
                state,
                context,
                ..
            } = self;
            let short = self.commit.sha.get(..10).unwrap_or_default();
            Ok(format!(
                "set the status `{context}` of {short} in {repo} to {state}"
            ))
        })
    }

    /// The newest of this name counts. The same again says the same.
    fn look<'a>(&'a self, _: &'a Marker, hands: &'a dyn Survey) -> Later<'a, Option<Value>> {
        Box::pin(async move {
            let client = self.host.client(hands, self.host.of_repository());
            let (repo, sha) = (&self.repo, &self.commit.sha);
            let path = format!("/repos/{repo}/commits/{sha}/statuses?per_page=100");
            let all: Vec<Told> = client.get(&path, "statuses").await?;
            let newest = all.into_iter().find(|it| it.context == self.context);
            let same = newest.filter(|it| {
                it.state == self.state && it.description.as_deref().unwrap_or_default() == self.text
            });
            Ok(same.map(|_| self.shown()))
        })
    }

    fn by_hand(&self) -> String {
        let path = word(&format!("repos/{}/statuses/{}", self.repo, self.commit.sha));
        let (state, context) = (word(&self.state), word(&self.context));
        format!("gh api {path} -f state={state} -f context={context}")
    }

    fn act<'a>(&'a self, _: &'a Marker, hands: &'a dyn Act) -> Acting<'a> {
        Box::pin(async move {
            let (repo, sha) = (&self.repo, &self.commit.sha);
            let url = format!("{}/repos/{repo}/statuses/{sha}", self.host.of_repository());
            let mut body = json!({
                "state": self.state, "context": self.context, "description": self.text,
            });
            if !self.url.is_empty() {
                body["target_url"] = json!(self.url);
            }
            self.host.send(hands, "POST", &url, &body).await?;
            Ok(self.shown())
        })
    }
}

impl Status {
    fn shown(&self) -> Value {
        json!({ "state": self.state, "context": self.context })
    }
}

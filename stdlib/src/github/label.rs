//! `github.label`

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tau_interpreter::action::{Act, Acting, Failure, Later, Look, NotDone, Survey};

use super::effect::Effect;
use super::host::{Host, numbered, told};
use super::marker::Marker;
use crate::by_hand::word;

/// Gives labels.
#[derive(Serialize, Deserialize)]
pub(super) struct Label {
    on: String,
    labels: Vec<String>,
    #[serde(flatten)]
    host: Host,
}

#[derive(Deserialize)]
struct Told {
    name: String,
}

impl Effect for Label {
    fn prepare<'a>(&'a mut self, _: &'a dyn Survey) -> Later<'a, String> {
        Box::pin(async move {
            let issue = numbered(&self.on)?.short();
            Ok(format!("label {issue} with {}", self.labels.join(", ")))
        })
    }

    /// Labels are a set: whoever has given one, it is there.
    fn look<'a>(&'a self, _: &'a Marker, hands: &'a dyn Survey) -> Later<'a, Option<Value>> {
        Box::pin(async move {
            let there = self.there(hands).await?;
            let same = |wanted: &String| there.iter().any(|it| it.eq_ignore_ascii_case(wanted));
            Ok(self
                .labels
                .iter()
                .all(same)
                .then(|| json!({ "labels": there })))
        })
    }

    fn by_hand(&self) -> String {
        let (repo, number) = told(&self.on);
        let labels = word(&self.labels.join(","));
        format!("gh issue edit {number} --repo {repo} --add-label {labels}")
    }

    fn act<'a>(&'a self, marker: &'a Marker, hands: &'a dyn Act) -> Acting<'a> {
        Box::pin(async move {
            let refused = NotDone::Refused;
            if let Some(there) = self.look(marker, hands).await.map_err(refused)? {
                return Ok(there);
            }
            let issue = numbered(&self.on).map_err(refused)?;
            let api = self.host.of(&issue).map_err(refused)?;
            let url = format!("{api}{}/labels", issue.path());
            let body = json!({ "labels": self.labels });
            self.host.send(hands, "POST", &url, &body).await?;
            let there = self.there(hands).await.map_err(NotDone::Unclear)?;
            Ok(json!({ "labels": there }))
        })
    }
}

impl Label {
    async fn there(&self, hands: &dyn Look) -> Result<Vec<String>, Failure> {
        let issue = numbered(&self.on)?;
        let client = self.host.client(hands, self.host.of(&issue)?);
        let path = format!("{}/labels?per_page=100", issue.path());
        let all: Vec<Told> = client.get(&path, "labels").await?;
        Ok(all.into_iter().map(|it| it.name).collect())
    }
}

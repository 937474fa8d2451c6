//! The host that is asked, and requests that change something there.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tau_interpreter::action::{Act, Failure, Fetched, Look, NotDone, Sending, Survey};

use crate::by_hand::word;
use crate::issue::github::{Client, patiently, without_credential};
use crate::issue::reference::{Numbered, Reference};
use crate::shown::shown;

/// The arguments that all actions of the group have.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Host {
    #[serde(deserialize_with = "Option::deserialize")]
    pub(super) api: Option<String>,
    pub(super) token: String,
    /// In milliseconds.
    timeout: u64,
}

impl Host {
    /// Requests that only look.
    pub(super) fn client<'h>(&self, hands: &'h dyn Look, api: String) -> Client<'h> {
        Client {
            hands,
            api,
            token: Some(self.token.clone()),
            timeout: Duration::from_millis(self.timeout),
        }
    }

    /// The address of the interface of an issue's host.
    pub(super) fn of(&self, issue: &Numbered) -> Result<String, Failure> {
        let api = issue.api(self.api.as_deref());
        api.map_err(|why| Failure::new("github-target", why))
    }

    /// The address of the host's interface, of a repository that is none of an issue.
    pub(super) fn of_repository(&self) -> String {
        let api = self.api.as_deref().unwrap_or("https://api.github.com");
        api.trim_end_matches('/').to_owned()
    }

    /// Sends a request, once. `what` is what is changed.
    pub(super) async fn send(
        &self,
        hands: &dyn Act,
        method: &str,
        url: &str,
        body: &Value,
    ) -> Result<Value, NotDone> {
        let sending = self.sending(hands, method, url, body);
        let answer = hands.request(&sending).await?;
        match answer.status {
            200..300 => Ok(serde_json::from_str(&answer.text).unwrap_or_default()),
            // The host may have done it all the same.
            500.. => Err(NotDone::Unclear(refused(&answer, &self.token))),
            _ => Err(NotDone::Refused(refused(&answer, &self.token))),
        }
    }

    /// Looks through the host's other interface, GraphQL; what it gives as `data`.
    pub(super) async fn query(
        &self,
        hands: &dyn Survey,
        query: &str,
        variables: &Value,
    ) -> Result<Value, Failure> {
        let body = json!({ "query": query, "variables": variables });
        let sending = self.sending(hands, "POST", &self.graphql(), &body);
        let answer = patiently(hands, &|| hands.query(&sending)).await?;
        if answer.status >= 300 {
            return Err(refused(&answer, &self.token));
        }
        let mut told: Value = serde_json::from_str(&answer.text).unwrap_or_default();
        match graphql_error(&told) {
            Some(failure) => Err(failure),
            None => Ok(told["data"].take()),
        }
    }

    /// Changes something through GraphQL, once; what it gives as `data`.
    pub(super) async fn mutate(
        &self,
        hands: &dyn Act,
        mutation: &str,
        variables: &Value,
    ) -> Result<Value, NotDone> {
        let body = json!({ "query": mutation, "variables": variables });
        let mut told = self.send(hands, "POST", &self.graphql(), &body).await?;
        match graphql_error(&told) {
            Some(failure) => Err(NotDone::Refused(failure)),
            None => Ok(told["data"].take()),
        }
    }

    /// `https://HOST/api/v3` has GraphQL at `https://HOST/api/graphql`.
    fn graphql(&self) -> String {
        format!("{}/graphql", self.of_repository().trim_end_matches("/v3"))
    }

    fn sending(&self, hands: &dyn Look, method: &str, url: &str, body: &Value) -> Sending {
        let mut to = self.client(hands, String::new()).fetch(url);
        let json = ("content-type".to_owned(), "application/json".to_owned());
        to.headers.extend([json]);
        to.redirects = 0;
        Sending {
            method: method.to_owned(),
            body: body.to_string(),
            to,
        }
    }
}

/// The first thing that GraphQL says is wrong, which it says with a status of 200.
fn graphql_error(told: &Value) -> Option<Failure> {
    let error = told["errors"].get(0)?;
    let code = match error["type"].as_str() {
        Some("NOT_FOUND") => "github-not-found",
        Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => "github-forbidden",
        Some("RATE_LIMITED") => "github-rate-limit",
        _ => "github-invalid",
    };
    let says = error["message"].as_str().unwrap_or("it gave no reason");
    let message = format!("The host did not do it. It says: {}", shown(says, 200));
    let failure = Failure::new(code, message);
    Some(match code {
        "github-not-found" | "github-forbidden" => {
            failure.help("Look at what the token may do there.")
        }
        _ => failure,
    })
}

fn refused(answer: &Fetched, token: &str) -> Failure {
    let Fetched {
        status, url, text, ..
    } = answer;
    let says = crate::issue::github::said(text);
    let code = match status {
        401 => "github-unauthorized",
        404 => "github-not-found",
        422 => "github-invalid",
        429 => "github-rate-limit",
        _ => "github-status",
    };
    let message = format!("`{url}` was answered with status {status}.{says}");
    let failure = Failure::new(code, message).detail(json!({ "status": status, "url": url }));
    match status {
        401 => without_credential(failure, Some(token)).help("Look at the value of the secret."),
        403 | 404 => failure.help("Look at what the token may do there."),
        _ => failure,
    }
}

/// The issue or pull request that is meant.
pub(super) fn numbered(on: &str) -> Result<Numbered, Failure> {
    let wrong = |why: String| Failure::new("github-target", why);
    match Reference::new(on).map_err(wrong)? {
        Reference::GitHub(numbered) => Ok(numbered),
        Reference::Text(_) => Err(wrong(
            "This is the text of an issue, and no place to write to: give `owner/repo#42` or an address."
                .to_owned(),
        )),
    }
}

/// Repository and number of what is meant, as words of a command.
pub(super) fn told(on: &str) -> (String, String) {
    match numbered(on) {
        Ok(it) => (format!("{}/{}", it.owner, it.repo), it.number.to_string()),
        Err(_) => (word(on), "NUMBER".to_owned()),
    }
}

/// `owner/name`, checked.
pub(super) fn repository(repo: &str) -> Result<(), Failure> {
    match Reference::new(&format!("{repo}#1")) {
        Ok(Reference::GitHub(_)) => Ok(()),
        _ => {
            let message = format!("`{repo}` is no repository: write `owner/name`.");
            Err(Failure::new("github-target", message))
        }
    }
}

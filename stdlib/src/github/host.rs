//! The host that is asked, and requests that change something there.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tau_interpreter::action::{Act, Failure, Fetched, Look, NotDone, Sending};

use crate::issue::github::Client;
use crate::issue::reference::{Numbered, Reference};

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
        let (api, path) = (String::new(), url);
        let mut to = self.client(hands, api).fetch(path);
        to.headers
            .insert("content-type".to_owned(), "application/json".to_owned());
        to.redirects = 0;
        let sending = Sending {
            method: method.to_owned(),
            body: body.to_string(),
            to,
        };
        let answer = hands.request(&sending).await?;
        match answer.status {
            200..300 => Ok(serde_json::from_str(&answer.text).unwrap_or_default()),
            // The host may have done it all the same.
            500.. => Err(NotDone::Unclear(refused(&answer))),
            _ => Err(NotDone::Refused(refused(&answer))),
        }
    }
}

fn refused(answer: &Fetched) -> Failure {
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
        401 | 403 | 404 => failure.help("Look at what the token may do there."),
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

//! `issue.read`

use std::time::Duration;

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};

use super::github::Client;
use super::reference::Reference;
use super::ticket::Ticket;
use super::{document, github};
use crate::perform::perform_waiting;

/// Reads an issue.
pub(super) struct Read;

/// What to read, and how.
#[derive(Deserialize)]
pub(super) struct Params {
    issue: String,
    #[serde(deserialize_with = "Option::deserialize")]
    api: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    token: Option<String>,
    comments: i64,
    /// In milliseconds.
    timeout: u64,
}

impl Observe for Read {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform_waiting(call, hands, read)
    }

    fn tells_what_for(&self) -> bool {
        true
    }
}

/// Reads it, wherever it is.
pub(super) async fn read(params: Params, hands: &dyn Look) -> Result<Ticket, Failure> {
    let Params { api, token, .. } = params;
    let issue =
        Reference::new(&params.issue).map_err(|why| Failure::new("issue-reference", why))?;
    match issue {
        Reference::Text(text) => document::read(&text),
        Reference::GitHub(issue) => {
            let api = issue.api(api.as_deref());
            let api = api.map_err(|why| Failure::new("issue-other-host", why))?;
            let client = Client {
                hands,
                api,
                token,
                timeout: Duration::from_millis(params.timeout),
            };
            let most = usize::try_from(params.comments).unwrap_or(0);
            github::issue(&client, &issue, most).await
        }
    }
}

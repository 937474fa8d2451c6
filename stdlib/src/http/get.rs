//! `http.get`

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Fetch, Look, Observe, Running};

use super::response::{Response, judged};
use super::token;
use crate::perform::perform_waiting;

/// Gets a page.
pub(super) struct Get;

#[derive(Deserialize)]
struct Params {
    url: String,
    headers: BTreeMap<String, String>,
    /// It must be there, also when it is `null`; and so must its field.
    #[serde(deserialize_with = "Option::deserialize")]
    token: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    token_field: Option<String>,
    redirects: i64,
    any_status: bool,
    /// In bytes.
    most: u64,
    /// In milliseconds.
    timeout: u64,
}

impl Observe for Get {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform_waiting(call, hands, get)
    }
}

async fn get(params: Params, hands: &dyn Look) -> Result<Response, Failure> {
    let fetch = Fetch {
        url: params.url,
        headers: params.headers,
        token: token(params.token, params.token_field),
        redirects: u64::try_from(params.redirects).unwrap_or(0),
        most: params.most,
        timeout: Duration::from_millis(params.timeout),
    };
    judged(hands.fetch(&fetch).await?, params.any_status)
}

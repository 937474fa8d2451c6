//! `http.request`

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Fetch, Running, Sending, Unknown, Work};

use super::response::{Response, judged};
use super::token;
use crate::perform::perform_waiting;

/// Sends any request.
pub(super) struct Request;

#[derive(Deserialize)]
struct Params {
    method: String,
    url: String,
    body: String,
    headers: BTreeMap<String, String>,
    /// It must be there, also when it is `null`; and so must its field.
    #[serde(deserialize_with = "Option::deserialize")]
    token: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    token_field: Option<String>,
    any_status: bool,
    /// In bytes.
    most: u64,
    /// In milliseconds.
    timeout: u64,
}

impl Unknown for Request {
    fn run<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform_waiting(call, hands, request)
    }
}

async fn request(params: Params, hands: &dyn Work) -> Result<Response, Failure> {
    let sending = Sending {
        method: params.method,
        body: params.body,
        to: Fetch {
            url: params.url,
            headers: params.headers,
            token: token(params.token, params.token_field),
            redirects: 0,
            most: params.most,
            timeout: Duration::from_millis(params.timeout),
        },
    };
    judged(hands.send(&sending).await?, params.any_status)
}

//! `http.post`

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Fetch, Running, Sending, Unknown, Work};

use super::response::{Response, judged};
use super::token;
use crate::perform::perform_waiting;

/// Sends a text.
pub(super) struct Post;

#[derive(Deserialize)]
struct Params {
    url: String,
    body: String,
    content_type: String,
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

impl Unknown for Post {
    fn run<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform_waiting(call, hands, post)
    }
}

async fn post(params: Params, hands: &dyn Work) -> Result<Response, Failure> {
    let mut headers = params.headers;
    // Beside one that is named in `headers`, this is one too many, and refused as such.
    headers.insert("content-type".to_owned(), params.content_type);
    let sending = Sending {
        method: "POST".to_owned(),
        body: params.body,
        to: Fetch {
            url: params.url,
            headers,
            token: token(params.token, params.token_field),
            redirects: 0,
            most: params.most,
            timeout: Duration::from_millis(params.timeout),
        },
    };
    judged(hands.send(&sending).await?, params.any_status)
}

//! Answers, as the face gives them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use tau_interpreter::action::{Failure, Fetched};

use crate::shown::shown;

/// How many characters of a body a failure's message shows, and how many its detail holds.
const TOLD: usize = 200;
const KEPT: usize = 16 * 1024;

/// The `HttpResponse` of the face.
#[derive(Serialize)]
pub(super) struct Response {
    status: u16,
    url: String,
    headers: BTreeMap<String, String>,
    text: String,
    whole: bool,
    body_ref: String,
    size: u64,
}

/// An answer whose status is none of a failure, unless any is wanted.
pub(super) fn judged(fetched: Fetched, any_status: bool) -> Result<Response, Failure> {
    if fetched.status >= 400 && !any_status {
        return Err(failed(&fetched));
    }
    Ok(Response {
        status: fetched.status,
        url: fetched.url,
        headers: fetched.headers,
        text: fetched.text,
        whole: fetched.is_whole,
        body_ref: fetched.body,
        size: fetched.size,
    })
}

fn failed(fetched: &Fetched) -> Failure {
    let Fetched {
        status, url, text, ..
    } = fetched;
    let begins = match text.split_whitespace().collect::<Vec<_>>().join(" ") {
        words if words.is_empty() => String::new(),
        words => format!(" It says: {}", shown(&words, TOLD)),
    };
    let message = format!("`{url}` was answered with status {status}.{begins}");
    Failure::new("http-status", message).detail(json!({
        "status": status,
        "url": url,
        "headers": fetched.headers,
        "text": shown(text, KEPT),
        "body_ref": fetched.body,
    }))
}

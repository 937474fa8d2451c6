//! `http.post`

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Running, Unknown, Work};

use super::request::send;
use super::response::Response;
use super::to::To;
use crate::perform::perform_waiting;

/// Sends a text.
pub(super) struct Post;

#[derive(Deserialize)]
struct Params {
    #[serde(flatten)]
    to: To,
    body: String,
    content_type: String,
}

impl Unknown for Post {
    fn run<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform_waiting(call, hands, post)
    }
}

/// The field that an argument of its own gives.
const FIELD: &str = "content-type";

async fn post(params: Params, hands: &dyn Work) -> Result<Response, Failure> {
    let mut to = params.to;
    if to
        .headers
        .keys()
        .any(|name| name.eq_ignore_ascii_case(FIELD))
    {
        let message = format!("The field `{FIELD}` of the request is there twice.");
        return Err(Failure::new("http-header", message)
            .help("Give it as `content_type`, and not in `headers`."));
    }
    to.headers.insert(FIELD.to_owned(), params.content_type);
    send("POST".to_owned(), params.body, to, hands).await
}

//! `http.request`

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Running, Sending, Unknown, Work};

use super::response::{Response, judged};
use super::to::To;
use crate::perform::perform_waiting;

/// Sends any request.
pub(super) struct Request;

#[derive(Deserialize)]
struct Params {
    #[serde(flatten)]
    to: To,
    method: String,
    body: String,
}

impl Unknown for Request {
    fn run<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform_waiting(call, hands, request)
    }
}

async fn request(params: Params, hands: &dyn Work) -> Result<Response, Failure> {
    send(params.method, params.body, params.to, hands).await
}

/// Sends a request once; it is followed nowhere.
pub(super) async fn send(
    method: String,
    body: String,
    to: To,
    hands: &dyn Work,
) -> Result<Response, Failure> {
    let any_status = to.any_status;
    let sending = Sending {
        method,
        body,
        to: to.fetch(0),
    };
    judged(hands.send(&sending).await?, any_status)
}

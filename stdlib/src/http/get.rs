//! `http.get`

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};

use super::response::{Response, judged};
use super::to::To;
use crate::perform::perform_waiting;

/// Gets a page.
pub(super) struct Get;

#[derive(Deserialize)]
struct Params {
    #[serde(flatten)]
    to: To,
    redirects: i64,
}

impl Observe for Get {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform_waiting(call, hands, get)
    }
}

async fn get(params: Params, hands: &dyn Look) -> Result<Response, Failure> {
    let any_status = params.to.any_status;
    let redirects = u64::try_from(params.redirects).unwrap_or(0);
    let fetch = params.to.fetch(redirects);
    judged(hands.fetch(&fetch).await?, any_status)
}

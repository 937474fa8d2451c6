//! The web. The face is `http/http.tau`.

mod get;
mod post;
mod request;
mod response;
mod to;

#[cfg(test)]
mod tests;

use tau_interpreter::action::Action;
use tau_interpreter::net::url::Url;

/// The face of the group, in tau.
pub(crate) const FACE: &str = include_str!("http/http.tau");

/// Every action of the group.
pub(crate) fn actions() -> Vec<Action> {
    vec![
        Action::observe("http.get", get::Get),
        Action::unknown("http.post", post::Post),
        Action::unknown("http.request", request::Request),
    ]
}

/// The host of an address with its port, as `net` grants it. This is the filter `url_hosts` of tau's
/// expressions.
///
/// # Errors
/// It is no address of a page, as a sentence.
pub(crate) fn url_hosts(url: &str) -> Result<Vec<String>, String> {
    let url = Url::new(url).map_err(|why| format!("This is no address of a page: {why}."))?;
    Ok(vec![url.target().scope()])
}

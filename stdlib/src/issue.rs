//! Issues: read, held against rules, and planned for. The face is `issue/issue.tau`.

mod admit;
mod classify;
mod document;
pub(crate) mod github;
mod opinion;
mod plan;
mod prose;
mod read;
pub(crate) mod reference;
mod ticket;

#[cfg(test)]
mod tests;

use tau_interpreter::action::Action;
use tau_interpreter::net::url::Url;

use self::reference::Reference;

/// The face of the group, in tau.
pub(crate) const FACE: &str = include_str!("issue/issue.tau");

/// Every action of the group.
pub(crate) fn actions() -> Vec<Action> {
    vec![
        Action::observe("issue.admit", admit::Admit),
        Action::observe("issue.classify", classify::Classify),
        Action::observe("issue.plan", plan::MakePlan),
        Action::observe("issue.read", read::Read),
    ]
}

/// The host that is asked for an issue, as `net` grants it; none for one that is a text. This is the
/// filter `issue_hosts` of tau's expressions.
///
/// # Errors
/// It is an address, and none of an issue: a sentence.
pub(crate) fn issue_hosts(issue: &str) -> Result<Vec<String>, String> {
    let Some(api) = Reference::new(issue)?.own_api() else {
        return Ok(Vec::new());
    };
    let url = Url::new(&api).map_err(|why| format!("This is no address of a host: {why}."))?;
    Ok(vec![url.target().scope()])
}

/// Where an issue is asked for whose page is given; none of another one.
#[must_use]
pub fn issue_api(issue: &str) -> Option<String> {
    match Reference::new(issue).ok()? {
        Reference::GitHub(it) if it.has_page() => Some(it.own_api()),
        _ => None,
    }
}

/// `owner/name` of the repository whose issue is meant; none of an issue that is a text.
#[must_use]
pub fn issue_repository(issue: &str) -> Option<String> {
    match Reference::new(issue).ok()? {
        Reference::GitHub(it) => Some(format!("{}/{}", it.owner, it.repo)),
        Reference::Text(_) => None,
    }
}

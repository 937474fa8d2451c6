//! Issues of GitHub, over its REST interface.

mod client;

use serde::Deserialize;
use tau_interpreter::action::Failure;

pub(crate) use self::client::{Client, patiently, said, without_credential};
use super::reference::Numbered;
use super::ticket::{Association, Comment, From, State, Ticket};

/// The most comments that are read, whatever a step says.
const COMMENTS: usize = 1000;

/// How many comments a page has. A comment has at most 64 KiB, and of a page 1 MiB is read as text.
const PAGE: usize = 30;

/// An issue as GitHub writes it.
#[derive(Deserialize)]
struct Written {
    html_url: Option<String>,
    state: Option<String>,
    title: String,
    body: Option<String>,
    user: Option<User>,
    #[serde(default)]
    author_association: String,
    #[serde(default)]
    labels: Vec<Label>,
    #[serde(default)]
    comments: usize,
}

#[derive(Deserialize)]
struct User {
    login: String,
}

/// A label, which older hosts give as its name alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Label {
    Named { name: String },
    Name(String),
}

/// A comment as GitHub writes it.
#[derive(Deserialize)]
struct Said {
    body: Option<String>,
    user: Option<User>,
    #[serde(default)]
    author_association: String,
}

/// Reads an issue, and at most so many of its comments: the newest.
pub(super) async fn issue(
    client: &Client<'_>,
    issue: &Numbered,
    most: usize,
) -> Result<Ticket, Failure> {
    let path = issue.path();
    let what = format!("the issue {}", issue.short());
    let written: Written = client.get(&path, &what).await?;
    let wanted = written.comments.min(most).min(COMMENTS);
    let comments = comments(client, &path, &what, written.comments, wanted).await?;
    let login = |user: Option<User>| user.map(|user| user.login);
    Ok(Ticket {
        kind: From::Github,
        reference: issue.short(),
        url: written.html_url,
        state: match written.state.as_deref() {
            Some("open") => State::Open,
            Some("closed") => State::Closed,
            _ => State::Unknown,
        },
        title: written.title,
        text: written.body.unwrap_or_default(),
        author: login(written.user),
        association: Association::of_github(&written.author_association),
        labels: written
            .labels
            .into_iter()
            .map(|label| match label {
                Label::Named { name } | Label::Name(name) => name,
            })
            .collect(),
        complete: comments.len() >= written.comments,
        comments: comments
            .into_iter()
            .map(|said| Comment {
                author: login(said.user),
                association: Association::of_github(&said.author_association),
                text: said.body.unwrap_or_default(),
            })
            .collect(),
    })
}

/// The last `wanted` of `all` comments, which the host gives from the oldest on.
async fn comments(
    client: &Client<'_>,
    path: &str,
    what: &str,
    all: usize,
    wanted: usize,
) -> Result<Vec<Said>, Failure> {
    let mut read: Vec<Said> = Vec::new();
    if wanted == 0 {
        return Ok(read);
    }
    let first = (all - wanted) / PAGE;
    // The last page may have grown meanwhile; what came later is not waited for.
    for page in first..all.div_ceil(PAGE) {
        let path = format!("{path}/comments?per_page={PAGE}&page={}", page + 1);
        let some: Vec<Said> = client.get(&path, &format!("comments of {what}")).await?;
        let is_last = some.len() < PAGE;
        read.extend(some);
        if is_last {
            break;
        }
    }
    let spare = read.len().saturating_sub(wanted);
    Ok(read.split_off(spare))
}

//! What is given as an issue: `owner/repo#42`, the address of its page, or its text.

use tau_interpreter::net::url::Url;

/// How long a reference may be; what is longer is a text.
const MOST: usize = 300;

/// An issue that is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// One of GitHub, or of a host that speaks as GitHub does.
    GitHub(Numbered),
    /// All of it.
    Text(String),
}

/// An issue of a repository of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numbered {
    /// The host of its page, with a port if it is not the usual one.
    pub(crate) host: String,
    /// Whose repository.
    pub(crate) owner: String,
    /// The repository's name.
    pub(crate) repo: String,
    /// Its number there.
    pub(crate) number: u64,
}

impl Reference {
    /// What a text means.
    ///
    /// # Errors
    /// It is an address, and none of an issue: a sentence.
    pub(crate) fn new(text: &str) -> Result<Reference, String> {
        let line = text.trim();
        let is_line = line.len() <= MOST && !line.contains(char::is_whitespace);
        if !is_line {
            return Ok(Reference::Text(text.to_owned()));
        }
        if line.starts_with("https://") || line.starts_with("http://") {
            return of_page(line).map(Reference::GitHub);
        }
        Ok(match short(line) {
            Some(numbered) => Reference::GitHub(numbered),
            None => Reference::Text(text.to_owned()),
        })
    }

    /// The address of the host's interface, for an issue of a host; `api` is what the mission says.
    pub(crate) fn api(&self, api: Option<&str>) -> Option<String> {
        match self {
            Reference::GitHub(numbered) => Some(numbered.api(api)),
            Reference::Text(_) => None,
        }
    }
}

impl Numbered {
    /// The address of the host's interface: what the mission says, or where GitHub has it.
    pub(crate) fn api(&self, api: Option<&str>) -> String {
        match (api, self.host.as_str()) {
            (Some(api), _) => api.trim_end_matches('/').to_owned(),
            (None, "github.com") => "https://api.github.com".to_owned(),
            (None, host) => format!("https://{host}/api/v3"),
        }
    }

    /// Its path at the host's interface.
    pub(crate) fn path(&self) -> String {
        let Numbered {
            owner,
            repo,
            number,
            ..
        } = self;
        format!("/repos/{owner}/{repo}/issues/{number}")
    }

    /// As people write it.
    pub(crate) fn short(&self) -> String {
        format!("{}/{}#{}", self.owner, self.repo, self.number)
    }
}

/// `owner/repo#42`
fn short(line: &str) -> Option<Numbered> {
    let (repository, number) = line.split_once('#')?;
    let (owner, repo) = repository.split_once('/')?;
    numbered("github.com", owner, repo, number)
}

/// `https://github.com/owner/repo/issues/42`
fn of_page(line: &str) -> Result<Numbered, String> {
    let url = Url::new(line).map_err(|why| format!("This is no address of a page: {why}."))?;
    let path = url.path();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let found = match parts.as_slice() {
        [owner, repo, "issues" | "pull", number] => numbered(&url.host(), owner, repo, number),
        _ => None,
    };
    found.ok_or_else(|| {
        "This is no address of an issue: one ends in `/OWNER/REPO/issues/NUMBER`.".to_owned()
    })
}

fn numbered(host: &str, owner: &str, repo: &str, number: &str) -> Option<Numbered> {
    let is_name = |name: &str| {
        let letters = name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        letters && !name.is_empty() && name.len() <= 100 && !matches!(name, "." | "..")
    };
    let is_number =
        !number.is_empty() && number.len() < 19 && number.bytes().all(|it| it.is_ascii_digit());
    let number = number.parse().ok().filter(|_| is_number)?;
    (is_name(owner) && is_name(repo)).then(|| Numbered {
        host: host.to_owned(),
        owner: owner.to_owned(),
        repo: repo.to_owned(),
        number,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match Reference::new(text) {
            Ok(Reference::GitHub(it)) => format!("{} {} {}", it.host, it.short(), it.api(None)),
            Ok(Reference::Text(text)) => format!("text {}", text.len()),
            Err(why) => why,
        }
    }

    #[test]
    fn an_issue_is_a_number_a_page_or_a_text() {
        let all = [
            "acme/app#42",
            " https://github.com/acme/app/issues/7#issuecomment-1\n",
            "https://github.com/acme/app/pull/7?x=y",
            "https://git.acme.example:8443/acme/app/issues/7",
            "https://github.com/acme/app",
            "https://github.com/../app/issues/7",
            "acme/app#0x2a",
            "acme/app",
            "Fix acme/app#42",
            "#42",
        ];
        insta::assert_snapshot!(all.map(told).join("\n"), @"
        github.com acme/app#42 https://api.github.com
        github.com acme/app#7 https://api.github.com
        github.com acme/app#7 https://api.github.com
        git.acme.example:8443 acme/app#7 https://git.acme.example:8443/api/v3
        This is no address of an issue: one ends in `/OWNER/REPO/issues/NUMBER`.
        This is no address of an issue: one ends in `/OWNER/REPO/issues/NUMBER`.
        text 13
        text 8
        text 15
        text 3
        ");
    }

    #[test]
    fn where_it_is_asked_for_can_be_said() {
        let issue = Reference::new("acme/app#1").unwrap();
        let api = issue.api(Some("http://127.0.0.1:8080/"));
        assert_eq!(api.as_deref(), Some("http://127.0.0.1:8080"));
        assert_eq!(Reference::new("Some text").unwrap().api(None), None);
    }
}

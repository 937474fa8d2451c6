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
    /// The host of its page, with a port if it is not the usual one, where its page was given.
    page: Option<String>,
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

    /// The address of the interface of an issue's host.
    pub(crate) fn own_api(&self) -> Option<String> {
        match self {
            Reference::GitHub(numbered) => Some(numbered.own_api()),
            Reference::Text(_) => None,
        }
    }
}

impl Numbered {
    /// The address of the host's interface: what the mission says, or where GitHub has it.
    ///
    /// # Errors
    /// The mission says that of another host than the issue's page is at, where the same name and number are
    /// another issue: a sentence.
    pub(crate) fn api(&self, api: Option<&str>) -> Result<String, String> {
        let own = self.own_api();
        let Some(api) = api.map(|api| api.trim_end_matches('/')) else {
            return Ok(own);
        };
        let host = |text: &str| Url::new(text).ok().map(|url| url.host());
        let asked = host(api);
        let is_there = |page: &String| asked.as_ref() == Some(page) || asked == host(&own);
        match self.page.as_ref().filter(|page| !is_there(page)) {
            None => Ok(api.to_owned()),
            Some(page) => {
                let asked = asked.unwrap_or_else(|| api.to_owned());
                Err(format!(
                    "The issue's page is at `{page}`, and `{asked}` would be asked for it: `api` must be `{own}`."
                ))
            }
        }
    }

    /// Where GitHub has the interface of the issue's host.
    pub(crate) fn own_api(&self) -> String {
        match self.page.as_deref() {
            None | Some("github.com") => "https://api.github.com".to_owned(),
            Some(host) if host.ends_with(".ghe.com") => format!("https://api.{host}"),
            Some(host) => format!("https://{host}/api/v3"),
        }
    }

    /// Whether its page was given, and so its host.
    pub(crate) fn has_page(&self) -> bool {
        self.page.is_some()
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
    numbered(None, owner, repo, number)
}

/// `https://github.com/owner/repo/issues/42`
fn of_page(line: &str) -> Result<Numbered, String> {
    let url = Url::new(line).map_err(|why| format!("This is no address of a page: {why}."))?;
    let path = url.path();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let found = match parts.as_slice() {
        [owner, repo, "issues" | "pull", number] => numbered(Some(url.host()), owner, repo, number),
        _ => None,
    };
    found.ok_or_else(|| {
        "This is no address of an issue: one ends in `/OWNER/REPO/issues/NUMBER`.".to_owned()
    })
}

fn numbered(page: Option<String>, owner: &str, repo: &str, number: &str) -> Option<Numbered> {
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
        page,
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
            Ok(Reference::GitHub(it)) => format!("{} {}", it.short(), it.own_api()),
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
        acme/app#42 https://api.github.com
        acme/app#7 https://api.github.com
        acme/app#7 https://api.github.com
        acme/app#7 https://git.acme.example:8443/api/v3
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
        let asked = |issue: &str, api: &str| match Reference::new(issue) {
            Ok(Reference::GitHub(it)) => it.api(Some(api)).unwrap_or_else(|why| why),
            _ => panic!("{issue}"),
        };
        let all = [
            asked("acme/app#1", "http://127.0.0.1:8080/"),
            asked(
                "https://github.com/acme/app/issues/1",
                "https://api.github.com",
            ),
            asked(
                "https://git.acme.example/acme/app/issues/1",
                "https://git.acme.example/api/v3",
            ),
            asked(
                "https://acme.ghe.com/acme/app/issues/1",
                "https://api.acme.ghe.com",
            ),
            asked(
                "https://git.acme.example/acme/app/issues/1",
                "https://api.github.com",
            ),
            asked(
                "https://github.com/acme/app/issues/1",
                "https://git.acme.example/api/v3",
            ),
            asked(
                "https://acme.ghe.com/acme/app/issues/1",
                "https://api.github.com",
            ),
        ];
        insta::assert_snapshot!(all.join("\n"), @"
        http://127.0.0.1:8080
        https://api.github.com
        https://git.acme.example/api/v3
        https://api.acme.ghe.com
        The issue's page is at `git.acme.example`, and `api.github.com` would be asked for it: `api` must be `https://git.acme.example/api/v3`.
        The issue's page is at `github.com`, and `git.acme.example` would be asked for it: `api` must be `https://api.github.com`.
        The issue's page is at `acme.ghe.com`, and `api.github.com` would be asked for it: `api` must be `https://api.acme.ghe.com`.
        ");
        assert_eq!(Reference::new("Some text").unwrap().own_api(), None);
    }
}

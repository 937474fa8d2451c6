//! An App as `secrets.toml` has it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use serde::Deserialize;

use super::{App, Id, Permissions, Repositories};
use crate::net::url::Url;
use crate::secrets::sources::absolute;

/// Where GitHub itself is asked.
const GITHUB: &str = "https://api.github.com";

/// `github_app = { id = 12345, key = "~/.secrets/app.pem", repository = "acme/app" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::secrets) struct Written {
    id: WrittenId,
    key: String,
    repository: Option<OneOrSeveral>,
    installation: Option<u64>,
    permissions: Option<BTreeMap<String, String>>,
    api: Option<String>,
    #[serde(default)]
    addresses: Vec<IpAddr>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenId {
    Number(u64),
    Client(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrSeveral {
    One(String),
    Several(Vec<String>),
}

impl Written {
    /// What it says.
    ///
    /// # Errors
    /// Why it says nothing, as a clause about the secret.
    pub(in crate::secrets) fn app(self, home: Option<&Path>) -> Result<App, String> {
        let id = match self.id {
            WrittenId::Number(number) => Id::Number(number),
            WrittenId::Client(id) if is_name(&id) => Id::Client(id),
            WrittenId::Client(id) => {
                return Err(format!(
                    "`{id}` is no App: write its number, or its client ID"
                ));
            }
        };
        let repositories = match self.repository {
            None => None,
            Some(OneOrSeveral::One(one)) => Some(repositories(&[one])?),
            Some(OneOrSeveral::Several(several)) => Some(repositories(&several)?),
        };
        if repositories.is_none() && self.installation.is_none() {
            return Err(
                "its App has no `repository = \"owner/name\"`, and no `installation`".to_owned(),
            );
        }
        let api = self.api.as_deref().unwrap_or(GITHUB).trim_end_matches('/');
        let api = Url::new(api).map_err(|why| format!("its `api` is no address: {why}"))?;
        if !api.is_secure() && !api.is_here() {
            return Err(format!(
                "its `api` `{api}` is not encrypted, and what its App signs would be sent there"
            ));
        }
        if api.path().contains('?') {
            return Err(format!("its `api` `{api}` has a query"));
        }
        Ok(App {
            id,
            key: absolute(&self.key, home)?,
            repositories,
            installation: self.installation,
            permissions: self.permissions.map(Permissions::new).transpose()?,
            api,
            addresses: self.addresses,
        })
    }
}

/// `owner/name`, once or several times with the same owner: a token is of one installation.
fn repositories(all: &[String]) -> Result<Repositories, String> {
    let mut names = Vec::new();
    let mut owners: Vec<&str> = Vec::new();
    for text in all {
        let parts = text.split_once('/');
        let parts = parts.filter(|(owner, name)| is_name(owner) && is_name(name));
        let Some((owner, name)) = parts else {
            return Err(format!("`{text}` is no repository: write `owner/name`"));
        };
        names.push(name.to_owned());
        if !owners.iter().any(|known| known.eq_ignore_ascii_case(owner)) {
            owners.push(owner);
        }
    }
    match owners.as_slice() {
        [owner] => Ok(Repositories {
            owner: (*owner).to_owned(),
            names,
        }),
        [] => Err("its list of repositories is empty".to_owned()),
        [one, other, ..] => Err(format!(
            "its repositories have the owners `{one}` and `{other}`, and a token is of one"
        )),
    }
}

/// A name as GitHub has them: nothing that means something in a path.
fn is_name(text: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    !text.is_empty() && text.chars().all(plain) && !matches!(text, "." | "..")
}

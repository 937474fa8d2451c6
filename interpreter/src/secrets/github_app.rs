//! Tokens that GitHub gives out to an App: short-lived, and for what they are needed for alone.
//!
//! The operator says in `secrets.toml` which App, where its private key is and for which repositories. Tau
//! signs with the key who it is ([`key`]), asks the host for a token of the App's installation there
//! ([`host`]), narrowed to these repositories and to what tau can use, and asks for another one before the
//! first ends. A token is in memory only. What signs, and what is signed, goes to the host of `api` alone.

mod host;
mod key;
mod permissions;
#[cfg(test)]
mod tests;
mod written;

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use self::host::Host;
use self::key::Key;
pub(super) use self::permissions::Permissions;
pub(super) use self::written::Written;
use super::fetch::{Means, Unavailable};
use super::held::{Held, Lifetime};
use super::weak::Weak;
use crate::clock::Clock;
use crate::net::url::Url;

/// How long before now a signed text says that it was made: clocks differ.
const BEFORE: SignedDuration = SignedDuration::from_secs(60);

/// How long from now it holds. GitHub takes none that holds for more than 10 minutes.
const HOLDS: SignedDuration = SignedDuration::from_mins(9);

/// How long a host may take for one token, with all that is asked for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A GitHub App, as the operator has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    id: Id,
    /// Its private key, a file that nobody else can read.
    key: PathBuf,
    /// For which repositories a token is; all of the installation where there are none.
    repositories: Option<Repositories>,
    /// Its installation, where it is not looked up.
    installation: Option<u64>,
    /// What a token may do, where it is not what tau can use.
    permissions: Option<Permissions>,
    /// Where the host is asked.
    api: Url,
    /// Addresses of the host that are not public, such as that of a network of one's own.
    addresses: Vec<IpAddr>,
}

/// What an App calls itself.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Id {
    /// Its number.
    Number(u64),
    /// Its client ID.
    Client(String),
}

/// Repositories of one owner; one at least.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Repositories {
    owner: String,
    names: Vec<String>,
}

impl App {
    /// What it is called in a message.
    #[must_use]
    pub fn id(&self) -> String {
        match &self.id {
            Id::Number(number) => number.to_string(),
            Id::Client(id) => id.clone(),
        }
    }

    /// The file of its private key.
    #[must_use]
    pub fn key(&self) -> &std::path::Path {
        &self.key
    }

    /// The hosts that its tokens are for: where it is asked and, of GitHub's own, where git is.
    pub(super) fn hosts(&self) -> Vec<String> {
        let api = self.api.host();
        let git = api.strip_prefix("api.");
        let git = git.filter(|git| *git == "github.com" || git.ends_with(".ghe.com"));
        let git = git.map(str::to_owned);
        std::iter::once(api).chain(git).collect()
    }

    /// Whether there will likely be a token, without asking for one.
    ///
    /// # Errors
    /// Its key cannot be used.
    pub fn look(&self) -> Result<(), Unavailable> {
        Key::read(&self.key).map(drop)
    }

    /// A new token. The key and what is signed with it are hidden before the host is asked.
    ///
    /// # Errors
    /// The key cannot be used, or the host gives none.
    pub(super) async fn token(&self, means: &Means<'_>) -> Result<Held, Unavailable> {
        let key = Key::read(&self.key)?;
        let hide = |text: &str| (means.hide)(text).map_err(Unavailable::Weak);
        hide(key.text())?;
        let signed = self.signed(&key, means.clock)?;
        hide(signed.expose_secret())?;
        let host = Host::new(self, signed, means);
        tokio::select! {
            token = self.given(&host) => token,
            () = means.clock.sleep(PATIENCE) => {
                let seconds = PATIENCE.as_secs();
                let why = format!("`{}` gave no token within {seconds} seconds", self.api.host());
                Err(self.refused(&why))
            }
        }
    }

    async fn given(&self, host: &Host<'_>) -> Result<Held, Unavailable> {
        let installation = host.installation().await?;
        let began = host.clock().instant();
        let token = host.token(&installation).await?;
        Weak::check(token.value.expose_secret()).map_err(Unavailable::Weak)?;
        let lasts = token.ends.duration_since(token.at);
        let lasts = Duration::try_from(lasts).unwrap_or_default();
        Ok(Held {
            value: token.value,
            lifetime: Some(Lifetime::new(host.clock(), began, lasts)),
        })
    }

    /// Who it is, signed.
    fn signed(&self, key: &Key, clock: &Clock) -> Result<SecretString, Unavailable> {
        let now = clock.now();
        let issuer = match &self.id {
            Id::Number(number) => json!(number),
            Id::Client(id) => json!(id),
        };
        let claims = json!({
            "iat": now.saturating_sub(BEFORE).unwrap_or(now).as_second(),
            "exp": now.saturating_add(HOLDS).unwrap_or(now).as_second(),
            "iss": issuer,
        });
        let signed = key.sign(&claims);
        signed.map_err(|why| Unavailable::File(self.key.clone(), why))
    }

    /// There is no token, for this reason: a clause about what was asked.
    fn refused(&self, why: &str) -> Unavailable {
        Unavailable::GithubApp(self.id(), why.to_owned())
    }
}

impl Repositories {
    /// As people write the first.
    fn first(&self) -> String {
        let name = self.names.first().map_or("", String::as_str);
        format!("{}/{name}", self.owner)
    }

    /// As people write them.
    fn shown(&self) -> String {
        let each = |name: &String| format!("`{}/{name}`", self.owner);
        self.names.iter().map(each).collect::<Vec<_>>().join(", ")
    }
}

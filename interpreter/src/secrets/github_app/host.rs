//! The host, asked by the App itself: which installation it has, and a token of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bytes::Bytes;
use hyper::Method;
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, USER_AGENT,
};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{App, Permissions};
use crate::clock::Clock;
use crate::net::client::{Answer, Ask, NoAnswer, Reading, exchange};
use crate::net::url::Url;
use crate::net::{Gate, NotOpened, hosts};
use crate::secrets::MARK;
use crate::secrets::fetch::{Means, Unavailable};

/// The most bytes of an answer.
const MOST: u64 = 1 << 20;

/// How long to wait before a host that did not answer is asked again; as often as there are pauses.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

/// By how many seconds clocks may differ before that is told.
const SKEW: i64 = 30;

/// The most characters that a message has of what a host says.
const SAID: usize = 200;

/// Whom to ask, and as whom.
pub(super) struct Host<'a> {
    app: &'a App,
    /// Who asks.
    signed: SecretString,
    means: &'a Means<'a>,
    gate: Gate,
}

/// An installation as GitHub writes it.
#[derive(Deserialize)]
pub(super) struct Installation {
    id: u64,
    #[serde(default)]
    permissions: BTreeMap<String, String>,
    suspended_at: Option<String>,
}

/// A token.
pub(super) struct Token {
    pub(super) value: SecretString,
    /// When the host's clock says that it ends.
    pub(super) ends: Timestamp,
    /// What that clock said when it was made.
    pub(super) at: Timestamp,
}

impl<'a> Host<'a> {
    /// The way to the host of the App and to no other, whatever missions grant: it is the operator's.
    pub(super) fn new(app: &'a App, signed: SecretString, means: &'a Means<'a>) -> Host<'a> {
        let rules = hosts::only(app.api.target(), &app.addresses, "the GitHub App is of");
        let names = means.network.names.clone();
        let gate = Gate::new(Arc::new(vec![rules]), names, means.clock.clone());
        Host {
            app,
            signed,
            means,
            gate,
        }
    }

    pub(super) fn clock(&self) -> &Clock {
        self.means.clock
    }

    /// The installation that tokens are of.
    pub(super) async fn installation(&self) -> Result<Installation, Unavailable> {
        let app = self.app;
        let (path, where_) = match (&app.installation, &app.repositories) {
            (None, Some(all)) => {
                let first = all.first();
                let path = format!("/repos/{first}/installation");
                (
                    path,
                    format!("on `{first}`, or there is no such repository"),
                )
            }
            (id, _) => {
                let id = id.unwrap_or_default();
                let path = format!("/app/installations/{id}");
                (path, format!("as installation {id}"))
            }
        };
        let answer = self.ask(Method::GET, &path, None).await?;
        let installation: Installation = match answer.status {
            200 => self.read(&answer)?,
            404 => {
                let settings = "install it at the page of its settings";
                return Err(app.refused(&format!("is not installed {where_}: {settings}")));
            }
            _ => return Err(self.unusual(&answer)),
        };
        match installation.suspended_at {
            None => Ok(installation),
            Some(_) => Err(self.suspended(installation.id)),
        }
    }

    /// A token of an installation.
    pub(super) async fn token(&self, installation: &Installation) -> Result<Token, Unavailable> {
        #[derive(Deserialize)]
        struct Given {
            token: String,
            expires_at: Timestamp,
        }
        let app = self.app;
        let id = installation.id;
        let used = || Permissions::used_of(&installation.permissions);
        let Some(permissions) = app.permissions.clone().or_else(used) else {
            let used = Permissions::all_used();
            return Err(app.refused(&format!(
                "has none of the permissions that tau can use in installation {id}: give it those of {used} \
                 that the mission needs, and accept them there"
            )));
        };
        let mut body = json!({ "permissions": permissions.json() });
        if let Some(repositories) = &app.repositories {
            body["repositories"] = json!(repositories.names);
        }
        let path = format!("/app/installations/{id}/access_tokens");
        let answer = self.ask(Method::POST, &path, Some(&body)).await?;
        match answer.status {
            201 => {}
            403 if self.says(&answer).to_lowercase().contains("suspended") => {
                return Err(self.suspended(id));
            }
            404 => {
                return Err(app.refused(&format!(
                    "has no installation {id}: is `installation` that of another App?"
                )));
            }
            422 => {
                let all = app.repositories.as_ref();
                let of = all.map_or_else(String::new, |all| format!(" for {}", all.shown()));
                return Err(app.refused(&format!(
                    "gets no token{of} with {}{}: give the App these permissions and accept them in its \
                     installation {id}, which must have the repository, or write fewer as `permissions`",
                    permissions.shown(),
                    self.said(&answer),
                )));
            }
            _ => return Err(self.unusual(&answer)),
        }
        let given: Given = self.read(&answer)?;
        Ok(Token {
            value: SecretString::from(given.token),
            ends: given.expires_at,
            at: date(&answer).unwrap_or_else(|| self.clock().now()),
        })
    }

    /// Asks; again, when that comes to nothing and may be made again.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Json>,
    ) -> Result<Answer, Unavailable> {
        let mut pauses = PAUSES.iter();
        loop {
            let answered = self.ask_once(method.clone(), path, body).await;
            let is_passing = match &answered {
                Ok(answer) => answer.status >= 500,
                Err(not) => !matches!(not, NoAnswer::NotOpened(NotOpened::Refused(_))),
            };
            match pauses.next().filter(|_| is_passing) {
                Some(pause) => self.clock().sleep(*pause).await,
                None => return answered.map_err(|not| self.silent(not)),
            }
        }
    }

    async fn ask_once(
        &self,
        method: Method,
        path: &str,
        body: Option<&Json>,
    ) -> Result<Answer, NoAnswer> {
        let api = self.app.api.to_string();
        let address = format!("{}{path}", api.trim_end_matches('/'));
        let url = Url::new(&address).map_err(NoAnswer::NotSent)?;
        let mut headers = HeaderMap::new();
        let own = [
            (ACCEPT, "application/vnd.github+json"),
            (USER_AGENT, concat!("tau/", env!("CARGO_PKG_VERSION"))),
        ];
        for (name, value) in own {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert(
            "x-github-api-version",
            HeaderValue::from_static("2022-11-28"),
        );
        let bearer = format!("Bearer {}", self.signed.expose_secret());
        if let Ok(mut bearer) = HeaderValue::from_str(&bearer) {
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let ask = Ask {
            method,
            url,
            headers,
            body: body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string())),
        };
        let roots = &self.means.network.roots;
        let sent = AtomicBool::new(false);
        // INVARIANT: nothing is followed elsewhere, so what is signed goes to this host alone.
        exchange(&self.gate, roots, ask, &Reading::all(MOST), &sent).await
    }

    fn read<T: serde::de::DeserializeOwned>(&self, answer: &Answer) -> Result<T, Unavailable> {
        serde_json::from_slice(&answer.body).map_err(|_| {
            self.app.refused(
                "got what is no answer of GitHub: look at what `api` says, which ends in `/api/v3` at a host \
                 of one's own",
            )
        })
    }

    /// What a host says about why not; without what it was sent, of which a part would not be found
    /// once it is cut.
    fn says(&self, answer: &Answer) -> String {
        let told: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        let message = told["message"].as_str().unwrap_or_default();
        let message = message.replace(self.signed.expose_secret(), MARK);
        let words: Vec<&str> = message.split_whitespace().collect();
        words.join(" ").chars().take(SAID).collect()
    }

    /// The same, within a message.
    fn said(&self, answer: &Answer) -> String {
        match self.says(answer) {
            says if says.is_empty() => String::new(),
            says => format!(", and it says \"{}\"", says.trim_end_matches('.')),
        }
    }

    fn suspended(&self, id: u64) -> Unavailable {
        self.app.refused(&format!(
            "has the installation {id}, which is suspended: let who owns it take that back, in its settings"
        ))
    }

    /// A status that says that something is wrong with the App, or with the host.
    fn unusual(&self, answer: &Answer) -> Unavailable {
        let said = self.said(answer);
        let host = self.app.api.host();
        let status = answer.status;
        self.app.refused(&match status {
            401 => format!(
                "is not known to `{host}` by what its key signs (status 401){said}: {}",
                self.clock_differs(answer).unwrap_or_else(|| {
                    "look whether `id` is that of the App, and `key` one of its keys".to_owned()
                })
            ),
            301 | 302 | 307 | 308 => format!(
                "was sent elsewhere by `{host}` (status {status}), where it does not go: look at what \
                 `repository` and `api` say, as the repository may have another name now"
            ),
            _ => format!("was answered by `{host}` with status {status}{said}"),
        })
    }

    /// Whether this machine's clock is not the host's, and what to do then.
    fn clock_differs(&self, answer: &Answer) -> Option<String> {
        let ours = self.clock().now().as_second();
        let differ = ours - date(answer)?.as_second();
        let way = if differ > 0 { "ahead of" } else { "behind" };
        (differ.abs() > SKEW).then(|| {
            format!(
                "the clock of this machine is {} s {way} that of the host, so set it",
                differ.abs()
            )
        })
    }

    fn silent(&self, not: NoAnswer) -> Unavailable {
        let host = self.app.api.host();
        self.app.refused(&match not {
            NoAnswer::NotOpened(NotOpened::Refused(refused)) => format!(
                "is asked for at `{host}`, which is not connected to: {refused}: name it as one of `addresses`"
            ),
            NoAnswer::NotOpened(NotOpened::Unreachable(why))
            | NoAnswer::NotSent(why)
            | NoAnswer::Broken(why) => format!("is asked for at `{host}`, which {why}"),
            NoAnswer::Silent(_) | NoAnswer::TooLarge => {
                format!("is asked for at `{host}`, which did not answer as GitHub does")
            }
        })
    }
}

/// What the host's clock says.
fn date(answer: &Answer) -> Option<Timestamp> {
    let date = answer.headers.get(DATE)?.to_str().ok()?;
    let date = rfc2822::DateTimeParser::new().parse_timestamp(date);
    date.ok()
}

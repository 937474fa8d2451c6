//! How tau itself logs in to a remote: with a secret, at the remote's host and no other.
//!
//! Git gets the secret as a field of its requests to that host, from its environment: in no argument,
//! no file, no address. Of the user's own configuration only the remote's address takes part, as the rest
//! may lead to another host, log what git is told, or start a program.

use std::ffi::OsString;

use secrecy::{ExposeSecret as _, SecretString};
use tau_lang::syntax::tree::Effect;

use super::super::Broker;
use crate::action::Failure;
use crate::evidence::base64;
use crate::net::url::Url;

/// Whose configuration does not take part.
pub(super) const VARIABLES: &[(&str, &str)] = &[
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    // Where curl would look for names and passwords.
    ("HOME", "/dev/null"),
];

/// Who a token says to be where hosts want a name beside it. GitHub's apps must say this; where a
/// person's token is the password, any name will do.
const NAME: &str = "x-access-token";

/// A way in.
pub(super) struct Login {
    url: Url,
    token: SecretString,
}

impl Broker {
    /// The way in at an address with a secret, if that is for its host.
    pub(super) async fn login(&self, token: &str, url: &Url) -> Result<Login, Failure> {
        self.ask(Effect::Secret, None, token)?;
        let value = self.world.secrets.for_host(token, &url.host()).await;
        let value = value.map_err(|why| self.refused(token, &why))?;
        Ok(Login {
            url: url.clone(),
            token: value,
        })
    }
}

impl Login {
    /// The only one that git may use.
    pub(super) fn protocol(&self) -> &'static str {
        if self.url.is_secure() {
            "https"
        } else {
            "http"
        }
    }

    /// What git is told: whom to say who it is, and to follow nobody elsewhere.
    pub(super) fn into_settings(self) -> Vec<(String, OsString)> {
        let pair = format!("{NAME}:{}", self.token.expose_secret());
        let field = format!("Authorization: Basic {}", base64::encode(pair.as_bytes()));
        let host = format!("{}://{}/", self.protocol(), self.url.host());
        vec![
            (format!("http.{host}.extraHeader"), field.into()),
            ("http.followRedirects".to_owned(), "false".into()),
            // An empty one takes away those before it.
            ("credential.helper".to_owned(), OsString::new()),
        ]
    }
}

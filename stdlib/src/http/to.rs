//! Where a request goes, and how: what all of the group have in common.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use tau_interpreter::action::{Fetch, Token};

/// The arguments that every request has.
#[derive(Deserialize)]
pub(super) struct To {
    url: String,
    pub(super) headers: BTreeMap<String, String>,
    /// It must be there, also when it is `null`; and so must its field.
    #[serde(deserialize_with = "Option::deserialize")]
    token: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    token_field: Option<String>,
    pub(super) any_status: bool,
    /// In bytes.
    most: u64,
    /// In milliseconds.
    timeout: u64,
}

impl To {
    /// What is asked of the hands, which may follow so many `redirects`.
    pub(super) fn fetch(self, redirects: u64) -> Fetch {
        let field = self.token_field;
        Fetch {
            url: self.url,
            headers: self.headers,
            token: self.token.map(|secret| Token { secret, field }),
            redirects,
            most: self.most,
            may_be_kept: false,
            timeout: Duration::from_millis(self.timeout),
        }
    }
}

//! Requests to GitHub, or to a host that speaks as it does.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tau_interpreter::action::{Failure, FailureKind, Fetch, Fetched, Later, Look, Missing, Token};

use crate::shown::shown;

/// The most bytes of an answer.
const MOST: u64 = 4 << 20;

/// How long a host may ask to be left alone, in seconds.
const PATIENCE: i64 = 3600;

/// How often a request that came too early is made again.
const AGAIN: usize = 3;

/// Whom to ask, and with what.
pub(crate) struct Client<'h> {
    pub(crate) hands: &'h dyn Look,
    /// Without a `/` at its end.
    pub(crate) api: String,
    /// The name of a secret.
    pub(crate) token: Option<String>,
    /// Of one request.
    pub(crate) timeout: Duration,
}

impl Client<'_> {
    /// Gets `what` from a path.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        what: &str,
    ) -> Result<T, Failure> {
        let fetch = self.fetch(path);
        let answer = patiently(self.hands, &|| self.hands.fetch(&fetch)).await?;
        self.judged(answer, what)
    }

    /// How a path is asked for.
    pub(crate) fn fetch(&self, path: &str) -> Fetch {
        let headers = [
            ("accept", "application/vnd.github+json"),
            ("x-github-api-version", "2022-11-28"),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Fetch {
            url: format!("{}{path}", self.api),
            headers: BTreeMap::from(headers),
            token: self.token.clone().map(|secret| Token {
                secret,
                field: None,
            }),
            redirects: 3,
            most: MOST,
            timeout: self.timeout,
            may_be_kept: true,
        }
    }

    fn judged<T: DeserializeOwned>(&self, answer: Fetched, what: &str) -> Result<T, Failure> {
        if answer.status >= 300 {
            return Err(self.refused(&answer, what));
        }
        if !answer.is_whole {
            let message = format!("`{}` has more than is read as text.", answer.url);
            return Err(Failure::new("github-too-large", message)
                .help("Read fewer `comments`, or none with `comments: 0`."));
        }
        serde_json::from_str(&answer.text).map_err(|_| {
            let message = format!("`{}` did not answer as GitHub does.", answer.url);
            Failure::new("github-answer", message)
                .help("Look at what `api` says: of a host of one's own it ends in `/api/v3`.")
        })
    }

    /// What a status means.
    fn refused(&self, answer: &Fetched, what: &str) -> Failure {
        let says = said(&answer.text);
        let Fetched { status, url, .. } = answer;
        let (code, message, help) = match status {
            401 => (
                "github-unauthorized",
                format!("`{url}` does not accept the token ({status})."),
                Some(match &self.token {
                    Some(name) => format!("Look at the value of the secret `{name}`."),
                    None => "Give the step the name of a secret as `token`.".to_owned(),
                }),
            ),
            404 | 410 => (
                "github-not-found",
                format!(
                    "There is no {} there, or it is not shown to everybody.",
                    what.trim_start_matches("the ")
                ),
                Some(match &self.token {
                    Some(name) => {
                        format!("Whether the secret `{name}` may read it, its owner can say.")
                    }
                    None => "If the repository is private, give the step a `token`.".to_owned(),
                }),
            ),
            _ => (
                "github-status",
                format!("`{url}` was answered with status {status}.{says}"),
                None,
            ),
        };
        let detail = json!({ "status": status, "url": url, "says": says.trim() });
        let failure = Failure::new(code, message).detail(detail);
        let failure = match status {
            401 => without_credential(failure, self.token.as_deref()),
            _ => failure,
        };
        match help {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}

/// The same failure as one that a person must mend: the host does not know who asks.
pub(crate) fn without_credential(failure: Failure, token: Option<&str>) -> Failure {
    let missing = Missing {
        effect: "credential".to_owned(),
        scope: token.unwrap_or("token").to_owned(),
        limited_by: "machine".to_owned(),
        limited_at: None,
        grant: None,
    };
    Failure {
        kind: FailureKind::Blocked(missing),
        ..failure
    }
}

/// What a host says about why not, as the end of a message.
pub(crate) fn said(text: &str) -> String {
    let answer: Value = serde_json::from_str(text).unwrap_or_default();
    match answer["message"].as_str() {
        Some(message) => {
            let words = message.split_whitespace().collect::<Vec<_>>().join(" ");
            format!(" It says: {}", shown(&words, 200))
        }
        None => String::new(),
    }
}

/// What changes nothing is asked for again when it was asked for too often, as late as the host says.
pub(crate) async fn patiently<'a>(
    hands: &dyn Look,
    ask: &(dyn Fn() -> Later<'a, Fetched> + Sync),
) -> Result<Fetched, Failure> {
    let mut left = AGAIN;
    loop {
        let answer = ask().await?;
        let Some(pause) = pause(&answer) else {
            return Ok(answer);
        };
        if left == 0 || pause > PATIENCE {
            return Err(limited(&answer, pause));
        }
        left -= 1;
        let pause = Duration::from_secs(u64::try_from(pause).unwrap_or(0) + 1);
        hands.sleep(pause).await?;
    }
}

/// How many seconds to wait before asking again, when it was asked too often.
fn pause(answer: &Fetched) -> Option<i64> {
    let field = |name: &str| answer.headers.get(name)?.trim().parse::<i64>().ok();
    if !matches!(answer.status, 403 | 429) {
        return None;
    }
    if let Some(seconds) = field("retry-after") {
        return Some(seconds.max(0));
    }
    if field("x-ratelimit-remaining")? > 0 {
        return None;
    }
    // The host's own clock, against which its reset is meant.
    let date = answer.headers.get("date")?;
    let now: Timestamp = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
    Some((field("x-ratelimit-reset")? - now.as_second()).max(0))
}

fn limited(answer: &Fetched, pause: i64) -> Failure {
    let message = format!(
        "`{}` was asked too often, and wants to be left alone for {pause} s.",
        answer.url
    );
    Failure::new("github-rate-limit", message)
        .help("With a `token` a host answers more often; or go on later with `tau resume`.")
        .detail(json!({ "seconds": pause, "url": answer.url }))
}

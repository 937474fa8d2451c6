//! What a provider says instead of an answer, and whether it is worth to ask again.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tau_interpreter::action::{Failure, FailureKind, Missing, Reply};

use super::wire::error_of;
use crate::shown::shown;

/// How long the first pause is where nobody says how long; each further one is twice as long.
const PAUSE: Duration = Duration::from_secs(1);

/// The longest pause that is waited for. Who wants more is busy.
const LONGEST: Duration = Duration::from_secs(60);

/// Something that is wrong at a provider.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) failure: Failure,
    /// Whether it may pass.
    passes: bool,
    /// When to ask again, if the provider says so.
    after: Option<Duration>,
}

impl Trouble {
    /// It may pass, and nobody has said when.
    pub(super) fn passing(failure: Failure) -> Trouble {
        Trouble {
            failure,
            passes: true,
            after: None,
        }
    }

    pub(super) fn lasting(failure: Failure) -> Trouble {
        Trouble {
            failure,
            passes: false,
            after: None,
        }
    }

    /// How long to wait before it is asked again after so many calls; `None` when that is no use.
    pub(super) fn pause(&self, attempt: u32) -> Option<Duration> {
        if !self.passes {
            return None;
        }
        let doubled = PAUSE.saturating_mul(2u32.saturating_pow(attempt - 1));
        let pause = self.after.unwrap_or(doubled);
        (pause <= LONGEST).then_some(pause)
    }
}

/// A call without an answer: what is wrong at the provider may pass, all else is the step's.
pub(super) fn unanswered(failure: Failure) -> Result<Trouble, Failure> {
    let passing = ["model-broken", "model-silent", "model-unreachable"];
    match failure.kind {
        FailureKind::Failed if passing.contains(&failure.code.as_str()) => {
            Ok(Trouble::passing(failure))
        }
        FailureKind::Failed if failure.code == "model-too-large" => Ok(Trouble::lasting(failure)),
        _ => Err(failure),
    }
}

/// An answer with another status than 200.
pub(super) fn trouble(model: &str, reply: &Reply) -> Trouble {
    let status = reply.status;
    let body: Value = serde_json::from_str(&reply.body).unwrap_or_default();
    let says = match error_of(&body) {
        Some(says) => says,
        None => reply.body.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    let says = match says.as_str() {
        "" => String::new(),
        says => format!(" It says: {}", shown(says, 300)),
    };
    let failure = |code: &str, what: &str| {
        let message = format!("`{model}` {what} (status {status}).{says}");
        Failure::new(code, message).detail(json!({ "model": model, "status": status }))
    };
    let blocked = |code: &str, what: &str| Failure {
        kind: FailureKind::Blocked(Missing {
            effect: "model".to_owned(),
            scope: model.to_owned(),
            limited_by: "machine".to_owned(),
            limited_at: None,
            grant: None,
        }),
        ..failure(code, what)
    };
    match status {
        // Who waits for money to come waits for ever.
        402 => Trouble::lasting(blocked("credit-exhausted", "is not paid for")),
        429 if is_spent(&body) => Trouble::lasting(blocked("credit-exhausted", "is not paid for")),
        401 | 403 => Trouble::lasting(
            blocked("model-key-refused", "may not be asked with this key")
                .help("See which key its provider has in `providers.toml`, and where its value comes from in `secrets.toml`."),
        ),
        404 => Trouble::lasting(failure("model-unknown", "is not known there")),
        413 => Trouble::lasting(failure("model-too-long", "was asked too much at once")),
        408 | 409 | 425 | 429 => Trouble {
            after: after(reply),
            ..Trouble::passing(failure("model-busy", "is busy"))
        },
        500.. => Trouble {
            after: after(reply),
            ..Trouble::passing(failure("model-failing", "cannot answer for now"))
        },
        400 | 422 if is_too_long(&body) => {
            Trouble::lasting(failure("model-too-long", "was asked too much at once"))
        }
        400..500 => Trouble::lasting(failure("model-request-refused", "refuses the request")),
        _ => Trouble::lasting(failure("model-status", "gave no answer")),
    }
}

/// Whether a limit of rates is one of money.
fn is_spent(body: &Value) -> bool {
    let words = ["/error/code", "/error/type"];
    words
        .iter()
        .filter_map(|path| body.pointer(path).and_then(Value::as_str))
        .any(|word| matches!(word, "insufficient_quota" | "billing_hard_limit_reached"))
}

fn is_too_long(body: &Value) -> bool {
    let code = body.pointer("/error/code").and_then(Value::as_str);
    code == Some("context_length_exceeded")
        || error_of(body).is_some_and(|says| says.contains("prompt is too long"))
}

/// When to ask again, as the fields of an answer say it.
fn after(reply: &Reply) -> Option<Duration> {
    let field = |name: &str| reply.headers.get(name).map(|value| value.trim());
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| *number >= 0.0);
    if let Some(millis) = field("retry-after-ms").and_then(number) {
        return Duration::try_from_secs_f64(millis / 1000.0).ok();
    }
    if let Some(seconds) = field("retry-after").and_then(number) {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    if let Some(until) = field("retry-after").and_then(date) {
        // Meant against the host's own clock; this machine's may be wrong.
        let now = field("date").and_then(date)?;
        return Some(Duration::try_from(until.duration_since(now)).unwrap_or_default());
    }
    let resets = ["x-ratelimit-reset-requests", "x-ratelimit-reset-tokens"];
    let resets = resets.iter().filter_map(|name| spelled(field(name)?));
    resets.max()
}

/// A date of HTTP: `Fri, 27 Nov 2026 20:00:00 GMT` (RFC 9110, 5.6.7).
fn date(text: &str) -> Option<Timestamp> {
    Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp())
}

/// `1s`, `6m0s`, `20ms`.
fn spelled(text: &str) -> Option<Duration> {
    let mut all = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let unit = &rest[digits..];
        let end = unit.find(|letter: char| letter.is_ascii_digit());
        let (unit, after) = unit.split_at(end.unwrap_or(unit.len()));
        let seconds = match unit {
            "ms" => number / 1000.0,
            "s" => number,
            "m" => number * 60.0,
            "h" => number * 3600.0,
            _ => return None,
        };
        all += Duration::try_from_secs_f64(seconds).ok()?;
        rest = after;
    }
    (!text.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Reply {
            status,
            headers: headers.iter().map(owned).collect::<BTreeMap<_, _>>(),
            body: body.to_owned(),
            is_recorded: false,
        }
    }

    fn told(status: u16, headers: &[(&str, &str)], body: &str) -> (String, Option<Duration>) {
        let trouble = trouble("a/x", &reply(status, headers, body));
        (trouble.failure.code.clone(), trouble.pause(1))
    }

    #[test]
    fn every_status_has_its_name_and_its_pause() {
        let second = Some(Duration::from_secs(1));
        for (status, code, pause) in [
            (400, "model-request-refused", None),
            (401, "model-key-refused", None),
            (402, "credit-exhausted", None),
            (403, "model-key-refused", None),
            (404, "model-unknown", None),
            (408, "model-busy", second),
            (413, "model-too-long", None),
            (429, "model-busy", second),
            (500, "model-failing", second),
            (503, "model-failing", second),
            (529, "model-failing", second),
            (302, "model-status", None),
        ] {
            assert_eq!(told(status, &[], ""), (code.to_owned(), pause), "{status}");
        }
    }

    #[test]
    fn a_provider_says_when_to_ask_again() {
        let pause = |headers: &[(&str, &str)]| told(429, headers, "").1;
        assert_eq!(pause(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(pause(&[("retry-after", "0")]), Some(Duration::ZERO));
        assert_eq!(
            pause(&[("retry-after-ms", "250"), ("retry-after", "7")]),
            Some(Duration::from_millis(250))
        );
        assert_eq!(pause(&[("retry-after", "3600")]), None);
        assert_eq!(
            pause(&[
                ("x-ratelimit-reset-requests", "1s"),
                ("x-ratelimit-reset-tokens", "0m20.5s")
            ]),
            Some(Duration::from_millis(20_500))
        );
        let now = "Fri, 27 Nov 2026 20:00:00 GMT";
        let until = |until: &str| pause(&[("retry-after", until), ("date", now)]);
        assert_eq!(
            until("Fri, 27 Nov 2026 20:00:07 GMT"),
            Some(Duration::from_secs(7))
        );
        assert_eq!(until("Fri, 27 Nov 2026 19:59:00 GMT"), Some(Duration::ZERO));
        assert_eq!(until("Sat, 28 Nov 2026 20:00:00 GMT"), None);
        // Against which clock nobody says.
        assert_eq!(
            pause(&[("retry-after", "Fri, 27 Nov 2026 20:00:07 GMT")]),
            Some(Duration::from_secs(1))
        );
        assert_eq!(
            pause(&[("retry-after", "soon")]),
            Some(Duration::from_secs(1))
        );
    }

    #[test]
    fn money_that_is_spent_is_not_waited_for() {
        let body = r#"{"error":{"code":"insufficient_quota","message":"pay"}}"#;
        assert_eq!(
            told(429, &[("retry-after", "1")], body),
            ("credit-exhausted".to_owned(), None)
        );
        let body = r#"{"error":{"code":"context_length_exceeded","message":"long"}}"#;
        assert_eq!(told(400, &[], body).0, "model-too-long");
    }

    #[test]
    fn what_it_says_is_told_in_part() {
        let page = format!("<html>\n<b>no</b>{}", "x".repeat(1000));
        let failure = trouble("a/x", &reply(502, &[], &page)).failure;
        assert!(
            failure.message.starts_with(
                "`a/x` cannot answer for now (status 502). It says: <html> <b>no</b>xx"
            )
        );
        assert!(failure.message.len() < 400);
    }
}

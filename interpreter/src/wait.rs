//! What a step waits for without a process: a date, an event.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::person::Person;

/// How long a process waits at most for a date or between two attempts. What takes longer ends the
/// run as `waiting`, and it is gone on with then.
pub const HELD: Duration = Duration::from_secs(60);

/// The most bytes that the data of an event may have, as JSON.
pub const MAX_DATA: usize = 64 * 1024;

/// The most bytes that the name of an event may have.
pub const MAX_NAME: usize = 100;

/// What a step waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// The name of an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The date until which it waits: to go on then, or, for an event, to give up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// How long that is, in milliseconds, if it is time that the mission takes: a sleep, or a pause
    /// between attempts. Nobody takes the time until a date, an event or an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts_ms: Option<u64>,
}

impl Wait {
    /// Until this date.
    #[must_use]
    pub fn until(date: Timestamp) -> Wait {
        Wait {
            event: None,
            until: Some(date),
            lasts_ms: None,
        }
    }

    /// As long as this, which is over at this date.
    #[must_use]
    pub fn lasting(time: Duration, date: Timestamp) -> Wait {
        Wait {
            lasts_ms: Some(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
            ..Wait::until(date)
        }
    }
}

/// As in "it waits …".
impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.event, self.until) {
            (Some(event), None) => write!(f, "for the event `{event}`"),
            (Some(event), Some(until)) => write!(f, "for the event `{event}`, until {until:.0}"),
            (None, Some(until)) => write!(f, "until {until:.0}"),
            (None, None) => f.write_str("for nothing"),
        }
    }
}

/// A step that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenWait {
    /// The step.
    pub step: String,
    /// For what.
    #[serde(flatten)]
    pub wait: Wait,
}

/// An event that somebody has sent to a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// Its own id. Ids sort by the time at which they were sent.
    pub id: String,
    /// Its name. Several events may have the same.
    pub name: String,
    /// What it carries. Nobody has checked it.
    pub data: Json,
    /// Who sent it.
    pub by: Person,
    /// When.
    pub at: Timestamp,
}

/// Why an event cannot be sent: a sentence without its full stop.
///
/// # Errors
/// Its name or its data is too large, or the name is none.
pub fn check(name: &str, data: &Json) -> Result<(), String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.:/".contains(c);
    if name.is_empty() || !name.chars().all(allowed) {
        return Err(
            "the name of an event is made of the letters a to z, digits and `-_.:/`".to_owned(),
        );
    }
    if name.len() > MAX_NAME {
        return Err(format!("the name of an event has {MAX_NAME} bytes at most"));
    }
    let bytes = data.to_string().len();
    if bytes > MAX_DATA {
        return Err(format!(
            "the data of an event has {MAX_DATA} bytes at most as JSON, not {bytes}"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_data_have_bounds() {
        let fits = |name: &str, data: usize| check(name, &Json::from("x".repeat(data)));
        assert_eq!(fits("review.done/2:a-b_c", 10), Ok(()));
        assert_eq!(fits(&"a".repeat(MAX_NAME), MAX_DATA - 2), Ok(()));
        for name in ["", "a b", "é", "a\n"] {
            assert!(fits(name, 0).is_err(), "{name}");
        }
        assert!(fits(&"a".repeat(MAX_NAME + 1), 0).is_err());
        assert!(fits("a", MAX_DATA - 1).is_err());
    }

    #[test]
    fn waits_in_words() {
        let until = "2026-12-01T08:00:00.25Z".parse().unwrap();
        let event = Some("review".to_owned());
        let told = |event, until| {
            let wait = Wait {
                event,
                until,
                lasts_ms: None,
            };
            wait.to_string()
        };
        assert_eq!(told(None, Some(until)), "until 2026-12-01T08:00:00Z");
        assert_eq!(told(event.clone(), None), "for the event `review`");
        assert_eq!(
            told(event, Some(until)),
            "for the event `review`, until 2026-12-01T08:00:00Z"
        );
    }
}

//! What tau's part of a runner writes: one line for each event, with a code that needs the key.

use std::collections::BTreeSet;

use serde::Deserialize;
use tau_interpreter::action::{Checkout, Failure, Shelf};
use tau_interpreter::blobs::sha256;

use super::Attached;
use crate::verify::report::{Read, Report, Shown, State};

/// One event.
#[derive(Deserialize)]
struct Line {
    at: usize,
    #[serde(flatten)]
    event: Event,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Event {
    Start {
        version: String,
    },
    Test {
        id: String,
        sentinel: Option<String>,
        state: State,
        failure: Option<String>,
        message: Option<String>,
        altered: bool,
    },
    /// A file that ended well and may have no tests of its own.
    File {
        id: String,
    },
    Error {
        id: String,
        message: String,
    },
    End,
}

/// Reads what was reported on the shelf.
pub(super) fn read(
    runner: &str,
    attached: &Attached,
    checkout: &dyn Checkout,
    code: i32,
) -> Result<Read, Failure> {
    let text = checkout.take(Shelf::Reports, "lines")?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut report = Report::default();
    let (mut begun, mut ended) = (false, false);
    let mut files = BTreeSet::new();
    for (number, line) in text.lines().enumerate() {
        let Some(event) = checked(line, number, &attached.key) else {
            return Ok(Read::Compromised(format!(
                "line {} of its report was not written by tau's part of {runner}",
                number + 1
            )));
        };
        match event {
            Event::Start { version } => {
                begun = true;
                report.version = Some(version);
            }
            Event::Test {
                id,
                sentinel: Some(name),
                state,
                ..
            } => report.saw_sentinel(attached.sentinels.as_deref(), &name, state, &id),
            Event::Test { id, altered, .. } if altered => {
                return Ok(Read::Compromised(format!(
                    "the failure of `{id}` was reported as something else"
                )));
            }
            Event::Test {
                id,
                state,
                failure,
                message,
                ..
            } => report.saw(id, state, Shown { failure, message }),
            Event::File { id } => drop(files.insert(id)),
            Event::Error { id, message } => report.could_not_load(id, message),
            Event::End => ended = true,
        }
    }
    if !begun {
        return Ok(Read::Broken {
            why: format!("{runner} did not start with tau's part in it (exit code {code})"),
            help: "Run the command on the base by hand: the runner must start there, and be the one that the command names.",
        });
    }
    for file in files {
        let own = format!("{file} > ");
        let has_own = report.ids().any(|id| id.starts_with(&own));
        if !has_own {
            report.saw(file, State::Passed, Shown::default());
        }
    }
    if !ended && code != 0 && !report.has_errors() {
        return Ok(Read::Broken {
            why: format!("{runner} ended before it was through (exit code {code})"),
            help: "Run the command on the base by hand and repair what it tells.",
        });
    }
    if !ended && code == 0 {
        return Ok(Read::Compromised(format!(
            "{runner} was ended with exit code 0 before it was through"
        )));
    }
    Ok(Read::Report(report))
}

/// The event of a line that was written with the key, in its place.
fn checked(line: &str, number: usize, key: &str) -> Option<Event> {
    let (code, body) = line.split_once(' ')?;
    (code == code_of(body, key)).then_some(())?;
    let line: Line = serde_json::from_str(body).ok()?;
    (line.at == number).then_some(line.event)
}

fn code_of(body: &str, key: &str) -> String {
    let inner = sha256(format!("{key}{body}").as_bytes());
    sha256(format!("{key}{inner}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_needs_the_key_and_its_place() {
        let body = r#"{"at": 3, "kind": "end"}"#;
        let line = format!("{} {body}", code_of(body, "key"));
        assert!(checked(&line, 3, "key").is_some());
        assert!(checked(&line, 2, "key").is_none(), "moved");
        assert!(checked(&line, 3, "other").is_none(), "another key");
        let forged = line.replace("end", "start");
        assert!(checked(&forged, 3, "key").is_none(), "another event");
        assert!(checked("", 0, "key").is_none());
    }
}

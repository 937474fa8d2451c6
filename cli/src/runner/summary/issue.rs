//! What a run tells of an issue that was not let in: the words that were found in it, the commands that
//! would decide, the questions to its writer.

use std::fmt::Write as _;

use serde_json::Value as Json;
use tau_interpreter::journal::State;
use tau_interpreter::report::Report;

use crate::render::sanitize::one_line;
use crate::render::style::{FAINT, STRONG, paint};

/// How many of each are told.
const TOLD: usize = 5;

/// It; nothing for any other run.
pub(super) fn told(report: &Report) -> String {
    let blocked = report.steps.iter().filter(|it| it.state == State::Blocked);
    // One that would be let in says so in its result: the run is blocked by something else.
    let mut details = blocked.map(|step| match &step.failure {
        Some(failure) => &failure["detail"],
        None => &step.result,
    });
    let detail = details.find(|it| it["classification"].is_object() && it["plan"].is_object());
    let Some(detail) = detail else {
        return String::new();
    };
    let title = match &detail["title"] {
        Json::Null => &detail["ticket"]["title"],
        title => title,
    };
    let mut text = format!("\n  {} {}\n", paint(STRONG, "issue   "), line(title));
    let findings = list(&detail["classification"]["findings"]);
    let cited = findings.iter().filter(|it| it["place"] != "nowhere");
    for finding in cited.take(TOLD) {
        let overridden = if finding["overridden"] == true {
            ", overridden"
        } else {
            ""
        };
        let rule = format!("({}{overridden})", line(&finding["rule"]));
        let _ = writeln!(
            text,
            "  {} \"{}\"  {}",
            paint(STRONG, format!("{:<8}", line(&finding["place"]))),
            line(&finding["quote"]),
            paint(FAINT, rule)
        );
    }
    text.push_str(&opinion(&detail["classification"]["opinion"]));
    for command in list(&detail["plan"]["commands"]).iter().take(TOLD) {
        let because = format!("({})", line(&command["because"]));
        let _ = writeln!(
            text,
            "  {} {}  {}",
            paint(STRONG, "decides "),
            line(&command["run"]),
            paint(FAINT, because)
        );
    }
    for question in list(&detail["plan"]["questions"]).iter().take(TOLD) {
        let _ = writeln!(
            text,
            "  {} {}",
            paint(STRONG, "ask     "),
            line(&question["text"])
        );
    }
    text
}

/// What a model thinks of it, where one was asked.
fn opinion(opinion: &Json) -> String {
    if opinion.is_null() {
        return String::new();
    }
    let verdict = match opinion["verdict"].as_str().unwrap_or_default() {
        "none" => "none given",
        verdict => verdict,
    };
    format!(
        "  {} {}: {}  {}\n",
        paint(STRONG, "opinion "),
        one_line(verdict).replace('_', " "),
        line(&opinion["because"]),
        paint(FAINT, format!("({})", line(&opinion["model"])))
    )
}

fn list(value: &Json) -> &[Json] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A text of somebody else in one line.
fn line(value: &Json) -> String {
    one_line(value.as_str().unwrap_or_default()).into_owned()
}

//! Tests for people.

use std::fmt::Write as _;

use tau_interpreter::report::Report;

use super::outcome::{Harmed, Outcome, Tested};
use crate::render::sanitize::{one_line, sanitize};
use crate::render::style::{ERROR, GOOD, paint};

/// One test, and what went wrong with it.
pub(crate) fn tested(test: &Tested) -> String {
    let mark = match test.passed() {
        true => paint(GOOD, "✓"),
        false => paint(ERROR, "✗"),
    };
    let kills = match &test.outcome {
        Outcome::Passed(harmed) if harmed.kills > 0 => {
            let Harmed { kills, lost } = harmed;
            let kills = format!(", the same when killed at {kills} places");
            match lost {
                0 => kills,
                1 => format!("{kills}, and with 1 answer lost"),
                lost => format!("{kills}, and with {lost} answers lost"),
            }
        }
        _ => String::new(),
    };
    let name = one_line(&test.name);
    let mut text = format!("  {mark} {name}  {:.1} s{kills}\n", test.seconds);
    match &test.outcome {
        Outcome::Passed(_) => {}
        Outcome::Differs(all) => {
            for kill in all {
                let line = format!("      {}:", kill.told);
                writeln!(text, "{}", one_line(&line)).unwrap_or_default();
                let line = format!("        {} is {}, and was {}", kill.what, kill.is, kill.was);
                writeln!(text, "{}", one_line(&line)).unwrap_or_default();
            }
        }
        Outcome::Broken(why) => {
            writeln!(text, "      it cannot be run: {}", sanitize(why)).unwrap_or_default()
        }
        Outcome::Failed(all) => {
            for broken in all {
                writeln!(
                    text,
                    "      expect {}  {}",
                    one_line(&broken.expect),
                    one_line(&broken.at)
                )
                .unwrap_or_default();
                for (name, value) in &broken.values {
                    let line = format!("        {name} is {value}");
                    writeln!(text, "{}", one_line(&line)).unwrap_or_default();
                }
            }
            if let Some(report) = &test.report {
                text.push_str(&run(report));
            }
        }
    }
    text
}

/// How the run went, in a few lines.
fn run(report: &Report) -> String {
    let outcome = match report.outcome.as_str() {
        "succeeded" | "failed" => report.outcome.clone(),
        other => format!("is {other}"),
    };
    let mut text = format!("      the mission {outcome}");
    if let Some(reason) = &report.reason {
        write!(text, ": {}", one_line(reason)).unwrap_or_default();
    }
    text.push('\n');
    let names = report.steps.iter().map(|step| step.name.chars().count());
    let width = names.max().unwrap_or(0);
    for step in &report.steps {
        writeln!(
            text,
            "        {:width$}  {}",
            one_line(&step.name),
            step.state.word()
        )
        .unwrap_or_default();
    }
    text
}

/// `2 passed, 1 failed`
pub(crate) fn total(tests: &[Tested]) -> String {
    let passed = tests.iter().filter(|test| test.passed()).count();
    format!("{passed} passed, {} failed", tests.len() - passed)
}

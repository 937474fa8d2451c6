//! The worst case in sentences.

use super::{duration, plain, some};
use crate::plan::cost::{Models, Spend, Time};
use crate::plan::document::{Program, Worst};

pub(super) fn lines(worst: &Worst) -> Vec<String> {
    let cost = &worst.cost;
    let mut lines = vec![match cost.calls.number {
        Some(1) => "1 action".to_owned(),
        _ => plain(&format!("{} actions", cost.calls.text)),
    }];
    lines.push(plain(&time(&cost.time)));
    if let Some(models) = &cost.models {
        lines.extend(spent(models));
    }
    lines.extend(worst.programs.iter().filter_map(started));
    lines.dedup();
    lines
}

fn time(time: &Time) -> String {
    match (time.bound_ms, time.by, time.steps_ms) {
        (Some(granted), Some("time" | "policy"), Some(steps)) if granted < steps => format!(
            "may be stopped after {}: its steps may take {}",
            duration(granted),
            duration(steps)
        ),
        (Some(granted), Some("time" | "policy"), _) => {
            format!("{}, then it is stopped", duration(granted))
        }
        (Some(0), ..) => "it starts nothing that takes long".to_owned(),
        (Some(millis), ..) => {
            format!(
                "{}, if every step takes as long as it may",
                duration(millis)
            )
        }
        (None, ..) => match (time.open.as_slice(), time.depends.as_slice()) {
            ([], []) => "longer than can be counted: loops in loops multiply".to_owned(),
            ([], names) => format!("how long it may take depends on {}", some(names)),
            ([one], _) => format!("no bound on its time: {one} has no `timeout`"),
            (many, _) => format!("no bound on its time: {} have no `timeout`", some(many)),
        },
    }
}

/// One line for each thing that is spent.
fn spent(models: &Models) -> Vec<String> {
    let calls = |number: u64| match number {
        1 => "1 model call".to_owned(),
        _ => format!("{number} model calls"),
    };
    let tokens = |number: u64| match number % 1000 {
        0 if number > 0 => format!("{}k tokens", number / 1000),
        _ => format!("{number} tokens"),
    };
    vec![
        bounded(models.calls, &calls, "model calls"),
        bounded(models.tokens, &tokens, "tokens"),
        bounded(models.money, &dollars, "money"),
    ]
}

fn bounded(spend: Spend, shown: &dyn Fn(u64) -> String, what: &str) -> String {
    match (spend.bound, spend.steps) {
        (Some(bound), Some(steps)) if bound < steps => format!(
            "may be stopped after {}: its steps may use {}",
            shown(bound),
            shown(steps)
        ),
        (Some(bound), Some(_)) => shown(bound),
        (Some(bound), None) => format!("{}, then it is stopped", shown(bound)),
        (None, _) => format!("its {what} depend on inputs that have no value yet"),
    }
}

/// Millionths of a dollar, as money is written.
fn dollars(number: u64) -> String {
    let (whole, part) = (number / 1_000_000, number % 1_000_000);
    match part {
        0 => format!("${whole}"),
        part => {
            let part = format!("{part:06}");
            let part = part.trim_end_matches('0');
            format!("${whole}.{part:0<2}")
        }
    }
}

/// What can be said of a program that may start others.
fn started(program: &Program) -> Option<String> {
    match (&program.program, program.anything) {
        (Some(name), Some(why)) => Some(plain(&format!("`{name}` can start any program: {why}"))),
        (None, _) => Some(plain(&format!(
            "`{}` may be a program that can start any other",
            program.command
        ))),
        (Some(_), None) => None,
    }
}

//! A run's report in words: what was RED, what changed, what is GREEN, which commit, and how to
//! look at it.

mod issue;

use std::fmt::Write as _;

use serde_json::Value as Json;
use tau_interpreter::journal::{Blocked, Finished, MissingItem, State};
use tau_interpreter::net::Refused;
use tau_interpreter::person::Open;
use tau_interpreter::preflight::Unset;
use tau_interpreter::report::{Report, SaidBy, StepReport};
use tau_interpreter::wait::OpenWait;

use crate::render::sanitize::{one_line, sanitize};
use crate::render::style::{ERROR, FAINT, GOOD, HELP, STRONG, WARNING, paint};

/// What a finished step did, in a few words.
pub(crate) fn remark(finished: &Finished) -> String {
    if let Some(failure) = &finished.failure {
        return failure.message.lines().next().unwrap_or("").to_owned();
    }
    if finished.state == State::Skipped {
        return "skipped".to_owned();
    }
    result(&finished.action, &finished.result)
}

/// A step's result in a few words.
fn result(action: &str, result: &Json) -> String {
    let text = |name: &str| result.get(name).and_then(Json::as_str).unwrap_or("");
    match action {
        "verify.red" => format!("fails before the change{}", code(result)),
        "verify.check" if result["passed"] == Json::Bool(true) => "passes".to_owned(),
        "verify.check" => match text("verdict") {
            "red" => format!("still fails{}", code(result)),
            other => other.to_owned(),
        },
        "verify.prove" => format!(
            "{}: passes with the change, fails without it",
            text("level")
        ),
        "git.commit" => format!("{} on {}", short(text("sha")), text("branch")),
        "git.push" => format!("{} to {}", short(text("sha")), text("remote")),
        action if action.starts_with("fs.") && result.get("paths").is_some() => {
            format!("{} {}", paths(result).join(", "), lines(result))
        }
        // Who answers instead may cost more, or know less.
        action if action.starts_with("model.") && !result["fell_back"][0].is_null() => {
            let why = result["fell_back"][0].as_str().unwrap_or("");
            let why = why.lines().next().unwrap_or("");
            format!("fell back to {}: {why}", text("model"))
        }
        action => action.to_owned(),
    }
}

/// What a program says that it has spent, which nobody has counted.
fn told_by(said: &SaidBy) -> String {
    let tokens = said.tokens.map(|it| format!("{it} tokens"));
    let usd = said.usd.map(|it| format!("${it:.2}"));
    let told: Vec<String> = tokens.into_iter().chain(usd).collect();
    let by = one_line(&said.by);
    match told.is_empty() {
        true => format!("unknown by {by}, which does not say"),
        false => format!("{} by {by}, as it says itself", told.join(", ")),
    }
}

fn code(verdict: &Json) -> String {
    match verdict["exit"].as_i64() {
        Some(code) => format!(" (exit {code})"),
        None => String::new(),
    }
}

fn paths(result: &Json) -> Vec<String> {
    let all = result["paths"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut shown: Vec<String> = all
        .iter()
        .take(3)
        .filter_map(Json::as_str)
        .map(str::to_owned)
        .collect();
    if all.len() > 3 {
        shown.push(format!("{} more", all.len() - 3));
    }
    shown
}

fn lines(result: &Json) -> String {
    let count = |name: &str| result[name].as_u64().unwrap_or(0);
    format!("+{} −{}", count("added"), count("removed"))
}

/// `0.4 s`, `12 s`, `3 m 20 s`.
pub(crate) fn seconds(seconds: f64) -> String {
    if seconds < 10.0 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round().max(0.0);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a run's seconds"
    )]
    let whole = whole as u64;
    match whole {
        0..60 => format!("{whole} s"),
        whole => format!("{} m {} s", whole / 60, whole % 60),
    }
}

/// What of the network was refused, and the line that would grant it.
pub(crate) fn refusal(refused: &Refused) -> String {
    let told = refused.to_string();
    match &refused.grant {
        Some(line) => format!("{}; grant it with {}", one_line(&told), one_line(line)),
        None => one_line(&told).into_owned(),
    }
}

fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}

/// The whole report.
pub(crate) fn text(report: &Report) -> String {
    let mut text = String::new();
    let outcome = match report.outcome.as_str() {
        "succeeded" => paint(GOOD, "succeeded"),
        "failed" => paint(ERROR, "failed"),
        other => paint(WARNING, other),
    };
    let _ = writeln!(
        text,
        "{} {outcome} in {}  {}",
        paint(STRONG, one_line(&report.mission)),
        seconds(report.spent.seconds),
        paint(FAINT, format!("run {}", report.run))
    );
    let story = story(report);
    if !story.is_empty() {
        text.push('\n');
    }
    for (label, line) in story {
        let _ = writeln!(text, "  {} {line}", paint(STRONG, format!("{label:<8}")));
    }
    match &report.blocked {
        Some(blocked) => {
            missing(&mut text, blocked);
            text.push_str(&issue::told(report));
        }
        None if report.outcome == "waiting" && !report.asks.is_empty() => {
            text.push_str(&questions(&report.asks));
            text.push_str(&waits(&report.waits));
        }
        None if report.outcome == "waiting" && !report.waits.is_empty() => {
            text.push_str(&waits(&report.waits));
        }
        None => {
            if let Some(reason) = &report.reason {
                let _ = writeln!(text, "\n{}", indented(reason));
            }
        }
    }
    if !report.outputs.is_empty() {
        text.push('\n');
        for (name, value) in &report.outputs {
            let value = match value {
                Json::String(text) => text.clone(),
                other => other.to_string(),
            };
            let _ = writeln!(text, "  output {} = {}", one_line(name), one_line(&value));
        }
    }
    for (label, command) in commands(report) {
        let _ = write!(
            text,
            "\n  {:<10} {}",
            label,
            paint(HELP, one_line(&command))
        );
    }
    text.push('\n');
    text
}

/// What happened, told by the steps that matter.
fn story(report: &Report) -> Vec<(&'static str, String)> {
    let mut story = Vec::new();
    let done = |action: &str| {
        let mut steps = report.steps.iter().rev();
        steps.find(|step| step.action == action && step.state == State::Succeeded)
    };
    if let Some(red) = done("verify.red") {
        let base = report.base.as_deref().map(short).unwrap_or("");
        let verifier = one_line(red.result["verifier"].as_str().unwrap_or(""));
        story.push((
            "RED",
            format!(
                "verifier {verifier} fails on the base {base}{}",
                code(&red.result)
            ),
        ));
    }
    let edits: Vec<&StepReport> = report
        .steps
        .iter()
        .filter(|step| step.action.starts_with("fs.") && step.state == State::Succeeded)
        .filter(|step| step.result.get("paths").is_some() && !step.taken_back)
        .collect();
    for edit in edits {
        let what = format!("{} {}", paths(&edit.result).join(", "), lines(&edit.result));
        story.push(("change", one_line(&what).into_owned()));
    }
    if let Some(proof) = done("verify.prove") {
        let limits = proof.result["limits"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let limits: Vec<&str> = limits.iter().filter_map(Json::as_str).collect();
        story.push((
            "GREEN",
            "it passes with the change, and fails again with the change taken back".to_owned(),
        ));
        let level = proof.result["level"].as_str().unwrap_or("");
        story.push(("level", one_line(level).into_owned()));
        for limit in limits {
            story.push(("", paint(FAINT, one_line(limit))));
        }
    } else if let Some(green) = done("verify.check") {
        let remark = result(&green.action, &green.result);
        story.push(("check", one_line(&remark).into_owned()));
    }
    let effects = report.steps.iter().filter_map(|step| step.effect.as_ref());
    let effects: Vec<_> = effects
        .map(|effect| match effect.adopted {
            true => format!("{} (found there)", effect.what),
            false => effect.what.clone(),
        })
        .collect();
    if report.spent.model_calls > 0 {
        let spent = &report.spent;
        let calls = if spent.model_calls == 1 {
            "call"
        } else {
            "calls"
        };
        let line = format!(
            "{} model {calls}, {} tokens, ${:.2}",
            spent.model_calls, spent.tokens, spent.usd
        );
        story.push(("spent", line));
    }
    for said in &report.spent.said {
        story.push(("spent", told_by(said)));
    }
    if let (Some(commit), Some(branch)) = (&report.commit, &report.branch) {
        story.push((
            "commit",
            format!("{} on {}", short(commit), one_line(branch)),
        ));
    }
    for effect in effects {
        story.push(("outside", one_line(&effect).into_owned()));
    }
    story
}

/// What a waiting run asks, with the digest by which `tau approve --seen` knows it.
fn questions(asks: &[Open]) -> String {
    let mut text = "\n  It waits for a person:\n".to_owned();
    for Open {
        step,
        key,
        question,
    } in asks
    {
        let seen = short(key);
        let digest = paint(FAINT, format!("seen {seen}"));
        let _ = writeln!(text, "\n  {}  {digest}", paint(STRONG, one_line(step)));
        for line in sanitize(&question.text).lines() {
            let _ = writeln!(text, "    {line}");
        }
        if !question.choices.is_empty() {
            let choices = question.choices.join(", ");
            let _ = writeln!(text, "    one of: {}", one_line(&choices));
        }
        if question.by_another {
            let _ = writeln!(text, "    not by who started the run");
        }
    }
    text
}

/// What a waiting run waits for beside people.
fn waits(waits: &[OpenWait]) -> String {
    if waits.is_empty() {
        return String::new();
    }
    let mut text = "\n  It waits:\n".to_owned();
    for OpenWait { step, wait } in waits {
        let _ = writeln!(
            text,
            "\n  {}  {}",
            paint(STRONG, one_line(step)),
            one_line(&wait.to_string())
        );
    }
    text
}

fn missing(text: &mut String, blocked: &Blocked) {
    let touched = match blocked.mutations {
        0 => "Nothing was touched.",
        _ => "",
    };
    // A person's reason, or time that is used up, is no list of things.
    if blocked.missing.is_empty() {
        let told = format!("{}\n{touched}", blocked.message);
        let _ = writeln!(text, "\n{}", indented(&told));
        return;
    }
    let lead = [touched, "This is missing:"].join(" ");
    let _ = writeln!(text, "\n  {}\n", lead.trim_start());
    list(text, blocked);
}

/// What would block a run of a plan.
pub(crate) fn would_block(blocked: &Blocked) -> String {
    let mut text = format!("\n{}\n", paint(WARNING, "would block"));
    list(&mut text, blocked);
    text
}

/// Secrets that a run asks for when it is there, and that are not set.
pub(crate) fn unset(all: &[Unset]) -> String {
    let mut text = "\nasked for when it is there, and not to be had now\n\n".to_owned();
    for Unset { secret, steps, why } in all {
        let steps = paint(FAINT, format!("for {}", one_line(&steps.join(", "))));
        let _ = writeln!(
            text,
            "  secret {}  {steps}: {}",
            one_line(secret),
            one_line(why)
        );
    }
    text
}

/// Each missing thing once, with all steps that need it, and the lines that would grant them.
fn list(text: &mut String, blocked: &Blocked) {
    let mut things: Vec<(&MissingItem, Vec<&str>)> = Vec::new();
    for item in &blocked.missing {
        let same = |(it, _): &&mut (&MissingItem, Vec<&str>)| {
            (&it.effect, &it.scope, &it.limited_by) == (&item.effect, &item.scope, &item.limited_by)
        };
        match things.iter_mut().find(same) {
            Some((_, steps)) => steps.push(&item.step),
            None => things.push((item, vec![&item.step])),
        }
    }
    for (item, steps) in &things {
        let _ = writeln!(
            text,
            "  {} {}  {}",
            paint(ERROR, &item.effect),
            one_line(&item.scope),
            paint(
                FAINT,
                format!(
                    "for {} at {}",
                    one_line(&steps.join(", ")),
                    one_line(&item.at)
                )
            )
        );
    }
    let mut lines: Vec<&str> = things
        .iter()
        .filter_map(|(item, _)| item.grant.as_deref())
        .collect();
    lines.dedup();
    if !lines.is_empty() {
        let _ = writeln!(text, "\n  add to `authority`:\n");
        for line in &lines {
            let _ = writeln!(text, "    {}", paint(HELP, one_line(line)));
        }
    }
    // The message says what no line can grant; the rest has been said.
    if things.is_empty() || things.iter().any(|(item, _)| item.grant.is_none()) {
        let _ = writeln!(text, "\n{}", indented(&blocked.message));
    }
}

fn indented(message: &str) -> String {
    let message = sanitize(message);
    let lines = message.trim_end().lines();
    let lines: Vec<String> = lines.map(|line| format!("  {line}")).collect();
    lines.join("\n")
}

/// Commands that go on from here.
fn commands(report: &Report) -> Vec<(&'static str, String)> {
    let mut commands = Vec::new();
    if let Some(commit) = &report.commit {
        let repo = tau_lang::syntax::command::quote(&report.repo);
        commands.push(("look", format!("git -C {repo} show {}", short(commit))));
        if let Some(branch) = &report.branch {
            commands.push(("take", format!("git -C {repo} merge {branch}")));
        }
    } else if report
        .steps
        .iter()
        .any(|step| step.result.get("paths").is_some())
    {
        commands.push(("look", format!("tau diff {}", report.run)));
    }
    let failed = report.steps.iter().any(|step| !step.logs.is_empty());
    if failed && report.outcome != "succeeded" {
        commands.push(("output", format!("tau logs {}", report.run)));
    }
    if let Some(next) = &report.next {
        commands.push(("go on", next.clone()));
    }
    commands
}

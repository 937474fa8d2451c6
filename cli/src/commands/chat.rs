//! `tau chat`
//!
//! A conversation is one run of `std/chat`. Each turn goes on with it as `tau approve` and `tau resume` would,
//! so that whatever kills this program, the run waits where the conversation was.

use std::ops::ControlFlow;

use tau_interpreter::clock::Clock;
use tau_interpreter::control;
use tau_interpreter::fork::fork;
use tau_interpreter::jobs::{Index, Listed};
use tau_interpreter::journal::{Started, inputs_of};
use tau_interpreter::person::{Answer, Person};
use tau_interpreter::report::Report;
use tau_interpreter::run::Changed;

use super::ask::{changed, ended, loaded};
use super::resume::{read_again, replayed};
use crate::args::Chat;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::lines::{self, Typed};
use crate::runner::voice::Voice;
use crate::runner::{self, Found};

/// The mission.
const MISSION: &str = "std/chat";

/// The step that waits for what a person says next, and the one that answers.
const NEXT: &str = "next";
const SAID: &str = "said";

/// Talks until somebody ends it, or nobody says any more.
pub(crate) fn run(args: &Chat, context: &mut Context) -> Outcome {
    let mut voice = Voice::new(context);
    let mut next = args.message.clone();
    let mut report = if let Some(run) = &args.resume {
        let found = conversation(run)?;
        let report = found.report()?;
        match report.outcome.as_str() {
            "waiting" => report,
            "succeeded" => return Err(is_over(&report.run)),
            _ => go_on(found, &mut voice, context)?,
        }
    } else if let Some(run) = &args.from {
        branch(&conversation(run)?, args, &mut voice, context)?
    } else {
        let Some(message) = next.take().or_else(|| first(context)) else {
            return Err(Failure::usage("nothing is said"));
        };
        let loaded = loaded(MISSION, ("message", message), &args.of, context)?;
        runner::apply_on(&loaded, &mut voice, context)?
    };
    let mut shown = 0;
    loop {
        if let Some((round, text)) = last_said(&report)
            && round > shown
        {
            voice.answer(text, context);
            shown = round;
        }
        if report.outcome != "waiting" {
            break;
        }
        let typed = match next.take() {
            Some(line) => Typed::Line(line),
            None => lines::next("\n> ", context),
        };
        let line = match typed {
            Typed::Line(line) if line.trim().is_empty() => continue,
            Typed::Line(line) => line,
            Typed::End | Typed::Interrupted => break,
        };
        let found = runner::find(&report.run)?;
        answer(&found, &report, line)?;
        let found = runner::find(&report.run)?;
        report = go_on(found, &mut voice, context)?;
    }
    changed(&report, context);
    ended(&report, context);
    if context.form() == Form::Human && report.outcome != "succeeded" {
        let run = &report.run;
        context.note(&format!("go on with `tau chat --resume {run}`"));
    }
    Ok(runner::exit(&report))
}

/// What is said first.
fn first(context: &mut Context) -> Option<String> {
    loop {
        match lines::next("> ", context) {
            Typed::Line(line) if line.trim().is_empty() => {}
            Typed::Line(line) => return Some(line),
            Typed::End | Typed::Interrupted => return None,
        }
    }
}

/// The conversation that is meant; `@` is the latest of the repository at hand.
fn conversation(run: &str) -> Result<Found, Failure> {
    let found = match run {
        "@" => latest()?,
        run => runner::find(run)?,
    };
    let started = found.started()?;
    if started.file != MISSION {
        let message = format!("run {} is no conversation", started.run);
        return Err(Failure::usage(message).help("`tau resume` goes on with other runs"));
    }
    if found.is_running() {
        return Err(runner::busy(found.dir.id()));
    }
    Ok(found)
}

/// The latest conversation about the repository at hand.
fn latest() -> Result<Found, Failure> {
    let here = runner::repository_here()?;
    let mut latest = None;
    let home = runner::home()?;
    let listed = Index::open(&home).newest(|Listed { dir, summary, .. }| match summary {
        Ok(Some(it)) if it.mission == "chat" && Some(&it.repo) == here.as_ref() => {
            latest = Some(dir);
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    });
    listed.map_err(|error| Failure::failed(format!("the runs cannot be read: {error}")))?;
    match latest {
        Some(dir) => runner::open(dir),
        None => Err(
            Failure::usage("there is no conversation about this repository")
                .help("begin one with `tau chat`"),
        ),
    }
}

/// Goes on with a conversation.
fn go_on(found: Found, voice: &mut Voice, context: &mut Context) -> Result<Report, Failure> {
    found.warn_of_torn_end(context);
    let mut loaded = read_again(&found, true, context)?;
    loaded.replay = replayed(&found)?;
    runner::resume_on(
        &loaded,
        found.dir,
        (Changed::default(), None),
        voice,
        context,
    )
}

/// Says something to a conversation that waits for it.
fn answer(found: &Found, report: &Report, line: String) -> Result<(), Failure> {
    let id = found.dir.id();
    let Some(open) = report.asks.first() else {
        return Err(Failure::failed(format!("run {id} asks nothing")));
    };
    let answer = Answer {
        approved: true,
        text: Some(line),
        by: Person::here(),
        at: Clock::system().now().to_string(),
    };
    control::answer(&found.dir, open, answer)
        .map_err(|why| Failure::failed(format!("run {id}: {why}")))
}

/// Begins a conversation with the turns of another.
fn branch(
    found: &Found,
    args: &Chat,
    voice: &mut Voice,
    context: &mut Context,
) -> Result<Report, Failure> {
    let said = found.report()?;
    let turns = said.steps.iter().filter(|step| is_round(&step.name, NEXT));
    let turns = turns.count();
    let at = args.at.map_or(turns, |at| at as usize);
    if at == 0 || at > turns {
        let message = format!("run {} has {turns} turns, and no turn {at}", said.run);
        return Err(Failure::usage(message));
    }
    let mut loaded = read_again(found, true, context)?;
    loaded.replay = replayed(found)?;
    let id = Clock::system().id();
    let began = Started {
        run: id.clone(),
        tau: env!("CARGO_PKG_VERSION").to_owned(),
        inputs: inputs_of(&found.records),
        branch: format!("tau/{}-{id}", loaded.plan.mission),
        by: Some(Person::here()),
        ..found.started()?.clone()
    };
    let step = format!("{NEXT}#{at}");
    let dir = fork(&runner::home()?, &found.dir, &found.records, &step, began);
    let dir = dir.map_err(|_| Failure::failed(format!("run {} cannot be read", said.run)))?;
    runner::resume_on(&loaded, dir, (Changed::default(), None), voice, context)
}

/// What the model said last, and in which turn.
fn last_said(report: &Report) -> Option<(u64, &str)> {
    let said = report
        .steps
        .iter()
        .filter(|step| is_round(&step.name, SAID));
    let last = said.max_by_key(|step| round(&step.name))?;
    Some((round(&last.name), last.result["text"].as_str()?))
}

fn is_round(name: &str, step: &str) -> bool {
    name.strip_prefix(step)
        .is_some_and(|rest| rest.starts_with('#'))
}

/// The number of a round, from 1.
fn round(name: &str) -> u64 {
    let (_, round) = name.split_once('#').unwrap_or_default();
    round.parse().unwrap_or(0)
}

fn is_over(run: &str) -> Failure {
    Failure::new(Exit::Usage, format!("conversation {run} has been ended")).help(format!(
        "begin a new one with its turns: `tau chat --from {run}`"
    ))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::args::{Cli, Command};

    fn parsed(line: &[&str]) -> Option<Chat> {
        match Cli::try_parse_from(line).ok()?.command {
            Command::Chat(chat) => Some(chat),
            _ => None,
        }
    }

    #[test]
    fn a_conversation_is_new_or_another_one() {
        let new = parsed(&["tau", "chat", "hi"]).unwrap();
        assert!(new.resume.is_none() && new.from.is_none());
        assert_eq!(
            parsed(&["tau", "chat", "--resume"])
                .unwrap()
                .resume
                .as_deref(),
            Some("@")
        );
        let from = parsed(&["tau", "chat", "--from", "01", "--at", "2"]).unwrap();
        assert_eq!((from.from.as_deref(), from.at), (Some("01"), Some(2)));
        assert!(parsed(&["tau", "chat", "--at", "2"]).is_none());
        assert!(parsed(&["tau", "chat", "--resume", "01", "--from", "01"]).is_none());
    }

    #[test]
    fn rounds_are_told_apart() {
        assert!(is_round("said#12", SAID) && !is_round("said", SAID));
        assert!(!is_round("saidit#1", SAID));
        assert_eq!(round("said#12"), 12);
    }
}

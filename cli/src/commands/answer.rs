//! `tau approve RUN [STEP]` and `tau deny RUN [STEP]`

use serde::Serialize;
use tau_interpreter::clock::Clock;
use tau_interpreter::control;
use tau_interpreter::person::{Answer, Open, Person};
use tau_interpreter::report::open;

use crate::args::{Approve, Deny};
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::render::sanitize::sanitize;
use crate::runner::{self, Found};

/// The document `tau.answer/1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    run: &'a str,
    #[serde(flatten)]
    question: &'a Open,
    answer: &'a Answer,
    next: String,
}

/// Says yes.
pub(crate) fn approve(args: &Approve, context: &mut Context) -> Outcome {
    let found = runner::find(&args.run)?;
    let asked = question(&found, args.step.as_deref())?;
    let (step, question) = (&asked.step, &asked.question);
    if let Some(seen) = &args.seen
        && (seen.is_empty() || !asked.key.starts_with(&seen.to_lowercase()))
    {
        let message = format!("step `{step}` asks something else than what `{seen}` was");
        return Err(Failure::new(Exit::Blocked, message).help("look at it again with `tau show`"));
    }
    match (&args.answer, question.wants_text) {
        (None, true) => {
            let message = format!("step `{step}` asks a question: {}", question.text);
            let choices = question.choices.join("`, `");
            let help = match question.choices.is_empty() {
                true => "answer it with `--answer TEXT`".to_owned(),
                false => format!("answer it with `--answer`, one of `{choices}`"),
            };
            return Err(Failure::usage(message).help(help));
        }
        (Some(_), false) => {
            let message = format!("step `{step}` asks for a yes or a no, and for no text");
            return Err(Failure::usage(message));
        }
        (Some(answer), true)
            if !question.choices.is_empty() && !question.choices.contains(answer) =>
        {
            let choices = question.choices.join("`, `");
            let message = format!("`{answer}` is no answer to what step `{step}` asks");
            return Err(Failure::usage(message).help(format!("give one of `{choices}`")));
        }
        _ => {}
    }
    give(&found, &asked, true, args.answer.clone(), context)
}

/// Says no.
pub(crate) fn deny(args: &Deny, context: &mut Context) -> Outcome {
    let found = runner::find(&args.run)?;
    let asked = question(&found, args.step.as_deref())?;
    give(&found, &asked, false, Some(args.why.clone()), context)
}

/// The question that is meant.
fn question(found: &Found, step: Option<&str>) -> Result<Open, Failure> {
    let id = found.dir.id();
    if found.is_running() {
        let message = format!("run {id} is being run by another process");
        let help = "it can be answered when it waits; `tau show` tells".to_owned();
        return Err(Failure::new(Exit::Blocked, message).help(help));
    }
    let mut all = open(&found.records);
    let names: Vec<String> = all.iter().map(|it| format!("`{}`", it.step)).collect();
    match step {
        None if all.len() == 1 => Ok(all.remove(0)),
        None if all.is_empty() => Err(Failure::usage(format!("run {id} asks nothing"))),
        None => Err(Failure::usage(format!("run {id} asks several things"))
            .help(format!("name the step: {}", names.join(", ")))),
        Some(step) => match all.into_iter().find(|it| it.step == step) {
            Some(asked) => Ok(asked),
            None if names.is_empty() => Err(Failure::usage(format!("run {id} asks nothing"))),
            None => Err(Failure::usage(format!("step `{step}` asks nothing"))
                .help(format!("these do: {}", names.join(", ")))),
        },
    }
}

fn give(
    found: &Found,
    asked: &Open,
    approved: bool,
    text: Option<String>,
    context: &mut Context,
) -> Outcome {
    let id = found.dir.id();
    let by = Person::here();
    let starter = found.started()?.by.as_ref();
    if asked.question.by_another && starter.is_none_or(|starter| starter.uid == by.uid) {
        let message = format!(
            "step `{}` wants the answer of somebody else than who started the run",
            asked.step
        );
        return Err(
            Failure::new(Exit::Blocked, message).help("let another user of this machine answer it")
        );
    }
    let answer = Answer {
        approved,
        text,
        by,
        at: Clock::system().now().to_string(),
    };
    control::answer(&found.dir, asked, answer.clone())
        .map_err(|why| Failure::failed(format!("run {id}: {why}")))?;
    let next = format!("tau resume {id}");
    if context.form() == Form::Human {
        let word = match (approved, asked.question.wants_text) {
            (false, _) => "denied",
            (true, false) => "approved",
            (true, true) => "answered",
        };
        let text = sanitize(asked.question.text.trim_end()).replace('\n', "\n  ");
        context.print(&format!(
            "{word} {}\n\n  {text}\n\n  go on      {next}\n",
            asked.step
        ));
    } else {
        context.json(&Document {
            schema: "tau.answer/1",
            run: id,
            question: asked,
            answer: &answer,
            next,
        });
    }
    Ok(Exit::Succeeded)
}

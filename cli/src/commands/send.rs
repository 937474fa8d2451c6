//! `tau send RUN NAME`

use serde::Serialize;
use serde_json::Value as Json;
use tau_interpreter::clock::Clock;
use tau_interpreter::control;
use tau_interpreter::person::Person;
use tau_interpreter::report::Report;
use tau_interpreter::wait::{Sent, check};

use crate::args::Send;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::mission::read_value;
use crate::render::sanitize::one_line;
use crate::runner;

/// The document `tau.sent/1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    run: &'a str,
    event: &'a Sent,
    /// The command that goes on with the run; none when there is nothing to go on with yet.
    next: Option<String>,
}

/// Sends an event.
pub(crate) fn run(args: &Send, context: &mut Context) -> Outcome {
    let found = runner::find(&args.run)?;
    let id = found.dir.id();
    let data = match &args.data {
        None => Json::Null,
        Some(text) => data(text)?,
    };
    check(&args.name, &data).map_err(Failure::usage)?;
    if found.report()?.outcome == "succeeded" {
        let message = format!("run {id} has succeeded already, and waits for nothing more");
        return Err(Failure::failed(message));
    }
    let clock = Clock::system();
    let sent = Sent {
        id: clock.id(),
        name: args.name.clone(),
        data,
        by: Person::here(),
        at: clock.now(),
    };
    control::send(&found.dir, &sent).map_err(|why| Failure::failed(format!("run {id}: {why}")))?;
    let now = runner::find(id)?;
    let is_owned = now.holder.is_some();
    let can_go_on = control::wake(&now.dir, &now.records).is_some_and(|date| date <= clock.now());
    let next = (can_go_on && !is_owned).then(|| format!("tau resume {id}"));
    match context.form() {
        Form::Human => {
            let kept = match (&next, is_owned) {
                (Some(next), _) => format!("go on: {next}"),
                (None, true) => {
                    "the process that runs it hands it to the step that waits".to_owned()
                }
                (None, false) => kept(&now.report()?),
            };
            context.print(&format!(
                "sent `{}` to run {id}\n{kept}\n",
                one_line(&args.name)
            ));
        }
        Form::Json | Form::JsonStream => context.json(&Document {
            schema: "tau.sent/1",
            run: id,
            event: &sent,
            next,
        }),
    }
    Ok(Exit::Succeeded)
}

/// What becomes of an event that nobody waits for, and what is waited for in its place.
fn kept(report: &Report) -> String {
    let waits = report.waits.iter();
    let names: Vec<String> = waits
        .filter_map(|it| it.wait.event.as_deref())
        .map(|name| format!("`{}`", one_line(name)))
        .collect();
    match names.is_empty() {
        true => "no step waits for it yet; it is kept".to_owned(),
        false => format!(
            "no step waits for it yet, and it is kept; the run waits for {}",
            names.join(", ")
        ),
    }
}

fn data(text: &str) -> Result<Json, Failure> {
    let read;
    let text = match text.strip_prefix('@') {
        None => text,
        Some(path) => {
            read = read_value("`--data`", path)?;
            &read
        }
    };
    serde_json::from_str(text).map_err(|error| {
        let message = format!("the data of `--data` is no JSON: {error}");
        Failure::usage(message).help("a text stands in quotes: `--data '\"text\"'`")
    })
}

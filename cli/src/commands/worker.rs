//! `tau worker`

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use tau_interpreter::clock::Clock;
use tau_interpreter::jobs::Queue;
use tau_interpreter::report::STALE;

use crate::args::Worker;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::render::sanitize::one_line;
use crate::runner::pool::{News, Pool, Until, Worked, unusable};
use crate::runner::{self, EndSignals};

/// The document `tau.worker/1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    /// How many runs had each outcome when their process ended.
    ended: BTreeMap<&'static str, u64>,
    /// The runs that go on by themselves.
    going_on: Vec<String>,
}

/// Takes runs from the queue.
pub(crate) fn run(args: &Worker, context: &mut Context) -> Outcome {
    let until = match (args.once, args.drain) {
        (true, _) => Until::Once,
        (_, true) => Until::Drained,
        _ => Until::Told,
    };
    let worked = runner::runtime()?.block_on(async {
        // Before anybody can know that it is there.
        let signals = EndSignals::new().map_err(|error| {
            Failure::new(Exit::Fault, format!("cannot listen to signals: {error}"))
        })?;
        let queue = Queue::join(&runner::home()?, args.jobs).map_err(|error| unusable(&error))?;
        let stamped = args.supervisor.is_some();
        let tell = |news: News<'_>| tell(&news, stamped, context);
        Pool::new(queue, args.jobs, until, args.supervisor, tell)
            .work(signals)
            .await
    })?;
    left(worked, args.supervisor.is_some(), context);
    Ok(Exit::Succeeded)
}

fn tell(news: &News<'_>, stamped: bool, context: &mut Context) {
    if context.form() == Form::JsonStream {
        stream(news, context);
    }
    let text = match news {
        News::Ready => format!("worker {} takes runs", std::process::id()),
        News::Took(run) => format!("run {run} is gone on with"),
        News::Ended { run, done, .. } if done.given_up => {
            format!("run {run} is given up; `tau show {run}` says why")
        }
        News::Ended { run, done, status } => match (done.outcome, status) {
            ("succeeded" | "failed", _) => format!("run {run} {}", done.outcome),
            // It came to no end.
            ("queued" | STALE, Some(status)) => {
                format!(
                    "run {run} is {}: its process ended with {status}",
                    done.outcome
                )
            }
            (outcome, _) => format!("run {run} is {outcome}"),
        },
        News::Warning(message) => message.clone(),
    };
    let text = one_line(&text);
    let text = match stamped {
        true => format!("{} {text}", Clock::system().now()),
        false => text.into_owned(),
    };
    match news {
        News::Warning(_) => context.warn(&text),
        _ => context.note(&text),
    }
}

/// One line of `--json-stream`.
fn stream(news: &News<'_>, context: &mut Context) {
    let schema = "tau.worker.event/1";
    let line = match news {
        News::Ready => json!({ "schema": schema, "event": "ready" }),
        News::Took(run) => json!({ "schema": schema, "event": "took", "run": run }),
        News::Ended { run, done, .. } => json!({
            "schema": schema, "event": "ended", "run": run, "outcome": done.outcome,
            "given_up": done.given_up,
        }),
        News::Warning(message) => {
            json!({ "schema": schema, "event": "warning", "message": message })
        }
    };
    context.json(&line);
}

fn left(worked: Worked, supervised: bool, context: &mut Context) {
    if context.form() == Form::Human {
        for run in &worked.going_on {
            context.note(&format!(
                "run {run} goes on by itself; `tau cancel {run}` ends it"
            ));
        }
        if worked.ended.is_empty() && worked.going_on.is_empty() && !supervised {
            context.note("nothing was run");
        }
        return;
    }
    context.json(&Document {
        schema: "tau.worker/1",
        ended: worked.ended,
        going_on: worked.going_on,
    });
}

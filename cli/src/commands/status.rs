//! `tau status`

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use tau_interpreter::home::Home;
use tau_interpreter::jobs::Status;

use crate::args::Status as Arguments;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::render::sanitize::one_line;
use crate::runner;

/// How many runs to look at are named.
const NAMED: usize = 20;

/// The document `tau.status/1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    control_plane: ControlPlane<'a>,
    /// Runs that somebody has to look at, the newest first.
    look: Vec<Look<'a>>,
}

#[derive(Serialize)]
struct ControlPlane<'a> {
    state: &'static str,
    pid: Option<i32>,
    started: Option<&'a str>,
    version: Option<&'a str>,
    workers: usize,
    runs: BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
struct Look<'a> {
    run: &'a str,
    repo: &'a str,
    outcome: &'static str,
    /// The process that still has it and says nothing.
    silent: Option<i32>,
    next: &'a str,
}

/// Says whether the local runtime is up.
pub(crate) fn run(_: &Arguments, context: &mut Context) -> Outcome {
    let status = look(&runner::home()?, context)?;
    print(&status, context);
    Ok(match status.supervisor {
        Some(_) => Exit::Succeeded,
        None => Exit::Blocked,
    })
}

/// Looks at everything.
pub(super) fn look(home: &Home, context: &mut Context) -> Result<Status, Failure> {
    let (status, news) = Status::of(home)
        .map_err(|error| Failure::failed(format!("the folder of runs cannot be read: {error}")))?;
    news.iter().for_each(|news| context.warn(news));
    Ok(status)
}

/// Prints it in the form that was asked for.
pub(super) fn print(status: &Status, context: &mut Context) {
    let document = document(status);
    match context.form() {
        Form::Human => {
            let text = lines(status, &document);
            context.print(&text);
        }
        Form::Json | Form::JsonStream => context.json(&document),
    }
}

fn document(status: &Status) -> Document<'_> {
    let supervisor = status.supervisor.as_ref();
    let mut runs: BTreeMap<&'static str, usize> = status.runs.iter().copied().collect();
    runs.extend(more(status));
    Document {
        schema: "tau.status/1",
        control_plane: ControlPlane {
            state: match supervisor {
                Some(_) => "running",
                None => "stopped",
            },
            pid: supervisor.map(|it| it.pid),
            started: supervisor.map(|it| it.started.as_str()),
            version: supervisor.map(|it| it.version.as_str()),
            workers: status.workers,
            runs,
        },
        look: status
            .look
            .iter()
            .take(NAMED)
            .map(|it| Look {
                run: &it.summary.run,
                repo: &it.summary.repo,
                outcome: it.outcome,
                silent: it.silent.map(|it| it.process),
                next: &it.next,
            })
            .collect(),
    }
}

/// What is no outcome: stale runs whose owner is there and says nothing, and damaged journals.
fn more(status: &Status) -> [(&'static str, usize); 2] {
    [("stuck", status.stuck()), ("damaged", status.damaged)]
}

/// One `name=value` a line. What is not there has no value.
fn lines(status: &Status, document: &Document<'_>) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name}={}", one_line(value));
    };
    let plane = &document.control_plane;
    line("control_plane.state", plane.state);
    let pid = plane.pid.map(|pid| pid.to_string());
    line("control_plane.pid", &pid.unwrap_or_default());
    line("control_plane.started", plane.started.unwrap_or_default());
    line("control_plane.workers", &plane.workers.to_string());
    for (word, count) in status.runs.iter().chain(&more(status)) {
        line(&format!("control_plane.runs.{word}"), &count.to_string());
    }
    for look in &document.look {
        line(&format!("run.{}.outcome", look.run), look.outcome);
        if let Some(process) = look.silent {
            line(&format!("run.{}.silent", look.run), &process.to_string());
        }
        line(&format!("run.{}.next", look.run), look.next);
    }
    text
}

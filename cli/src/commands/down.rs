//! `tau down`

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde::Serialize;
use tau_interpreter::home::Home;
use tau_interpreter::jobs::{Holder, Index, Seat};

use crate::args::Down;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::runner;

/// How often it is looked whether the supervisor is gone, and how long.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_secs(60);

/// The document `tau.down/1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    /// The process that was ended, if one was there.
    pid: Option<i32>,
    /// The runs that go on by themselves, whoever started them.
    going_on: Vec<String>,
}

/// Ends the local runtime.
pub(crate) fn run(_: &Down, context: &mut Context) -> Outcome {
    let home = runner::home()?;
    let holder = Seat::holder(&home);
    if let Some(holder) = &holder {
        end(&home, holder)?;
    }
    let going_on = running(&home, context)?;
    if context.form() != Form::Human {
        context.json(&Document {
            schema: "tau.down/1",
            pid: holder.map(|it| it.pid),
            going_on,
        });
        return Ok(Exit::Succeeded);
    }
    context.note(match holder {
        Some(_) => "the local runtime is down",
        None => "the local runtime was not up",
    });
    for run in going_on {
        context.note(&format!(
            "run {run} goes on by itself; `tau cancel {run}` ends it"
        ));
    }
    Ok(Exit::Succeeded)
}

/// Tells the supervisor to end, and waits until it is gone.
fn end(home: &Home, holder: &Holder) -> Result<(), Failure> {
    let told = Pid::from_raw(holder.pid).map(|pid| kill_process(pid, Signal::TERM));
    if let Some(Err(error)) = told
        && Seat::holder(home).as_ref() == Some(holder)
    {
        let message = format!("process {} cannot be told to end: {error}", holder.pid);
        return Err(Failure::new(Exit::Blocked, message));
    }
    let began = Instant::now();
    while Seat::holder(home).as_ref() == Some(holder) {
        if began.elapsed() > PATIENCE {
            let message = format!("process {} was told to end and is there still", holder.pid);
            return Err(Failure::failed(message).help(format!("kill -KILL {}", holder.pid)));
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}

/// The runs that somebody runs.
fn running(home: &Home, context: &mut Context) -> Result<Vec<String>, Failure> {
    let mut index = Index::open(home);
    let mut running = Vec::new();
    index
        .newest(|listed| {
            let running_now = listed.is_running();
            running.extend(running_now.then(|| listed.dir.id().to_owned()));
            ControlFlow::Continue(())
        })
        .map_err(|error| Failure::failed(format!("the folder of runs cannot be read: {error}")))?;
    index.news().iter().for_each(|news| context.warn(news));
    Ok(running)
}

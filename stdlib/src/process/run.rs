//! `process.run`

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tau_interpreter::action::{
    Call, Command, Exit, Failure, Finished, Handed, Replace, Running, Work,
};
use tau_lang::syntax::command::words;

use crate::output::{ending, help_with, kept, told};
use crate::perform::perform_waiting;
use crate::shown::{COMMAND, shown};

/// Runs a command in the mission's worktree.
pub(super) struct Run;

#[derive(Deserialize)]
struct Params {
    command: String,
    writes: Vec<String>,
    /// In milliseconds.
    timeout: u64,
    env: Option<Vec<String>>,
    secrets: Vec<String>,
}

/// The result of a command that ended with 0; its fields are in the face.
#[derive(Serialize)]
pub(crate) struct Ran {
    exit: i32,
    output: String,
    log_ref: String,
    seconds: f64,
}

impl Replace for Run {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform_waiting(call, hands, run)
    }

    fn may_reach_hosts(&self) -> bool {
        true
    }
}

async fn run(params: Params, hands: &dyn Work) -> Result<Ran, Failure> {
    let Params {
        command,
        writes,
        timeout,
        env,
        secrets,
    } = params;
    let argv = words(&command).map_err(|why| {
        Failure::new(
            "command-invalid",
            format!("`{}` is not a command: {why}.", shown(&command, COMMAND)),
        )
    })?;
    let start = Command {
        argv,
        script: None,
        handed: Handed::Nothing,
        env: Vec::new(),
        granted: env,
        secrets,
        timeout: Duration::from_millis(timeout),
    };
    ran(start, &writes, &command, hands).await
}

/// Runs `start` in the worktree, and fails unless it ends with 0. `named` is what it is called in
/// messages.
pub(crate) async fn ran(
    start: Command,
    writes: &[String],
    named: &str,
    hands: &dyn Work,
) -> Result<Ran, Failure> {
    let finished = hands.run(start, writes).await?;
    match finished.exit {
        Exit::Code(0) => Ok(Ran {
            exit: 0,
            output: kept(&finished.tail).to_owned(),
            log_ref: finished.log,
            seconds: finished.seconds,
        }),
        _ => Err(failed(named, &finished)),
    }
}

fn failed(command: &str, finished: &Finished) -> Failure {
    let (exit, signal) = match finished.exit {
        Exit::Code(code) => (Some(code), None),
        Exit::Signal(signal) => (None, Some(signal)),
        Exit::TimedOut | Exit::TooMuchOutput | Exit::Over(_) => (None, None),
    };
    let message = format!(
        "`{}` did not succeed: {}. {}",
        shown(command, COMMAND),
        told(finished),
        ending(&finished.tail)
    );
    let failure = Failure::new(code(finished.exit), message).detail(json!({
        "exit": exit,
        "signal": signal,
        "seconds": finished.seconds,
        "output": kept(&finished.tail),
        "log_ref": finished.log,
    }));
    match finished.exit {
        Exit::TimedOut => failure.help("Give the step a longer `timeout` if it needs one."),
        Exit::TooMuchOutput => failure.help("Make the command write less, or into a file."),
        Exit::Over(limit) => failure.help(help_with(limit)),
        Exit::Code(_) | Exit::Signal(_) => failure,
    }
}

fn code(exit: Exit) -> &'static str {
    match exit {
        Exit::Code(_) => "process-exit",
        Exit::Signal(_) => "process-signal",
        Exit::TimedOut => "process-timeout",
        Exit::TooMuchOutput => "process-output",
        Exit::Over(_) => "process-limit",
    }
}

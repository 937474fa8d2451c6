//! `shell.run`

use std::time::Duration;

use serde::Deserialize;
use tau_interpreter::action::{Call, Command, Failure, Handed, Replace, Running, Script, Work};

use crate::perform::perform_waiting;
use crate::process::{Ran, ran};

/// The shell of POSIX, found on the `PATH`.
const SHELL: &str = "sh";

/// Runs text with a shell in the mission's worktree.
pub(super) struct Run;

#[derive(Deserialize)]
struct Params {
    text: String,
    args: Vec<String>,
    writes: Vec<String>,
    /// In milliseconds.
    timeout: u64,
    env: Option<Vec<String>>,
    secrets: Vec<String>,
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
        text,
        args,
        writes,
        timeout,
        env,
        secrets,
    } = params;
    let start = Command {
        argv: vec![SHELL.to_owned()],
        script: Some(Script {
            text: text.clone(),
            args,
        }),
        handed: Handed::Nothing,
        env: Vec::new(),
        granted: env,
        secrets,
        timeout: Duration::from_millis(timeout),
    };
    ran(start, &writes, &text, hands).await
}

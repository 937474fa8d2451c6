//! `agent.run`

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tau_interpreter::action::{
    Call, Command, Exit, Failure, FailureKind, Finished, Ground, Handed, Missing, Replace, Running,
    Work,
};
use tau_interpreter::blobs::sha256;
use tau_interpreter::ledger::Amount;
use tau_lang::syntax::command::words;

use super::acp::{Client, Stopped};
use super::credentials::none_of_forges;
use super::listener::Listener;
use super::spending::{Account, Spending};
use super::task::task;
use crate::fs::Changes;
use crate::model::progress::{self, Attempt};
use crate::output::{ending, help_with, kept, told};
use crate::perform::perform_waiting;
use crate::shown::{COMMAND, TOLD, shown};

/// Lets a coding agent change files.
pub(super) struct Run;

/// How many characters of a diff, and of what an agent said, the result keeps.
const DIFF: usize = 60_000;
const SAID: usize = 2_000;

#[derive(Deserialize)]
struct Params {
    command: String,
    goal: String,
    failure: String,
    prompt: Told,
    protocol: Protocol,
    tries: u64,
    /// In milliseconds.
    timeout: u64,
    env: Vec<String>,
    secrets: Vec<String>,
    /// By whose grant its spending is counted; nobody's if it is empty.
    model: String,
    /// The most tokens of each start, and the most money in millionths of a dollar.
    tokens: u64,
    cost: u64,
}

impl Params {
    /// The most that one start may take. How many calls it makes nobody says, so a start counts as one.
    fn most(&self) -> Amount {
        Amount {
            calls: 1,
            tokens: self.tokens,
            micro_usd: self.cost,
        }
    }
}

/// How it is told what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Told {
    Stdin,
    Argument,
    File,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Protocol {
    Text,
    Acp,
}

/// The `AgentEdit` of the face.
#[derive(Serialize)]
struct Given {
    #[serde(flatten)]
    attempt: Attempt,
    added: usize,
    removed: usize,
    said: String,
    exit: Option<i32>,
    log_ref: String,
    seconds: f64,
    starts: u64,
    said_tokens: Option<u64>,
    /// In millionths of a dollar.
    said_cost: Option<u64>,
}

impl Replace for Run {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform_waiting(call, hands, run)
    }

    fn may_reach_hosts(&self) -> bool {
        true
    }

    fn asks_elsewhere(&self) -> bool {
        true
    }
}

async fn run(params: Params, hands: &dyn Work) -> Result<Given, Failure> {
    none_of_forges(params.env.iter().chain(&params.secrets))?;
    let argv = words(&params.command).map_err(|why| {
        let command = shown(&params.command, COMMAND);
        Failure::new(
            "command-invalid",
            format!("`{command}` is not a command: {why}."),
        )
    })?;
    let mut working = Working::new(&params, hands);
    if progress::is_stuck(&working.earlier, &working.now.failure) {
        let why = "The check fails in the same way after two changes, so a further one is no use.";
        return Err(working.gives_up("progress-exhausted", why));
    }
    let before = files(hands)?;
    for start in 1..=params.tries.max(1) {
        let (finished, said) = match working.start(&argv).await {
            Ok(done) => done,
            Err(failure) => {
                working.is_refused(failure, start)?;
                continue;
            }
        };
        let changes = changes(&before, &files(hands)?);
        if changes.paths.is_empty() {
            return Err(working.without_change(&finished, &said));
        }
        let mut now = working.now;
        now.diff = shown(&hands.diff()?, DIFF).into_owned();
        now.answer = sha256(now.diff.as_bytes());
        now.paths = changes.paths;
        if working.earlier.iter().any(|it| it.diff == now.diff) {
            let why = "The change leads back to what was tried before.";
            let working = Working { now, ..working };
            return Err(working.gives_up("progress-exhausted", why));
        }
        return Ok(Given {
            attempt: now,
            added: changes.added,
            removed: changes.removed,
            said: shown(&said, SAID).into_owned(),
            exit: match finished.exit {
                Exit::Code(code) => Some(code),
                _ => None,
            },
            log_ref: finished.log,
            seconds: finished.seconds,
            starts: start,
            said_tokens: working.spending.tokens,
            said_cost: working.spending.micro_usd,
        });
    }
    let last = working.now.refusals.last().cloned().unwrap_or_default();
    let why = format!("Nothing that the agent did could be kept. {last}");
    Err(working.gives_up("attempts-exhausted", &why))
}

/// One step's starts.
struct Working<'a> {
    params: &'a Params,
    hands: &'a dyn Work,
    earlier: Vec<Attempt>,
    now: Attempt,
    spending: Spending,
}

impl<'a> Working<'a> {
    fn new(params: &'a Params, hands: &'a dyn Work) -> Working<'a> {
        let (now, earlier) = Attempt::begins(&params.goal, &params.failure, hands.earlier());
        Working {
            params,
            hands,
            earlier,
            now,
            spending: Spending::default(),
        }
    }

    /// Starts it once: how it ended, and what it said.
    async fn start(&mut self, argv: &[String]) -> Result<(Finished, String), Failure> {
        let params = self.params;
        let text = task(
            &params.goal,
            &params.failure,
            &self.earlier,
            &self.now.refusals,
        );
        let mut command = Command {
            argv: argv.to_vec(),
            script: None,
            handed: Handed::Nothing,
            env: Vec::new(),
            granted: Some(params.env.clone()),
            secrets: params.secrets.clone(),
            timeout: Duration::from_millis(params.timeout),
        };
        // What it may change is the step's grant to say, and nobody else's.
        let writes = ["**".to_owned()];
        let program = argv.first().map_or("", String::as_str);
        let account = Account::open(&params.model, params.most(), self.hands).await?;
        if params.protocol == Protocol::Acp {
            let mut client = Client::new(text, account.most);
            let finished = self.hands.converse(command, &writes, &mut client).await;
            self.spending.add(&client.usage);
            account.close(program, &client.usage, self.hands).await?;
            let finished = finished?;
            self.in_budget(client.beyond.as_deref(), &finished)?;
            self.in_time(&finished)?;
            return match client.ended() {
                Stopped::Ended(said) => Ok((finished, said)),
                Stopped::Broken(why) => Err(self.failed("agent-protocol", &why, &finished)),
            };
        }
        let mut input = String::new();
        command.handed = match params.prompt {
            Told::Stdin => {
                input = text;
                Handed::Nothing
            }
            Told::Argument => Handed::Argument(text),
            Told::File => Handed::File(text),
        };
        let mut listener = Listener::new(input, account.most);
        let finished = self.hands.converse(command, &writes, &mut listener).await;
        self.spending.add(&listener.usage);
        account.close(program, &listener.usage, self.hands).await?;
        let finished = finished?;
        self.in_budget(listener.beyond.as_deref(), &finished)?;
        self.in_time(&finished)?;
        let said = kept(&finished.tail).to_owned();
        Ok((finished, said))
    }

    /// Whether it has used no more than it may, as far as it says.
    fn in_budget(&self, beyond: Option<&str>, finished: &Finished) -> Result<(), Failure> {
        let Some(beyond) = beyond else {
            return Ok(());
        };
        let why = format!("it says that it has used {beyond}, so it was ended");
        let failure = self.failed("agent-overspent", &why, finished);
        Err(failure.help("Give the step more `tokens` or `cost` if it needs them. Nothing of what it changed is kept."))
    }

    /// Whether it kept to its limits. Its own end, whatever that was, is no failure.
    fn in_time(&self, finished: &Finished) -> Result<(), Failure> {
        let failed = |code| Err(self.failed(code, &told(finished), finished));
        match finished.exit {
            Exit::Code(_) | Exit::Signal(_) => Ok(()),
            Exit::TimedOut => failed("agent-timeout"),
            Exit::TooMuchOutput => failed("agent-output"),
            Exit::Over(limit) => {
                failed("agent-limit").map_err(|failure: Failure| failure.help(help_with(limit)))
            }
        }
    }

    fn failed(&self, code: &str, why: &str, finished: &Finished) -> Failure {
        let command = shown(&self.params.command, COMMAND);
        let message = format!(
            "The agent `{command}` did not do it: {why}. {}",
            ending(&finished.tail)
        );
        Failure::new(code, message).detail(json!({
            "seconds": finished.seconds,
            "output": kept(&finished.tail),
            "log_ref": finished.log,
        }))
    }

    fn without_change(&self, finished: &Finished, said: &str) -> Failure {
        let why = match finished.exit {
            Exit::Code(0) => "it changed nothing".to_owned(),
            _ => format!("{}, and it changed nothing", told(finished)),
        };
        let failure = self.failed("agent-no-change", &why, finished);
        match said.is_empty() {
            true => failure,
            false => failure.help(format!("It said: {}", shown(said, 300))),
        }
    }

    /// Remembers why what it did was taken back, if it was, and if another start is worth it.
    fn is_refused(&mut self, failure: Failure, start: u64) -> Result<(), Failure> {
        let detail = &failure.detail;
        let refused = detail["refused"].as_array().into_iter().flatten();
        let refused = refused.filter(|it| it["effect"] == "write");
        let protected: Vec<String> = refused
            .filter_map(|it| it["scope"].as_str().map(str::to_owned))
            .take(TOLD)
            .collect();
        let is_left = detail["left_behind"].is_string() || failure.code == "link-leaves-tree";
        if protected.is_empty() && !is_left {
            return Err(failure);
        }
        if let Some(twice) = self.now.tried_before(&self.earlier, &protected) {
            let why = format!("The agent tried twice to change `{twice}`, which it may not.");
            return Err(self.gives_up("edit-protected", &why));
        }
        if start >= self.params.tries {
            // It says what is missing, and the line that would grant it.
            return Err(failure);
        }
        self.now.protected.extend(protected);
        self.now.refusals.push(failure.message);
        Ok(())
    }

    /// The end of all attempts, with what was tried and the best of it.
    fn gives_up(&self, code: &str, why: &str) -> Failure {
        let failure = Failure {
            kind: FailureKind::Blocked(Missing {
                effect: "run".to_owned(),
                scope: self.params.command.clone(),
                limited_by: "mission".to_owned(),
                limited_at: None,
                grant: None,
            }),
            ..Failure::new(code, why)
        };
        self.now.is_last(&self.earlier, failure)
    }
}

/// The files that differ from the base, as they are now.
type Files = BTreeMap<String, (Option<Vec<u8>>, Option<Vec<u8>>)>;

fn files(hands: &dyn Work) -> Result<Files, Failure> {
    let all = hands.changed(&Ground::default())?.into_iter();
    Ok(all.map(|it| (it.path, (it.before, it.after))).collect())
}

/// What has changed between two moments.
#[derive(Default)]
struct Changed {
    paths: Vec<String>,
    added: usize,
    removed: usize,
}

fn changes(before: &Files, after: &Files) -> Changed {
    let mut changed = Changed::default();
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for path in paths {
        // One that does not differ from the base any more is as it was there.
        let base = before
            .get(path)
            .or(after.get(path))
            .and_then(|it| it.0.clone());
        let at = |files: &Files| {
            files
                .get(path)
                .map_or_else(|| base.clone(), |it| it.1.clone())
        };
        let (was, is) = (at(before), at(after));
        let mode_only = was == is && before.contains_key(path) == after.contains_key(path);
        if mode_only {
            continue;
        }
        changed.paths.push(path.clone());
        let (added, removed) = Changes::lines(&was.unwrap_or_default(), &is.unwrap_or_default());
        changed.added += added;
        changed.removed += removed;
    }
    changed
}

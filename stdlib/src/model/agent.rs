//! `model.agent`: a model that works with tools.
//!
//! Each of its tools is a standard action. Every call goes through the broker as if the mission itself had
//! made it, and is recorded with what came of it before the model hears of it.

mod room;
mod tell;
#[cfg(test)]
mod tests;
mod toolbox;
mod watch;
mod words;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tau_interpreter::action::{Call, Failure, Replace, Running, Work};

use self::tell::Told;
use self::toolbox::Toolbox;
use self::watch::{Stuck, Watch};
use super::calls::{Calls, Limits, Took, exhausted};
use super::wire::{Prompt, Spoken, ToolCall, ToolResult, Turn};
use crate::perform::perform_waiting;
use crate::shown::shown;

pub(crate) use toolbox::{agent_reads, agent_runs, agent_writes};

/// Lets a model work with tools.
pub(super) struct Agent;

/// How many characters of a diff the result keeps.
const DIFF: usize = 60_000;

/// How many refused calls the result keeps, and how many characters of each.
const REFUSED: usize = 50;
const REFUSAL: usize = 400;

#[derive(Deserialize)]
struct Params {
    goal: String,
    tools: Vec<String>,
    system: String,
    /// It goes on with what was said in earlier rounds.
    continues: bool,
    /// The most answers.
    turns: u64,
    /// The most calls of tools.
    uses: u64,
    /// The most tokens of one prompt.
    context: u64,
    /// How long one command may take, in milliseconds.
    command: u64,
    #[serde(flatten)]
    limits: Limits,
}

/// The `ModelAgent` of the face.
#[derive(Serialize)]
struct Given {
    text: String,
    #[serde(flatten)]
    did: Did,
    diff: String,
    /// The conversation, for a later round that goes on with it.
    talk: Value,
    #[serde(flatten)]
    took: Took,
}

/// What a model has done so far.
#[derive(Default, Serialize)]
struct Did {
    turns: u64,
    uses: u64,
    /// The calls that were refused, with the reasons.
    refused: Vec<String>,
    paths: Vec<String>,
    left_out: Vec<String>,
}

impl Replace for Agent {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform_waiting(call, hands, agent)
    }
}

async fn agent(params: Params, hands: &dyn Work) -> Result<Given, Failure> {
    let mut working = Working {
        toolbox: Toolbox::new(&params.tools, params.command)?,
        calls: Calls::new(&params.limits, hands)?,
        watch: Watch::default(),
        did: Did::default(),
        params: &params,
        hands,
    };
    let mut turns = match params.continues {
        true => earlier(hands),
        false => Vec::new(),
    };
    turns.push(Turn::User(words::goal(&params.goal)));
    let mut prompt = Prompt {
        system: words::system(&params.system),
        turns,
        schema: None,
        tools: working.toolbox.tools(),
        most: params.limits.answer,
        reasoning: params.limits.effort(),
    };
    let text = loop {
        if let Some(text) = working.turn(&mut prompt).await? {
            break text;
        }
    };
    let talk = match params.continues {
        true => json!(prompt.turns),
        false => Value::Null,
    };
    let Working { calls, did, .. } = working;
    Ok(Given {
        text,
        did,
        diff: shown(&hands.diff()?, DIFF).into_owned(),
        talk,
        took: calls.took(),
    })
}

/// The conversation that the last round of the loop ended with.
fn earlier(hands: &dyn Work) -> Vec<Turn> {
    let last = hands.earlier().pop();
    let talk = last.and_then(|mut result| result.get_mut("talk").map(Value::take));
    talk.and_then(|talk| serde_json::from_value(talk).ok())
        .unwrap_or_default()
}

/// A model at work.
struct Working<'a> {
    params: &'a Params,
    hands: &'a dyn Work,
    toolbox: Toolbox,
    calls: Calls<'a>,
    watch: Watch,
    did: Did,
}

impl Working<'_> {
    /// One answer, and what comes of its calls. `Some` is what it said when it called nothing.
    async fn turn(&mut self, prompt: &mut Prompt) -> Result<Option<String>, Failure> {
        let Params { turns, context, .. } = *self.params;
        if self.did.turns >= turns {
            let why = format!("The model has given {turns} answers, and none was its last.");
            let failure = self.gives_up("turns-exhausted", &why);
            return Err(failure.help("Give the step more `turns` if it needs them."));
        }
        let room = room::bytes(context.min(self.calls.window()));
        let left_out = room::make(&mut prompt.turns, room);
        self.did.left_out.extend(left_out);
        let said = self.calls.say(prompt).await?;
        self.did.turns += 1;
        let made = said.called.calls();
        if made.is_empty() && said.text.trim().is_empty() {
            prompt.turns.push(Turn::User(words::NOTHING.to_owned()));
            self.goes_on()?;
            return Ok(None);
        }
        let text = said.text.clone();
        prompt.turns.push(Turn::Model(Spoken {
            text: said.text,
            calls: made.clone(),
            kept: said.kept,
            by: self.calls.model.clone(),
        }));
        if made.is_empty() {
            return Ok(Some(text));
        }
        let most = room::of_one(room, made.len());
        let mut results = Vec::new();
        for call in &made {
            results.push(self.use_tool(call, most).await?);
        }
        prompt.turns.push(Turn::Results(results));
        self.goes_on()?;
        if self.did.turns + 1 == turns {
            prompt.turns.push(Turn::User(words::LAST.to_owned()));
        }
        Ok(None)
    }

    /// One call of a tool.
    async fn use_tool(&mut self, call: &ToolCall, most: usize) -> Result<ToolResult, Failure> {
        let uses = self.params.uses;
        if self.did.uses >= uses {
            let why = format!("The model has called tools {uses} times, and calls one more.");
            let failure = self.gives_up("uses-exhausted", &why);
            return Err(failure.help("Give the step more `uses` if it needs them."));
        }
        self.did.uses += 1;
        let keep = self.params.limits.record;
        let told = self.toolbox.perform(call, most, keep, self.hands).await?;
        self.did.note(call, &told);
        self.watch
            .saw(call, &told)
            .map_err(|stuck| self.stuck(stuck))?;
        Ok(ToolResult {
            id: call.id.clone(),
            is_error: told.is_error(),
            text: told.text,
        })
    }

    /// Whether a further answer is worth it.
    fn goes_on(&mut self) -> Result<(), Failure> {
        self.watch.turn_ends().map_err(|stuck| self.stuck(stuck))
    }

    fn stuck(&self, stuck: Stuck) -> Failure {
        self.gives_up(stuck.code, &stuck.why)
    }

    /// The end of it, with what was done. What was changed is not kept.
    fn gives_up(&self, code: &str, why: &str) -> Failure {
        let diff = self.hands.diff().unwrap_or_default();
        exhausted(code, &self.calls.model, why)
            .help("Nothing of what it changed is kept.")
            .detail(json!({ "did": self.did, "diff": shown(&diff, DIFF) }))
    }
}

impl Did {
    fn note(&mut self, call: &ToolCall, told: &Told) {
        if told.is_refused && self.refused.len() < REFUSED {
            let refusal = format!("{} {}: {}", call.name, call.arguments, told.text);
            self.refused.push(shown(&refusal, REFUSAL).into_owned());
        }
        for path in &told.paths {
            if let Err(at) = self.paths.binary_search(path) {
                self.paths.insert(at, path.clone());
            }
        }
    }
}

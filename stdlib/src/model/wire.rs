//! How providers are spoken to: one file for each form, behind one trait.

mod chat;
mod messages;
mod responses;
mod sse;
#[cfg(test)]
mod tests;
mod tools;
mod turns;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tau_interpreter::action::{Account, Reads, Reply};
use tau_interpreter::ledger::Amount;
use tau_interpreter::providers::{self, Price, Provider};

use tools::Called;
pub(super) use tools::{Tool, ToolCall, ToolResult};
pub use turns::prompt_turns;

/// What a model is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Prompt {
    /// What it is to do, from the mission's author and from tau.
    pub(super) system: String,
    /// What was said so far, the first by the user.
    pub(super) turns: Vec<Turn>,
    /// The JSON schema that its answer must have.
    pub(super) schema: Option<Value>,
    /// What it may call; never together with a schema.
    pub(super) tools: Vec<Tool>,
    /// The most tokens of its answer.
    pub(super) most: u64,
    /// How much it is to think: `low`, `medium`, `high`; as it likes without.
    pub(super) reasoning: Option<String>,
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Turn {
    /// The user's, or tau's in its place.
    User(String),
    /// The model's.
    Model(Spoken),
    /// What came of the calls in the model's turn before, in their order.
    Results(Vec<ToolResult>),
}

/// What a model has said in one turn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Spoken {
    pub(super) text: String,
    pub(super) calls: Vec<ToolCall>,
    /// What its provider wants back as it was: what the model has thought before it called a tool.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) kept: Vec<Value>,
    /// The model, as `PROVIDER/MODEL`: what is kept is for no other.
    #[serde(default)]
    pub(super) by: String,
}

impl Spoken {
    /// Only a text.
    pub(super) fn text(text: String) -> Spoken {
        Spoken {
            text,
            ..Spoken::default()
        }
    }

    /// What is kept of some types. A provider that speaks another form now than when it was said wants nothing
    /// of it.
    pub(super) fn kept_of<'s>(
        &'s self,
        is_one: fn(&str) -> bool,
    ) -> impl Iterator<Item = Value> + 's {
        let all = self.kept.iter();
        let all = all.filter(move |it| it["type"].as_str().is_some_and(is_one));
        all.cloned()
    }
}

/// What a model has said, as far as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Said {
    pub(super) text: String,
    /// The tools that it calls.
    pub(super) called: Called,
    /// See [`Spoken::kept`].
    pub(super) kept: Vec<Value>,
    /// Why it ended; `None` while it has not.
    pub(super) stop: Option<Stop>,
    pub(super) usage: Option<Usage>,
    /// The model that has answered, as the provider calls it.
    pub(super) served: Option<String>,
    /// What the provider says has gone wrong in the midst of it.
    pub(super) error: Option<String>,
}

/// Why an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The model was done, or waits for what comes of its calls.
    Done,
    /// It was cut: it had as many tokens as it may.
    Length,
    /// The provider or the model refused.
    Refused,
    /// For another reason, in the provider's word.
    Other(String),
}

/// What an answer has taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) input: u64,
    /// Of the input, what the provider had kept.
    pub(super) cached: u64,
    pub(super) output: u64,
    /// Of the output, what nobody sees.
    pub(super) reasoning: u64,
    /// In millionths of a dollar, where the provider says it.
    pub(super) cost: Option<u64>,
}

/// One form of requests and answers.
pub(super) trait Wire: Send + Sync {
    /// Behind the provider's base address.
    fn path(&self) -> &'static str;

    /// Fields of a request.
    fn headers(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    /// A request. `model` is the provider's own name for it.
    fn body(&self, provider: &Provider, model: &str, prompt: &Prompt) -> Value;

    /// The text that one event of a stream adds.
    fn more<'d>(&self, data: &'d Value) -> Option<&'d str>;

    /// Adds one event of a stream. `true` when no more is to come.
    fn event(&self, said: &mut Said, data: &Value) -> bool;

    /// Whether an event is the last of a stream.
    fn is_last(&self, name: &str, data: &str) -> bool;

    /// Reads an answer that came at once.
    fn whole(&self, body: &Value) -> Said;
}

/// The form that a provider wants.
pub(super) fn of(wire: providers::Wire) -> &'static dyn Wire {
    match wire {
        providers::Wire::Chat => &chat::Chat,
        providers::Wire::Messages => &messages::Messages,
        providers::Wire::Responses => &responses::Responses,
    }
}

/// Why a body cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is neither JSON nor a stream of events: its type.
    Type(String),
    /// It is no JSON.
    Json(String),
    /// It broke off.
    Cut,
}

/// Reads the body of an answer with status 200.
pub(super) fn read(wire: &dyn Wire, reply: &Reply) -> Result<Said, Unreadable> {
    let kind = reply.headers.get("content-type");
    let kind = kind.map_or("", String::as_str);
    let kind = kind.split(';').next().unwrap_or_default().trim();
    match kind.to_ascii_lowercase().as_str() {
        "text/event-stream" => streamed(wire, &reply.body),
        "application/json" => {
            let body: Value =
                serde_json::from_str(&reply.body).map_err(|error| match error.is_eof() {
                    true => Unreadable::Cut,
                    false => Unreadable::Json(error.to_string()),
                })?;
            let said = match error_of(&body) {
                Some(error) => Said {
                    error: Some(error),
                    ..Said::default()
                },
                None => wire.whole(&body),
            };
            ended(said)
        }
        _ => Err(Unreadable::Type(kind.to_owned())),
    }
}

fn streamed(wire: &dyn Wire, body: &str) -> Result<Said, Unreadable> {
    let mut said = Said::default();
    for event in sse::events(body) {
        if event.data.trim() == DONE {
            break;
        }
        let data: Value =
            serde_json::from_str(&event.data).map_err(|error| match error.is_eof() {
                true => Unreadable::Cut,
                false => Unreadable::Json(error.to_string()),
            })?;
        if let Some(error) = error_of(&data) {
            said.error = Some(error);
            break;
        }
        if wire.event(&mut said, &data) {
            break;
        }
    }
    ended(said)
}

/// What ends streams of chat completions.
const DONE: &str = "[DONE]";

fn ended(said: Said) -> Result<Said, Unreadable> {
    match said.stop.is_some() || said.error.is_some() {
        true => Ok(said),
        false => Err(Unreadable::Cut),
    }
}

/// What a body says has gone wrong.
pub(super) fn error_of(body: &Value) -> Option<String> {
    let error = body.get("error").filter(|error| !error.is_null())?;
    let message = error.get("message").and_then(Value::as_str);
    Some(match message.or(error.as_str()) {
        Some(message) => message.to_owned(),
        None => error.to_string(),
    })
}

/// Reads answers for their record.
pub(super) struct Reader<'a> {
    pub(super) wire: &'a dyn Wire,
    pub(super) price: Option<Price>,
    pub(super) tells_cost: bool,
}

impl Reads for Reader<'_> {
    fn is_whole(&self, body: &[u8]) -> bool {
        sse::last(body).is_some_and(|event| self.wire.is_last(&event.name, &event.data))
    }

    fn hear(&self, body: &[u8]) -> (usize, String) {
        let read = sse::whole(body);
        let body = String::from_utf8_lossy(&body[..read]);
        let data = sse::events(&body).into_iter();
        let data = data.filter_map(|event| serde_json::from_str::<Value>(&event.data).ok());
        let mut text = String::new();
        for data in data {
            text.push_str(self.wire.more(&data).unwrap_or_default());
        }
        (read, text)
    }

    fn account(&self, reply: &Reply) -> Account {
        let once = Amount {
            calls: 1,
            ..Amount::default()
        };
        if reply.status != 200 {
            // Who does not answer takes no money.
            return Account {
                used: Some(once),
                is_answer: false,
                facts: json!({ "stop": null }),
            };
        }
        let Ok(said) = read(self.wire, reply) else {
            return Account {
                used: None,
                is_answer: false,
                facts: json!({ "stop": "broken" }),
            };
        };
        let cost = said.usage.and_then(|usage| self.cost(&usage));
        let used = said.usage.map(|usage| Amount {
            tokens: usage.input + usage.output,
            micro_usd: cost.unwrap_or(0),
            ..once
        });
        let usage = said.usage.unwrap_or_default();
        Account {
            used,
            is_answer: said.error.is_none(),
            facts: json!({
                "stop": said.stop.as_ref().map(Stop::word),
                "error": said.error,
                "served": said.served,
                "input_tokens": usage.input,
                "cached_tokens": usage.cached,
                "output_tokens": usage.output,
                "reasoning_tokens": usage.reasoning,
                "micro_usd": cost,
            }),
        }
    }
}

impl Reader<'_> {
    /// What an answer has cost: what the provider says, or else by its price.
    pub(super) fn cost(&self, usage: &Usage) -> Option<u64> {
        let told = usage.cost.filter(|_| self.tells_cost);
        told.or_else(|| {
            let price = self.price?;
            Some(price.of(usage.input, usage.cached, usage.output))
        })
    }
}

impl Stop {
    pub(super) fn word(&self) -> &str {
        match self {
            Stop::Done => "done",
            Stop::Length => "length",
            Stop::Refused => "refused",
            Stop::Other(word) => word,
        }
    }
}

/// A number of a body; none is 0.
fn number(body: &Value, path: &str) -> u64 {
    body.pointer(path).and_then(Value::as_u64).unwrap_or(0)
}

/// A text of a body.
fn text<'b>(body: &'b Value, path: &str) -> Option<&'b str> {
    body.pointer(path).and_then(Value::as_str)
}

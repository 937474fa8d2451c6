//! The client's side of the Agent Client Protocol, version 1: JSON-RPC, a message a line, on the
//! agent's input and output. See <https://agentclientprotocol.com/protocol/overview>.
//!
//! One session with one prompt. What the agent asks of its client is answered from what the step may
//! do; terminals are not offered, as an agent can start what it needs in its box.

mod permission;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};
use tau_interpreter::action::{Desk, Said, Talk, Then};
use tau_interpreter::ledger::Amount;

use super::usage::Usage;
use crate::shown::shown;

/// The version that is spoken.
const VERSION: u64 = 1;

/// How many bytes of what an agent says are remembered.
const SAID: usize = 64 << 10;

/// How many characters of an error are told.
const ERROR: usize = 300;

/// Errors of JSON-RPC, and of the protocol.
const NO_METHOD: i64 = -32601;
const BAD_PARAMS: i64 = -32602;
const REFUSED: i64 = -32603;
const LOG_IN: i64 = -32000;

/// One conversation with an agent.
pub(super) struct Client {
    task: String,
    waits: Waits,
    session: String,
    said: String,
    broken: Option<String>,
    most: Option<Amount>,
    pub(super) usage: Usage,
    /// What it said to have used beyond what it may.
    pub(super) beyond: Option<String>,
}

/// What is waited for; its number is the request's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waits {
    Initialize,
    Session,
    Prompt,
    Nothing,
}

/// How a conversation ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    /// The agent has answered, with this.
    Ended(String),
    /// It has not; why.
    Broken(String),
}

impl Client {
    /// One that gives this task, and ends the agent when it says that it has used more than `most`.
    pub(super) fn new(task: String, most: Option<Amount>) -> Client {
        Client {
            task,
            waits: Waits::Initialize,
            session: String::new(),
            said: String::new(),
            broken: None,
            most,
            usage: Usage::default(),
            beyond: None,
        }
    }

    /// How it ended.
    pub(super) fn ended(self) -> Stopped {
        match (self.broken, self.waits) {
            (Some(why), _) => Stopped::Broken(why),
            (None, Waits::Nothing) => Stopped::Ended(self.said),
            (None, _) => Stopped::Broken("it ended before it had answered".to_owned()),
        }
    }

    fn asks(&mut self, waits: Waits, method: &str, params: Value) -> Said {
        self.waits = waits;
        says(&json!({ "jsonrpc": "2.0", "id": waits as u8, "method": method, "params": params }))
    }

    fn breaks(&mut self, why: String) -> Said {
        self.broken = Some(why);
        over()
    }

    /// What the agent answers.
    fn answered(&mut self, answer: &Value, desk: &dyn Desk) -> Said {
        if answer["id"].as_u64() != Some(self.waits as u64) {
            return Said::default();
        }
        if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
            let why = shown(error["message"].as_str().unwrap_or("an error"), ERROR).into_owned();
            return self.breaks(match error["code"].as_i64() {
                Some(LOG_IN) => format!("it wants somebody to log in, and there is nobody ({why})"),
                _ => format!("it answered with an error: {why}"),
            });
        }
        let result = &answer["result"];
        match self.waits {
            Waits::Initialize if result["protocolVersion"].as_u64() != Some(VERSION) => {
                let version = shown(&result["protocolVersion"].to_string(), 20).into_owned();
                self.breaks(format!(
                    "it speaks version {version} of the protocol, and not {VERSION}"
                ))
            }
            Waits::Initialize => {
                let folder = desk.folder().to_string_lossy();
                let params = json!({ "cwd": folder, "mcpServers": [] });
                self.asks(Waits::Session, "session/new", params)
            }
            Waits::Session => match result["sessionId"].as_str() {
                None => self.breaks("it began no session".to_owned()),
                Some(session) => {
                    session.clone_into(&mut self.session);
                    let text = std::mem::take(&mut self.task);
                    let params = json!({
                        "sessionId": session,
                        "prompt": [{ "type": "text", "text": text }],
                    });
                    self.asks(Waits::Prompt, "session/prompt", params)
                }
            },
            Waits::Prompt => {
                self.waits = Waits::Nothing;
                self.usage.answered(&result["usage"]);
                self.beyond = self.most.and_then(|most| self.usage.beyond(most));
                match result["stopReason"].as_str() {
                    Some("end_turn") => {}
                    Some(reason) => {
                        let reason = format!("\n(stopped: {})", shown(reason, 40));
                        self.said.push_str(&reason);
                    }
                    None => return self.breaks("it ended without a reason".to_owned()),
                }
                over()
            }
            Waits::Nothing => Said::default(),
        }
    }

    /// What the agent tells.
    fn told(&mut self, params: &Value) -> Said {
        let update = &params["update"];
        if update["sessionUpdate"] == "usage_update" {
            self.usage.updated(update);
            self.beyond = self.most.and_then(|most| self.usage.beyond(most));
            if self.beyond.is_some() {
                return self.cancels();
            }
        }
        if update["sessionUpdate"] == "agent_message_chunk"
            && let Some(text) = update["content"]["text"].as_str()
            && self.said.len() + text.len() <= SAID
        {
            self.said.push_str(text);
        }
        Said::default()
    }

    /// Tells the agent to stop, and nothing after that.
    fn cancels(&self) -> Said {
        let params = json!({ "sessionId": self.session });
        let cancel = json!({ "jsonrpc": "2.0", "method": "session/cancel", "params": params });
        Said {
            then: Then::Over,
            ..says(&cancel)
        }
    }

    /// What the agent wants.
    fn wants(&self, method: &str, params: &Value, desk: &dyn Desk) -> Result<Value, (i64, String)> {
        let is_known = matches!(
            method,
            "session/request_permission" | "fs/read_text_file" | "fs/write_text_file"
        );
        if !is_known {
            return Err((NO_METHOD, "Nothing of that name is offered.".to_owned()));
        }
        if params["sessionId"].as_str() != Some(self.session.as_str()) || self.session.is_empty() {
            return Err((BAD_PARAMS, "There is no such session.".to_owned()));
        }
        if method == "session/request_permission" {
            return Ok(permission::answer(params, desk));
        }
        let Some(path) = params["path"].as_str() else {
            return Err((BAD_PARAMS, "`path` is missing.".to_owned()));
        };
        let refused = |why| (REFUSED, why);
        if method == "fs/read_text_file" {
            let text = desk.read(path).map_err(refused)?;
            return Ok(json!({ "content": lines(&text, params) }));
        }
        let Some(text) = params["content"].as_str() else {
            return Err((BAD_PARAMS, "`content` is missing.".to_owned()));
        };
        desk.write(path, text).map_err(refused)?;
        Ok(Value::Null)
    }
}

impl Talk for Client {
    fn begin(&mut self, _: &dyn Desk) -> Said {
        let params = json!({
            "protocolVersion": VERSION,
            "clientCapabilities": {
                "fs": { "readTextFile": true, "writeTextFile": true },
                "terminal": false,
            },
            "clientInfo": { "name": "tau", "version": env!("CARGO_PKG_VERSION") },
        });
        self.asks(Waits::Initialize, "initialize", params)
    }

    fn hear(&mut self, line: &str, desk: &dyn Desk) -> Said {
        // What is no message is talk of a program that knows no better, and is in the log.
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            return Said::default();
        };
        match (message["method"].as_str(), message.get("id")) {
            (Some(method), Some(id)) => {
                let mut answer = json!({ "jsonrpc": "2.0", "id": id });
                match self.wants(method, &message["params"], desk) {
                    Ok(result) => answer["result"] = result,
                    Err((code, why)) => {
                        answer["error"] = json!({ "code": code, "message": why });
                    }
                }
                says(&answer)
            }
            (Some("session/update"), None) => self.told(&message["params"]),
            (Some(_), None) => Said::default(),
            (None, Some(_)) => self.answered(&message, desk),
            (None, None) => Said::default(),
        }
    }
}

fn says(message: &Value) -> Said {
    Said {
        text: format!("{message}\n"),
        then: Then::More,
    }
}

fn over() -> Said {
    Said {
        text: String::new(),
        then: Then::Over,
    }
}

/// The lines of a text that are asked for: `limit` of them from `line`, counted from 1.
fn lines(text: &str, params: &Value) -> String {
    let number = |name: &str| {
        params[name]
            .as_u64()
            .and_then(|it| usize::try_from(it).ok())
    };
    let skipped = number("line").unwrap_or(1).saturating_sub(1);
    let limit = number("limit").unwrap_or(usize::MAX);
    text.split_inclusive('\n')
        .skip(skipped)
        .take(limit)
        .collect()
}

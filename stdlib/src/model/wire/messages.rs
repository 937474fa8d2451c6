//! Anthropic's Messages.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tau_interpreter::providers::Provider;

use super::{Prompt, Said, Stop, ToolCall, Turn, Usage, Wire, number, text};

/// See the module.
pub(super) struct Messages;

/// The name of the tool whose arguments are an answer with a schema: a model fills in a tool's
/// arguments as the schema says.
const TOOL: &str = "answer";

impl Wire for Messages {
    fn path(&self) -> &'static str {
        "/messages"
    }

    fn headers(&self) -> BTreeMap<String, String> {
        BTreeMap::from([("anthropic-version".to_owned(), "2023-06-01".to_owned())])
    }

    fn body(&self, _: &Provider, model: &str, prompt: &Prompt) -> Value {
        let mut turns = turns(&prompt.turns);
        // What the next call begins with is kept there.
        let last = turns
            .last_mut()
            .and_then(|turn| turn["content"].as_array_mut());
        if let Some(block) = last.and_then(|content| content.last_mut()) {
            block["cache_control"] = json!({ "type": "ephemeral" });
        }
        let mut body = json!({
            "model": model,
            "max_tokens": prompt.most,
            "system": [{ "type": "text", "text": prompt.system }],
            "messages": turns,
            "stream": true,
        });
        if let Some(schema) = &prompt.schema {
            body["tools"] = json!([{
                "name": TOOL,
                "description": "Gives the answer.",
                "input_schema": schema,
            }]);
            body["tool_choice"] = json!({ "type": "tool", "name": TOOL });
        }
        if !prompt.tools.is_empty() {
            let tools = prompt.tools.iter().map(|tool| {
                json!({
                    "name": tool.name,
                    "description": tool.description,
                    "input_schema": tool.parameters,
                })
            });
            body["tools"] = tools.collect();
        }
        let budget = match prompt.reasoning.as_deref() {
            Some("low") => 1024,
            Some("medium") => prompt.most / 4,
            Some(_) => prompt.most / 2,
            None => 0,
        };
        // A tool that must be called leaves no room to think first, and less is not allowed.
        if budget >= 1024 && budget < prompt.most && prompt.schema.is_none() {
            body["thinking"] = json!({ "type": "enabled", "budget_tokens": budget });
        }
        body
    }

    fn more<'d>(&self, data: &'d Value) -> Option<&'d str> {
        text(data, "/delta/text")
    }

    fn event(&self, said: &mut Said, data: &Value) -> bool {
        match text(data, "/type").unwrap_or_default() {
            "message_start" => {
                said.served = text(data, "/message/model").map(str::to_owned);
                self.usage(said, &data["message"]["usage"]);
            }
            "content_block_start" => self.begins(said, data),
            "content_block_delta" => self.goes_on(said, data),
            "message_delta" => {
                self.stop(said, text(data, "/delta/stop_reason"));
                self.usage(said, &data["usage"]);
            }
            "message_stop" => return true,
            _ => {}
        }
        false
    }

    fn is_last(&self, name: &str, _: &str) -> bool {
        matches!(name, "message_stop" | "error")
    }

    fn whole(&self, body: &Value) -> Said {
        let mut said = Said {
            served: text(body, "/model").map(str::to_owned),
            ..Said::default()
        };
        for block in body["content"].as_array().into_iter().flatten() {
            match text(block, "/type") {
                Some("text") => said.text.push_str(text(block, "/text").unwrap_or_default()),
                Some("tool_use") if block["name"] == TOOL => said.text = block["input"].to_string(),
                Some("tool_use") => said.called.push(ToolCall {
                    id: text(block, "/id").unwrap_or_default().to_owned(),
                    name: text(block, "/name").unwrap_or_default().to_owned(),
                    arguments: block["input"].to_string(),
                }),
                Some("thinking" | "redacted_thinking") => said.kept.push(block.clone()),
                _ => {}
            }
        }
        self.stop(&mut said, text(body, "/stop_reason"));
        self.usage(&mut said, &body["usage"]);
        said
    }
}

/// The turns, with those of the same side after each other as one: what comes of calls, and then what
/// the user says.
fn turns(turns: &[Turn]) -> Vec<Value> {
    let mut all: Vec<(&str, Vec<Value>)> = Vec::new();
    for turn in turns {
        let role = match turn {
            Turn::Model(_) => "assistant",
            Turn::User(_) | Turn::Results(_) => "user",
        };
        match all.last_mut() {
            Some((last, content)) if *last == role => content.extend(blocks(turn)),
            _ => all.push((role, blocks(turn))),
        }
    }
    let all = all.into_iter();
    all.map(|(role, content)| json!({ "role": role, "content": content }))
        .collect()
}

fn blocks(turn: &Turn) -> Vec<Value> {
    let said = |text: &String| json!({ "type": "text", "text": text });
    match turn {
        Turn::User(text) => vec![said(text)],
        Turn::Model(spoken) => {
            // An empty text is refused.
            let text = Some(&spoken.text).filter(|text| !text.is_empty()).map(said);
            let calls = spoken.calls.iter().map(|call| {
                json!({ "type": "tool_use", "id": call.id, "name": call.name, "input": call.sent() })
            });
            let kept = spoken.kept_of(|it| matches!(it, "thinking" | "redacted_thinking"));
            kept.chain(text).chain(calls).collect()
        }
        Turn::Results(results) => {
            let results = results.iter().map(|it| {
                json!({
                    "type": "tool_result",
                    "tool_use_id": it.id,
                    "content": it.text,
                    "is_error": it.is_error,
                })
            });
            results.collect()
        }
    }
}

impl Messages {
    /// A block of a stream begins.
    fn begins(&self, said: &mut Said, data: &Value) {
        let block = &data["content_block"];
        match text(block, "/type") {
            Some("tool_use") if block["name"] != TOOL => {
                let call = said.called.at(number(data, "/index"));
                call.id = text(block, "/id").unwrap_or_default().to_owned();
                call.name = text(block, "/name").unwrap_or_default().to_owned();
            }
            Some("thinking" | "redacted_thinking") => said.kept.push(block.clone()),
            _ => {}
        }
    }

    /// More of a block. What a model thinks comes before all else, one block after the other.
    fn goes_on(&self, said: &mut Said, data: &Value) {
        said.text.push_str(self.more(data).unwrap_or_default());
        if let Some(more) = text(data, "/delta/partial_json") {
            match said.called.begun(number(data, "/index")) {
                Some(call) => call.arguments.push_str(more),
                None => said.text.push_str(more),
            }
        }
        for field in ["thinking", "signature"] {
            let more = data["delta"][field].as_str();
            if let (Some(more), Some(block)) = (more, said.kept.last_mut()) {
                let so_far = block[field].as_str().unwrap_or_default();
                block[field] = json!(format!("{so_far}{more}"));
            }
        }
    }

    fn stop(&self, said: &mut Said, stop: Option<&str>) {
        let Some(stop) = stop else {
            return;
        };
        said.stop = Some(match stop {
            "end_turn" | "stop_sequence" | "tool_use" => Stop::Done,
            "max_tokens" | "model_context_window_exceeded" => Stop::Length,
            "refusal" => Stop::Refused,
            other => Stop::Other(other.to_owned()),
        });
    }

    /// Its numbers come in parts, each as large as it is by then. What was kept, and what is kept from
    /// now on, are counted beside `input_tokens`.
    fn usage(&self, said: &mut Said, usage: &Value) {
        if !usage.is_object() {
            return;
        }
        let mut all = said.usage.unwrap_or_default();
        if usage.get("input_tokens").is_some_and(Value::is_u64) {
            let cached = number(usage, "/cache_read_input_tokens");
            let created = number(usage, "/cache_creation_input_tokens");
            all.input = number(usage, "/input_tokens") + cached + created;
            all.cached = cached;
        }
        all.output = all.output.max(number(usage, "/output_tokens"));
        said.usage = Some(Usage { cost: None, ..all });
    }
}

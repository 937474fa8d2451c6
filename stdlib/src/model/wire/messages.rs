//! Anthropic's Messages.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tau_interpreter::providers::Provider;

use super::{Prompt, Said, Stop, Usage, Wire, number, text};

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
        let turns = prompt.turns.iter();
        let mut turns: Vec<Value> = turns
            .map(|turn| {
                let content = json!([{ "type": "text", "text": turn.text }]);
                json!({ "role": turn.role.word(), "content": content })
            })
            .collect();
        // What the next call begins with is kept there.
        if let Some(block) = turns.last_mut() {
            block["content"][0]["cache_control"] = json!({ "type": "ephemeral" });
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

    fn event(&self, said: &mut Said, data: &Value) -> bool {
        match text(data, "/type").unwrap_or_default() {
            "message_start" => {
                said.served = text(data, "/message/model").map(str::to_owned);
                self.usage(said, &data["message"]["usage"]);
            }
            "content_block_delta" => {
                let more = text(data, "/delta/text").or(text(data, "/delta/partial_json"));
                said.text.push_str(more.unwrap_or_default());
            }
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
                Some("tool_use") => said.text = block["input"].to_string(),
                _ => {}
            }
        }
        self.stop(&mut said, text(body, "/stop_reason"));
        self.usage(&mut said, &body["usage"]);
        said
    }
}

impl Messages {
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

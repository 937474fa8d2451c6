//! OpenAI's Responses.

use serde_json::{Value, json};
use tau_interpreter::providers::Provider;

use super::{Prompt, Said, Stop, ToolCall, Turn, Usage, Wire, number, text};

/// See the module.
pub(super) struct Responses;

impl Wire for Responses {
    fn path(&self) -> &'static str {
        "/responses"
    }

    fn body(&self, _: &Provider, model: &str, prompt: &Prompt) -> Value {
        let turns = prompt.turns.iter().flat_map(items);
        let mut body = json!({
            "model": model,
            "instructions": prompt.system,
            "input": turns.collect::<Vec<_>>(),
            "max_output_tokens": prompt.most,
            "stream": true,
            // Nothing of it is kept there.
            "store": false,
        });
        if let Some(schema) = &prompt.schema {
            body["text"] = json!({
                "format": { "type": "json_schema", "name": "answer", "schema": schema, "strict": false },
            });
        }
        if let Some(effort) = &prompt.reasoning {
            body["reasoning"] = json!({ "effort": effort });
            if !prompt.tools.is_empty() {
                // As nothing is kept there, what it has thought goes back and forth, sealed.
                body["include"] = json!(["reasoning.encrypted_content"]);
            }
        }
        if !prompt.tools.is_empty() {
            let tools = prompt.tools.iter().map(|tool| {
                json!({
                    "type": "function",
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.parameters,
                    "strict": false,
                })
            });
            body["tools"] = tools.collect();
        }
        body
    }

    fn more<'d>(&self, data: &'d Value) -> Option<&'d str> {
        let is_text = text(data, "/type") == Some("response.output_text.delta");
        is_text.then(|| text(data, "/delta"))?
    }

    fn event(&self, said: &mut Said, data: &Value) -> bool {
        match text(data, "/type").unwrap_or_default() {
            "response.output_text.delta" => {
                said.text.push_str(self.more(data).unwrap_or_default());
                false
            }
            "response.output_item.added" | "response.output_item.done" => {
                if data["item"]["type"] == "function_call" {
                    *said.called.at(number(data, "/output_index")) = call(&data["item"]);
                }
                // It is sealed when it is done, and differs before.
                if data["type"] == "response.output_item.done" && is_sealed(&data["item"]) {
                    said.kept.push(data["item"].clone());
                }
                false
            }
            "response.function_call_arguments.delta" => {
                let call = said.called.at(number(data, "/output_index"));
                let more = text(data, "/delta").unwrap_or_default();
                call.arguments.push_str(more);
                false
            }
            "error" => {
                let why = text(data, "/message").unwrap_or("it does not say what");
                said.error = Some(why.to_owned());
                true
            }
            "response.completed" | "response.incomplete" | "response.failed" => {
                let whole = self.whole(&data["response"]);
                // Some servers leave out at the end what they have sent before.
                *said = match whole.text.is_empty() && whole.called.is_empty() {
                    true => Said {
                        text: std::mem::take(&mut said.text),
                        called: std::mem::take(&mut said.called),
                        kept: std::mem::take(&mut said.kept),
                        ..whole
                    },
                    false => whole,
                };
                true
            }
            _ => false,
        }
    }

    fn is_last(&self, name: &str, _: &str) -> bool {
        let all = ["completed", "incomplete", "failed"];
        name == "error"
            || name
                .strip_prefix("response.")
                .is_some_and(|end| all.contains(&end))
    }

    fn whole(&self, body: &Value) -> Said {
        let mut said = Said {
            served: text(body, "/model").map(str::to_owned),
            error: super::error_of(body),
            ..Said::default()
        };
        let mut refused = false;
        let items = || body["output"].as_array().into_iter().flatten();
        for item in items() {
            match text(item, "/type") {
                Some("function_call") => said.called.push(call(item)),
                Some("reasoning") if is_sealed(item) => said.kept.push(item.clone()),
                _ => {}
            }
        }
        let parts = items().flat_map(|item| item["content"].as_array().into_iter().flatten());
        for part in parts {
            match text(part, "/type") {
                Some("output_text") => said.text.push_str(text(part, "/text").unwrap_or_default()),
                Some("refusal") => refused = true,
                _ => {}
            }
        }
        let reason = text(body, "/incomplete_details/reason");
        said.stop = match (text(body, "/status"), reason) {
            _ if refused => Some(Stop::Refused),
            (Some("completed"), _) => Some(Stop::Done),
            (Some("incomplete"), Some("max_output_tokens")) => Some(Stop::Length),
            (Some("incomplete"), Some("content_filter")) => Some(Stop::Refused),
            (Some("incomplete"), other) => {
                Some(Stop::Other(other.unwrap_or("incomplete").to_owned()))
            }
            _ => None,
        };
        if body.get("usage").is_some_and(Value::is_object) {
            said.usage = Some(Usage {
                input: number(body, "/usage/input_tokens"),
                cached: number(body, "/usage/input_tokens_details/cached_tokens"),
                output: number(body, "/usage/output_tokens"),
                reasoning: number(body, "/usage/output_tokens_details/reasoning_tokens"),
                cost: None,
            });
        }
        said
    }
}

/// A turn as items: a text, each call, and what came of each.
fn items(turn: &Turn) -> Vec<Value> {
    let said = |role: &str, text: &String| json!({ "role": role, "content": text });
    match turn {
        Turn::User(text) => vec![said("user", text)],
        Turn::Model(spoken) => {
            let text = Some(&spoken.text).filter(|text| !text.is_empty());
            let text = text.map(|text| said("assistant", text));
            let calls = spoken.calls.iter().map(|call| {
                json!({
                    "type": "function_call",
                    "call_id": call.id,
                    "name": call.name,
                    "arguments": call.sent().to_string(),
                })
            });
            let kept = spoken.kept_of(|it| it == "reasoning");
            kept.chain(text).chain(calls).collect()
        }
        Turn::Results(results) => {
            let results = results.iter().map(
                |it| json!({ "type": "function_call_output", "call_id": it.id, "output": it.text }),
            );
            results.collect()
        }
    }
}

/// Whether an item is what a model has thought, in a form that it can be sent back in.
fn is_sealed(item: &Value) -> bool {
    item["type"] == "reasoning" && item["encrypted_content"].is_string()
}

fn call(item: &Value) -> ToolCall {
    let field = |path| text(item, path).unwrap_or_default().to_owned();
    ToolCall {
        id: field("/call_id"),
        name: field("/name"),
        arguments: field("/arguments"),
    }
}

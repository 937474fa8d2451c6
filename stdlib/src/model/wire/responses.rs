//! OpenAI's Responses.

use serde_json::{Value, json};
use tau_interpreter::providers::Provider;

use super::{Prompt, Said, Stop, Usage, Wire, number, text};

/// See the module.
pub(super) struct Responses;

impl Wire for Responses {
    fn path(&self) -> &'static str {
        "/responses"
    }

    fn body(&self, _: &Provider, model: &str, prompt: &Prompt) -> Value {
        let turns = prompt.turns.iter();
        let turns = turns.map(|turn| json!({ "role": turn.role.word(), "content": turn.text }));
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
        }
        body
    }

    fn event(&self, said: &mut Said, data: &Value) -> bool {
        match text(data, "/type").unwrap_or_default() {
            "response.output_text.delta" => {
                said.text.push_str(text(data, "/delta").unwrap_or_default());
                false
            }
            "error" => {
                let why = text(data, "/message").unwrap_or("it does not say what");
                said.error = Some(why.to_owned());
                true
            }
            "response.completed" | "response.incomplete" | "response.failed" => {
                *said = self.whole(&data["response"]);
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
        let items = body["output"].as_array().into_iter().flatten();
        let parts = items.flat_map(|item| item["content"].as_array().into_iter().flatten());
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

//! OpenAI's chat completions, as OpenAI, OpenRouter, Ollama, vLLM and llama.cpp speak them.

use serde_json::{Value, json};
use tau_interpreter::providers::Provider;

use super::{Prompt, Said, Stop, Usage, Wire, number, text};

/// See the module.
pub(super) struct Chat;

impl Wire for Chat {
    fn path(&self) -> &'static str {
        "/chat/completions"
    }

    fn body(&self, provider: &Provider, model: &str, prompt: &Prompt) -> Value {
        let system = json!({ "role": "system", "content": prompt.system });
        let turns = prompt.turns.iter();
        let turns = turns.map(|turn| json!({ "role": turn.role.word(), "content": turn.text }));
        let messages: Vec<Value> = std::iter::once(system).chain(turns).collect();
        let mut body = json!({
            "model": model,
            "messages": messages,
            "stream": true,
            "stream_options": { "include_usage": true },
        });
        let most = match provider.completion_tokens {
            true => "max_completion_tokens",
            false => "max_tokens",
        };
        body[most] = json!(prompt.most);
        if let Some(schema) = &prompt.schema {
            body["response_format"] = json!({
                "type": "json_schema",
                "json_schema": { "name": "answer", "schema": schema },
            });
        }
        if provider.tells_cost {
            body["usage"] = json!({ "include": true });
            if let Some(price) = provider.price(model) {
                let most =
                    json!({ "prompt": dollars(price.input), "completion": dollars(price.output) });
                body["provider"] = json!({ "max_price": most });
            }
        }
        match &prompt.reasoning {
            Some(effort) if provider.tells_cost => body["reasoning"] = json!({ "effort": effort }),
            Some(effort) => body["reasoning_effort"] = json!(effort),
            None => {}
        }
        body
    }

    fn event(&self, said: &mut Said, data: &Value) -> bool {
        if let Some(more) = text(data, "/choices/0/delta/content") {
            said.text.push_str(more);
        }
        self.rest(said, data);
        // What was used comes behind the reason, and `[DONE]` behind that.
        false
    }

    fn is_last(&self, _: &str, data: &str) -> bool {
        data.trim() == super::DONE
    }

    fn whole(&self, body: &Value) -> Said {
        let mut said = Said::default();
        if let Some(text) = text(body, "/choices/0/message/content") {
            said.text = text.to_owned();
        }
        self.rest(&mut said, body);
        said
    }
}

impl Chat {
    /// What answers and events have in common.
    fn rest(&self, said: &mut Said, data: &Value) {
        let refused = ["/choices/0/delta/refusal", "/choices/0/message/refusal"];
        let refused = refused.iter().find_map(|path| text(data, path));
        if let Some(stop) = text(data, "/choices/0/finish_reason") {
            said.stop = Some(match stop {
                "stop" | "eos" | "end_turn" => Stop::Done,
                "length" => Stop::Length,
                "content_filter" => Stop::Refused,
                other => Stop::Other(other.to_owned()),
            });
        }
        if refused.is_some_and(|text| !text.is_empty()) {
            said.stop = Some(Stop::Refused);
        }
        if let Some(model) = text(data, "/model") {
            said.served = Some(model.to_owned());
        }
        if data.get("usage").is_some_and(Value::is_object) {
            said.usage = Some(Usage {
                input: number(data, "/usage/prompt_tokens"),
                cached: number(data, "/usage/prompt_tokens_details/cached_tokens"),
                output: number(data, "/usage/completion_tokens"),
                reasoning: number(data, "/usage/completion_tokens_details/reasoning_tokens"),
                cost: data.pointer("/usage/cost").and_then(micros),
            });
        }
    }
}

/// Millionths of a dollar as dollars.
fn dollars(micros: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "prices are small")]
    let micros = micros as f64;
    micros / 1e6
}

/// Dollars as millionths, rounded up.
fn micros(dollars: &Value) -> Option<u64> {
    let micros = (dollars.as_f64()? * 1e6).ceil();
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is in the range"
    )]
    (0.0..1e15).contains(&micros).then_some(micros as u64)
}

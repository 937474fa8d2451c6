//! OpenAI's chat completions, as OpenAI, OpenRouter, Ollama, vLLM and llama.cpp speak them.

use serde_json::{Value, json};
use tau_interpreter::providers::Provider;

use super::{Called, Prompt, Said, Spoken, Stop, Turn, Usage, Wire, number, text};

/// See the module.
pub(super) struct Chat;

impl Wire for Chat {
    fn path(&self) -> &'static str {
        "/chat/completions"
    }

    fn body(&self, provider: &Provider, model: &str, prompt: &Prompt) -> Value {
        let system = json!({ "role": "system", "content": prompt.system });
        let turns = prompt.turns.iter().flat_map(messages);
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
        if !prompt.tools.is_empty() {
            let tools = prompt.tools.iter().map(|tool| {
                let function = json!({
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.parameters,
                });
                json!({ "type": "function", "function": function })
            });
            body["tools"] = tools.collect();
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

    fn more<'d>(&self, data: &'d Value) -> Option<&'d str> {
        text(data, "/choices/0/delta/content")
    }

    fn event(&self, said: &mut Said, data: &Value) -> bool {
        said.text.push_str(self.more(data).unwrap_or_default());
        pieces(&mut said.called, &data["choices"][0]["delta"]["tool_calls"]);
        thoughts(
            &mut said.kept,
            &data["choices"][0]["delta"]["reasoning_details"],
        );
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
        pieces(
            &mut said.called,
            &body["choices"][0]["message"]["tool_calls"],
        );
        thoughts(
            &mut said.kept,
            &body["choices"][0]["message"]["reasoning_details"],
        );
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
                "stop" | "eos" | "end_turn" | "tool_calls" | "function_call" => Stop::Done,
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

/// A turn as messages: what comes of each call is one of its own.
fn messages(turn: &Turn) -> Vec<Value> {
    match turn {
        Turn::User(text) => vec![json!({ "role": "user", "content": text })],
        Turn::Model(spoken) => vec![assistant(spoken)],
        Turn::Results(results) => {
            let results = results.iter();
            let results = results
                .map(|it| json!({ "role": "tool", "tool_call_id": it.id, "content": it.text }));
            results.collect()
        }
    }
}

fn assistant(spoken: &Spoken) -> Value {
    let mut message = said(spoken);
    let kept: Vec<Value> = spoken.kept_of(|it| it.starts_with(THOUGHT)).collect();
    if !kept.is_empty() {
        message["reasoning_details"] = json!(kept);
    }
    message
}

fn said(spoken: &Spoken) -> Value {
    if spoken.calls.is_empty() {
        return json!({ "role": "assistant", "content": spoken.text });
    }
    let calls = spoken.calls.iter().map(|call| {
        let function = json!({ "name": call.name, "arguments": call.sent().to_string() });
        json!({ "id": call.id, "type": "function", "function": function })
    });
    let text = Some(&spoken.text).filter(|text| !text.is_empty());
    json!({ "role": "assistant", "content": text, "tool_calls": calls.collect::<Value>() })
}

/// What the types of OpenRouter's `reasoning_details` begin with. It wants them back in the order in which they
/// came and otherwise as they were, signatures too: `.text`, `.summary`, `.encrypted`.
const THOUGHT: &str = "reasoning.";

/// Adds pieces of what a model has thought, or whole parts of it. Pieces of one part have the same place.
fn thoughts(kept: &mut Vec<Value>, pieces: &Value) {
    for piece in pieces.as_array().into_iter().flatten() {
        let is_same = |part: &&mut Value| {
            let fields = ["type", "index"];
            let is_text = piece["text"].is_string() || piece["summary"].is_string();
            let is_end = piece["signature"].is_string();
            fields.iter().all(|field| part[field] == piece[field])
                && piece["index"].is_u64()
                && (is_text || is_end)
        };
        let Some(part) = kept.iter_mut().find(is_same) else {
            kept.push(piece.clone());
            continue;
        };
        for (field, more) in piece.as_object().into_iter().flatten() {
            match (field.as_str(), part[field].as_str(), more.as_str()) {
                ("text" | "summary" | "signature", Some(so_far), Some(more)) => {
                    part[field] = json!(format!("{so_far}{more}"));
                }
                _ if part[field].is_null() => part[field] = more.clone(),
                _ => {}
            }
        }
    }
}

/// Adds pieces of calls, or whole ones.
fn pieces(called: &mut Called, pieces: &Value) {
    for piece in pieces.as_array().into_iter().flatten() {
        let id = text(piece, "/id").unwrap_or_default();
        let place = piece["index"].as_u64().unwrap_or_else(|| {
            // Some servers give no place: what has another id begins the next call.
            match called.last() {
                Some(last) if id.is_empty() || called.at(last).id == id => last,
                Some(last) => last + 1,
                None => 0,
            }
        });
        let call = called.at(place);
        if call.id.is_empty() {
            call.id = id.to_owned();
        }
        if call.name.is_empty() {
            call.name = text(piece, "/function/name").unwrap_or_default().to_owned();
        }
        match &piece["function"]["arguments"] {
            Value::String(more) => call.arguments.push_str(more),
            Value::Null => {}
            whole => call.arguments = whole.to_string(),
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

//! The turns of a request that was recorded, for people.

use serde_json::Value;

/// Who said what in a request, in whichever form it is: `system`, `user`, `assistant`, `tool` and the
/// texts. A call of a tool is told by its name and arguments.
#[must_use]
pub fn prompt_turns(request: &str) -> Vec<(String, String)> {
    let request: Value = serde_json::from_str(request).unwrap_or_default();
    let system = [&request["system"], &request["instructions"]];
    let system = system.into_iter().filter(|it| !it.is_null());
    let system = system.map(|content| ("system".to_owned(), text(content)));
    let turns = [&request["messages"], &request["input"]];
    let turns = turns.into_iter().filter_map(Value::as_array).flatten();
    system.chain(turns.flat_map(turn)).collect()
}

/// What one item of a conversation tells.
fn turn(item: &Value) -> Vec<(String, String)> {
    let told = |role: &str, text: String| (role.to_owned(), text);
    match item["type"].as_str() {
        Some("function_call") => return vec![told("assistant", call(item))],
        Some("function_call_output") => return vec![told("tool", text(&item["output"]))],
        Some("reasoning") => return Vec::new(),
        _ => {}
    }
    let role = item["role"].as_str().unwrap_or_default();
    let content = &item["content"];
    let blocks = content.as_array().into_iter().flatten();
    let results = blocks.filter(|block| block["type"] == "tool_result");
    let mut all: Vec<_> = results
        .map(|block| told("tool", text(&block["content"])))
        .collect();
    let calls = item["tool_calls"].as_array().into_iter().flatten();
    let mut parts = vec![text(content)];
    parts.extend(calls.map(|it| call(&it["function"])));
    parts.retain(|part| !part.is_empty());
    if !parts.is_empty() || all.is_empty() {
        all.push(told(role, parts.join("\n")));
    }
    all
}

/// The texts of a content, with its calls of tools.
fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => {
            let texts = blocks.iter().filter_map(|block| match &block["type"] {
                kind if kind == "tool_use" => Some(call(block)),
                _ => block["text"].as_str().map(str::to_owned),
            });
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

/// A call in one line.
fn call(item: &Value) -> String {
    let name = item["name"].as_str().unwrap_or_default();
    let arguments = [&item["arguments"], &item["input"]];
    let arguments = arguments.into_iter().find(|it| !it.is_null());
    match arguments {
        Some(Value::String(arguments)) => format!("-> {name} {arguments}"),
        Some(arguments) => format!("-> {name} {arguments}"),
        None => format!("-> {name}"),
    }
}

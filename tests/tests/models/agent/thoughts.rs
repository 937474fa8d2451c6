//! What a model has thought before it calls a tool goes back to its provider with what came of the call.

use serde_json::{Value, json};

use super::super::provider::{Answer, Provider};
use super::super::{sandbox_with, tau};
use super::FILES;

/// A stream of these events.
fn stream(events: &[Value]) -> Answer {
    let events = events.iter().map(|event| {
        let name = event["type"].as_str().unwrap_or("message");
        format!("event: {name}\ndata: {event}\n\n")
    });
    Answer::body("text/event-stream", &events.collect::<String>())
}

/// What a provider of this form is asked behind a first answer, and then a last one.
fn asked_again(wire: &str, first: Answer, last: Answer) -> Value {
    let provider = Provider::new(vec![first, last]);
    let port = provider.port;
    let more = format!(
        "[lab]\nurl = \"http://127.0.0.1:{port}/v1\"\nwire = \"{wire}\"\nprice = {{ input = 1, output = 1 }}"
    );
    let sandbox = sandbox_with(&provider, FILES, &more);
    let mission = super::mission(
        "\"fs.read\"",
        "model \"lab/*\" up to 900k tokens, $5",
        ", model: \"lab/m\", reasoning: \"low\"",
    );
    sandbox.write("work.tau", mission);
    let done = tau(&sandbox, &["apply", "work.tau", "--yes", "--json"]).ends(0);
    assert_eq!(done.json()["outputs"]["text"], "It is one.");
    let asked = provider.asked();
    assert_eq!(asked.len(), 2);
    asked[1].body.clone()
}

#[test]
fn chat_completions_get_reasoning_details_back() {
    let delta = |delta: Value| json!({ "choices": [{ "delta": delta }] });
    let text = |text: &str| json!({ "type": "reasoning.text", "text": text, "format": "anthropic-claude-v1", "index": 0 });
    let arguments = json!({ "path": "src/a.txt" }).to_string();
    let function = json!({ "name": "fs_read", "arguments": arguments });
    let first = stream(&[
        delta(json!({ "reasoning_details": [text("I ")] })),
        delta(json!({ "reasoning_details": [text("look.")] })),
        delta(
            json!({ "reasoning_details": [{ "type": "reasoning.text", "signature": "sig", "index": 0 }] }),
        ),
        delta(
            json!({ "tool_calls": [{ "index": 0, "id": "c1", "type": "function", "function": function }] }),
        ),
        json!({ "choices": [{ "delta": {}, "finish_reason": "tool_calls" }] }),
    ]);
    let body = asked_again("chat", first, Answer::says("It is one."));
    let turns = body["messages"].as_array().unwrap();
    let turn = turns
        .iter()
        .find(|turn| turn["role"] == "assistant")
        .unwrap();
    let thought = json!({ "type": "reasoning.text", "text": "I look.", "format": "anthropic-claude-v1", "index": 0, "signature": "sig" });
    assert_eq!(turn["reasoning_details"], json!([thought]));
    assert_eq!(turn["tool_calls"][0]["id"], "c1");
}

#[test]
fn messages_get_signed_thinking_back() {
    let start = |index: u64, block: Value| json!({ "type": "content_block_start", "index": index, "content_block": block });
    let delta = |index: u64, delta: Value| json!({ "type": "content_block_delta", "index": index, "delta": delta });
    let arguments = json!({ "path": "src/a.txt" }).to_string();
    let end = |reason: &str| {
        [
            json!({ "type": "message_delta", "delta": { "stop_reason": reason }, "usage": { "output_tokens": 5 } }),
            json!({ "type": "message_stop" }),
        ]
    };
    let mut first = vec![
        json!({ "type": "message_start", "message": { "model": "m", "usage": { "input_tokens": 10, "output_tokens": 1 } } }),
        start(
            0,
            json!({ "type": "thinking", "thinking": "", "signature": "" }),
        ),
        delta(
            0,
            json!({ "type": "thinking_delta", "thinking": "I look." }),
        ),
        delta(0, json!({ "type": "signature_delta", "signature": "sig" })),
        start(1, json!({ "type": "redacted_thinking", "data": "sealed" })),
        start(
            2,
            json!({ "type": "tool_use", "id": "c1", "name": "fs_read", "input": {} }),
        ),
        delta(
            2,
            json!({ "type": "input_json_delta", "partial_json": arguments }),
        ),
    ];
    first.extend(end("tool_use"));
    let mut last = vec![
        start(0, json!({ "type": "text", "text": "" })),
        delta(0, json!({ "type": "text_delta", "text": "It is one." })),
    ];
    last.extend(end("end_turn"));
    let body = asked_again("messages", stream(&first), stream(&last));
    let turns = body["messages"].as_array().unwrap();
    let turn = turns
        .iter()
        .find(|turn| turn["role"] == "assistant")
        .unwrap();
    let content = turn["content"].as_array().unwrap();
    assert_eq!(
        content[0],
        json!({ "type": "thinking", "thinking": "I look.", "signature": "sig" })
    );
    assert_eq!(
        content[1],
        json!({ "type": "redacted_thinking", "data": "sealed" })
    );
    assert_eq!(content[2]["type"], "tool_use");
}

#[test]
fn responses_get_sealed_reasoning_back() {
    let sealed =
        json!({ "type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "sealed" });
    let arguments = json!({ "path": "src/a.txt" }).to_string();
    let call = json!({ "type": "function_call", "call_id": "c1", "name": "fs_read", "arguments": arguments });
    let completed = |output: Value| json!({ "type": "response.completed", "response": { "status": "completed", "output": output } });
    // A server that tells its items alone, and not again at the end.
    let first = stream(&[
        json!({ "type": "response.output_item.done", "output_index": 0, "item": sealed }),
        json!({ "type": "response.output_item.done", "output_index": 1, "item": call }),
        completed(json!([])),
    ]);
    let text = json!({ "type": "output_text", "text": "It is one." });
    let last = stream(&[completed(
        json!([{ "type": "message", "role": "assistant", "content": [text] }]),
    )]);
    let body = asked_again("responses", first, last);
    let input = body["input"].as_array().unwrap();
    let at = input
        .iter()
        .position(|item| item["type"] == "reasoning")
        .unwrap();
    assert_eq!(input[at], sealed);
    assert_eq!(
        (&input[at + 1]["type"], &input[at + 2]["type"]),
        (&json!("function_call"), &json!("function_call_output"))
    );
    assert_eq!(body["include"], json!(["reasoning.encrypted_content"]));
}

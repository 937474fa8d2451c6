//! Tools, in the words of every form.

use super::*;

/// Name and arguments of each call, with its id.
fn told(said: &Said) -> Vec<(String, String, String)> {
    let calls = said.called.calls().into_iter();
    calls
        .map(|call| (call.id, call.name, call.arguments))
        .collect()
}

fn call(id: &str, name: &str, arguments: &str) -> (String, String, String) {
    (id.to_owned(), name.to_owned(), arguments.to_owned())
}

/// A conversation with two calls, one of which is broken.
fn prompt() -> Prompt {
    let call = |id: &str, name: &str, arguments: &str| ToolCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    };
    let result = |id: &str, text: &str, is_error| ToolResult {
        id: id.to_owned(),
        text: text.to_owned(),
        is_error,
    };
    Prompt {
        system: "s".to_owned(),
        turns: vec![
            Turn::User("u".to_owned()),
            Turn::Model(Spoken {
                text: "look".to_owned(),
                calls: vec![
                    call("1", "fs_read", "{\"path\":\"a\"}"),
                    call("2", "x", "{"),
                ],
                kept: vec![json!({ "type": "thinking", "thinking": "hm", "signature": "z" })],
                by: "a/x".to_owned(),
            }),
            Turn::Results(vec![result("1", "A", false), result("2", "no", true)]),
            Turn::User("go on".to_owned()),
        ],
        tools: vec![Tool {
            name: "fs_read".to_owned(),
            description: "Reads.".to_owned(),
            parameters: json!({ "type": "object" }),
        }],
        most: 10,
        ..Prompt::default()
    }
}

fn asked(wire: &dyn Wire, prompt: &Prompt) -> Value {
    let all = providers::Providers::default();
    let (provider, _) = all.of("openai/x").unwrap();
    wire.body(provider, "x", prompt)
}

#[test]
fn calls_come_in_pieces_of_chat_completions() {
    let delta = |calls: Value| json!({ "choices": [{ "delta": { "tool_calls": calls } }] });
    let piece = |index: u64, arguments: &str| json!([{ "index": index, "function": { "arguments": arguments } }]);
    let begin = |index: u64, id: &str| json!([{ "index": index, "id": id, "type": "function", "function": { "name": "fs_read", "arguments": "" } }]);
    let body = stream(&[
        delta(begin(0, "a")),
        delta(piece(0, "{\"pa")),
        delta(begin(1, "b")),
        delta(piece(1, "{}")),
        delta(piece(0, "th\":1}")),
        json!({ "choices": [{ "delta": {}, "finish_reason": "tool_calls" }] }),
    ]);
    let said = read(&chat::Chat, &reply("text/event-stream", body)).unwrap();
    assert_eq!(
        told(&said),
        [
            call("a", "fs_read", "{\"path\":1}"),
            call("b", "fs_read", "{}")
        ]
    );
    assert_eq!((said.text.as_str(), said.stop), ("", Some(Stop::Done)));
    // A server that gives no places, and arguments that are no text.
    let whole = |id: &str, arguments: Value| json!([{ "id": id, "function": { "name": "f", "arguments": arguments } }]);
    let body = stream(&[
        delta(whole("a", json!("{"))),
        delta(json!([{ "function": { "arguments": "}" } }])),
        delta(whole("b", json!({ "x": 1 }))),
        json!({ "choices": [{ "delta": {}, "finish_reason": "stop" }] }),
    ]);
    let said = read(&chat::Chat, &reply("text/event-stream", body)).unwrap();
    assert_eq!(
        told(&said),
        [call("a", "f", "{}"), call("b", "f", "{\"x\":1}")]
    );
}

#[test]
fn calls_come_in_blocks_of_messages() {
    let start = |index: u64, block: Value| json!({ "type": "content_block_start", "index": index, "content_block": block });
    let delta = |index: u64, delta: Value| json!({ "type": "content_block_delta", "index": index, "delta": delta });
    let body = stream(&[
        start(
            0,
            json!({ "type": "thinking", "thinking": "", "signature": "" }),
        ),
        delta(0, json!({ "type": "thinking_delta", "thinking": "h" })),
        delta(0, json!({ "type": "thinking_delta", "thinking": "m" })),
        delta(0, json!({ "type": "signature_delta", "signature": "z" })),
        start(1, json!({ "type": "text", "text": "" })),
        delta(1, json!({ "type": "text_delta", "text": "look" })),
        start(
            2,
            json!({ "type": "tool_use", "id": "t1", "name": "fs_read", "input": {} }),
        ),
        delta(
            2,
            json!({ "type": "input_json_delta", "partial_json": "{\"path\"" }),
        ),
        delta(
            2,
            json!({ "type": "input_json_delta", "partial_json": ":\"a\"}" }),
        ),
        start(
            3,
            json!({ "type": "tool_use", "id": "t2", "name": "git_log", "input": {} }),
        ),
        json!({ "type": "message_delta", "delta": { "stop_reason": "tool_use" }, "usage": { "output_tokens": 7 } }),
        json!({ "type": "message_stop" }),
    ]);
    let said = read(&messages::Messages, &reply("text/event-stream", body)).unwrap();
    assert_eq!(said.text, "look");
    assert_eq!(
        told(&said),
        [
            call("t1", "fs_read", "{\"path\":\"a\"}"),
            call("t2", "git_log", "")
        ]
    );
    assert_eq!(
        said.kept,
        [json!({ "type": "thinking", "thinking": "hm", "signature": "z" })]
    );
}

#[test]
fn calls_come_in_items_of_responses() {
    let item =
        json!({ "type": "function_call", "call_id": "c", "name": "fs_read", "arguments": "" });
    let done = json!({ "type": "function_call", "call_id": "c", "name": "fs_read", "arguments": "{\"path\":\"a\"}" });
    let sealed = json!({ "type": "reasoning", "id": "r", "encrypted_content": "…" });
    let events = |output: Value| {
        stream(&[
            json!({ "type": "response.output_item.added", "output_index": 1, "item": item }),
            json!({ "type": "response.function_call_arguments.delta", "output_index": 1, "delta": "{\"path\":" }),
            json!({ "type": "response.function_call_arguments.delta", "output_index": 1, "delta": "\"a\"}" }),
            json!({ "type": "response.output_item.done", "output_index": 0, "item": sealed }),
            json!({ "type": "response.completed", "response": { "status": "completed", "output": output } }),
        ])
    };
    let whole = json!([{ "type": "reasoning" }, sealed, done]);
    for output in [whole, json!([])] {
        let body = events(output);
        let said = read(&responses::Responses, &reply("text/event-stream", body)).unwrap();
        assert_eq!(told(&said), [call("c", "fs_read", "{\"path\":\"a\"}")]);
        assert_eq!(said.stop, Some(Stop::Done));
        assert_eq!(said.kept, std::slice::from_ref(&sealed));
    }
}

#[test]
fn what_a_model_has_thought_comes_in_pieces_of_chat_completions() {
    let delta = |details: Value| json!({ "choices": [{ "delta": { "reasoning": "x", "reasoning_details": details } }] });
    let text = |index: u64, text: &str| json!({ "type": "reasoning.text", "text": text, "format": "f", "index": index });
    let signed = json!({ "type": "reasoning.text", "signature": "sig", "index": 0 });
    let sealed = |id: &str| json!({ "type": "reasoning.encrypted", "data": "c2VhbA==", "id": id, "index": 0 });
    let body = stream(&[
        delta(json!([text(0, "h")])),
        delta(json!([text(0, "m")])),
        delta(json!([signed, text(1, "so")])),
        delta(json!([sealed("a"), sealed("b")])),
        json!({ "choices": [{ "delta": {}, "finish_reason": "tool_calls" }] }),
    ]);
    let said = read(&chat::Chat, &reply("text/event-stream", body)).unwrap();
    let first = json!({ "type": "reasoning.text", "text": "hm", "format": "f", "index": 0, "signature": "sig" });
    assert_eq!(said.kept, [first, text(1, "so"), sealed("a"), sealed("b")]);
    // At once, they are as they are.
    let details =
        json!([text(0, "hm"), sealed("a"), { "type": "reasoning.summary", "summary": "short" }]);
    let message = json!({ "content": null, "reasoning_details": details });
    let body = json!({ "choices": [{ "message": message, "finish_reason": "stop" }] });
    let said = read(&chat::Chat, &reply("application/json", body.to_string())).unwrap();
    assert_eq!(json!(said.kept), details);
}

#[test]
fn what_a_model_has_thought_goes_back_in_its_own_form_and_in_no_other() {
    let all = [
        json!({ "type": "thinking", "thinking": "hm", "signature": "z" }),
        json!({ "type": "redacted_thinking", "data": "d" }),
        json!({ "type": "reasoning", "id": "r", "encrypted_content": "e", "summary": [] }),
        json!({ "type": "reasoning.text", "text": "hm", "signature": "z", "index": 0 }),
        json!({ "type": "reasoning.encrypted", "data": "d", "id": "i" }),
    ];
    let mut prompt = prompt();
    if let Turn::Model(spoken) = &mut prompt.turns[1] {
        spoken.kept = all.to_vec();
    }
    let body = asked(&chat::Chat, &prompt);
    let message = &body["messages"][2];
    assert_eq!(message["reasoning_details"], json!(all[3..]));
    assert_eq!(message["tool_calls"][0]["id"], "1");
    // Before all else of the turn.
    let body = asked(&messages::Messages, &prompt);
    let content = body["messages"][1]["content"].as_array().unwrap();
    assert_eq!(content[..2], all[..2]);
    assert_eq!((content.len(), &content[2]["type"]), (5, &json!("text")));
    let body = asked(&responses::Responses, &prompt);
    let input = body["input"].as_array().unwrap();
    assert_eq!(
        (&input[1], &input[2]["role"]),
        (&all[2], &json!("assistant"))
    );
    assert_eq!(input.len(), 8);
}

#[test]
fn tools_and_results_are_said_in_chat_completions() {
    let body = asked(&chat::Chat, &prompt());
    insta::assert_snapshot!(pretty(&body, &["messages", "tools"]), @r#"
    messages: {"content":"s","role":"system"}
    messages: {"content":"u","role":"user"}
    messages: {"content":"look","role":"assistant","tool_calls":[{"function":{"arguments":"{\"path\":\"a\"}","name":"fs_read"},"id":"1","type":"function"},{"function":{"arguments":"{}","name":"x"},"id":"2","type":"function"}]}
    messages: {"content":"A","role":"tool","tool_call_id":"1"}
    messages: {"content":"no","role":"tool","tool_call_id":"2"}
    messages: {"content":"go on","role":"user"}
    tools: {"function":{"description":"Reads.","name":"fs_read","parameters":{"type":"object"}},"type":"function"}
    "#);
}

#[test]
fn tools_and_results_are_said_in_messages() {
    let body = asked(&messages::Messages, &prompt());
    insta::assert_snapshot!(pretty(&body, &["messages", "tools"]), @r#"
    messages: {"content":[{"text":"u","type":"text"}],"role":"user"}
    messages: {"content":[{"signature":"z","thinking":"hm","type":"thinking"},{"text":"look","type":"text"},{"id":"1","input":{"path":"a"},"name":"fs_read","type":"tool_use"},{"id":"2","input":{},"name":"x","type":"tool_use"}],"role":"assistant"}
    messages: {"content":[{"content":"A","is_error":false,"tool_use_id":"1","type":"tool_result"},{"content":"no","is_error":true,"tool_use_id":"2","type":"tool_result"},{"cache_control":{"type":"ephemeral"},"text":"go on","type":"text"}],"role":"user"}
    tools: {"description":"Reads.","input_schema":{"type":"object"},"name":"fs_read"}
    "#);
}

#[test]
fn tools_and_results_are_said_in_responses() {
    let body = asked(&responses::Responses, &prompt());
    insta::assert_snapshot!(pretty(&body, &["input", "tools", "include"]), @r#"
    input: {"content":"u","role":"user"}
    input: {"content":"look","role":"assistant"}
    input: {"arguments":"{\"path\":\"a\"}","call_id":"1","name":"fs_read","type":"function_call"}
    input: {"arguments":"{}","call_id":"2","name":"x","type":"function_call"}
    input: {"call_id":"1","output":"A","type":"function_call_output"}
    input: {"call_id":"2","output":"no","type":"function_call_output"}
    input: {"content":"go on","role":"user"}
    tools: {"description":"Reads.","name":"fs_read","parameters":{"type":"object"},"strict":false,"type":"function"}
    "#);
}

/// Each item of some fields in a line of its own.
fn pretty(body: &Value, fields: &[&str]) -> String {
    let mut out = String::new();
    for field in fields {
        for item in body[field].as_array().into_iter().flatten() {
            out.push_str(&format!("{field}: {item}\n"));
        }
    }
    out
}

#[test]
fn calls_and_results_are_shown_to_people() {
    let all = [
        ("system", "s"),
        ("user", "u"),
        ("assistant", "look\n-> fs_read {\"path\":\"a\"}\n-> x {}"),
        ("tool", "A"),
        ("tool", "no"),
        ("user", "go on"),
    ];
    let all = all.map(|(role, text)| (role.to_owned(), text.to_owned()));
    for wire in [providers::Wire::Chat, providers::Wire::Messages] {
        let body = asked(of(wire), &prompt()).to_string();
        assert_eq!(prompt_turns(&body), all, "{body}");
    }
    // Responses have each call as an item of its own.
    let prompt = prompt();
    let body = asked(&responses::Responses, &prompt).to_string();
    assert_eq!(prompt_turns(&body).len(), all.len() + 2);
}

#[test]
fn what_a_model_has_thought_goes_to_no_other_model() {
    let kept = |model: &str| {
        let prompt = prompt();
        let seen = prompt.seen_by(model);
        let all = seen.turns.iter().map(|turn| match turn {
            Turn::Model(spoken) => spoken.kept.len(),
            _ => 0,
        });
        all.sum::<usize>()
    };
    assert_eq!((kept("a/x"), kept("b/x")), (1, 0));
}

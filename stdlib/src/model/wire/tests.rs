use serde_json::json;

use super::*;

mod calls;

fn reply(kind: &str, body: impl Into<String>) -> Reply {
    Reply {
        status: 200,
        headers: BTreeMap::from([("content-type".to_owned(), kind.to_owned())]),
        body: body.into(),
        is_recorded: false,
    }
}

fn stream(events: &[Value]) -> String {
    let all = events.iter().map(|event| {
        let name = event["type"].as_str().unwrap_or_default();
        format!("event: {name}\ndata: {event}\n\n")
    });
    all.collect()
}

fn usage(input: u64, cached: u64, output: u64, cost: Option<u64>) -> Option<Usage> {
    Some(Usage {
        input,
        cached,
        output,
        reasoning: 0,
        cost,
    })
}

#[test]
fn a_stream_of_chat_completions_is_put_together() {
    let body = [
        ": OPENROUTER PROCESSING\n\n".to_owned(),
        stream(&[
            json!({ "model": "m", "choices": [{ "delta": { "role": "assistant", "content": "" } }] }),
            json!({ "choices": [{ "delta": { "content": "he" } }] }),
            json!({ "choices": [{ "delta": { "content": "llo" }, "finish_reason": "stop" }] }),
            json!({ "choices": [], "usage": {
                "prompt_tokens": 10, "completion_tokens": 2, "cost": 0.0000015,
                "prompt_tokens_details": { "cached_tokens": 4 },
            } }),
        ]),
        "data: [DONE]\n\n".to_owned(),
    ]
    .concat();
    let said = read(
        &chat::Chat,
        &reply("text/event-stream; charset=utf-8", body),
    )
    .unwrap();
    assert_eq!(said.text, "hello");
    assert_eq!(said.stop, Some(Stop::Done));
    assert_eq!(said.served.as_deref(), Some("m"));
    assert_eq!(said.usage, usage(10, 4, 2, Some(2)));
}

#[test]
fn a_stream_of_messages_is_put_together() {
    let body = stream(&[
        json!({ "type": "message_start", "message": { "model": "c", "usage": {
            "input_tokens": 5, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 2, "output_tokens": 1,
        } } }),
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } }),
        json!({ "type": "ping" }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "thinking_delta", "thinking": "hm" } }),
        json!({ "type": "content_block_delta", "index": 1, "delta": { "type": "text_delta", "text": "hi" } }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "max_tokens" }, "usage": { "output_tokens": 7 } }),
        json!({ "type": "message_stop" }),
    ]);
    let said = read(&messages::Messages, &reply("text/event-stream", body)).unwrap();
    assert_eq!(said.text, "hi");
    assert_eq!(said.stop, Some(Stop::Length));
    assert_eq!(said.usage, usage(10, 3, 7, None));
}

#[test]
fn a_stream_of_responses_is_put_together() {
    let body = stream(&[
        json!({ "type": "response.created", "response": { "status": "in_progress" } }),
        json!({ "type": "response.output_text.delta", "delta": "h" }),
        json!({ "type": "response.completed", "response": {
            "status": "completed", "model": "g",
            "output": [
                { "type": "reasoning", "summary": [] },
                { "type": "message", "content": [{ "type": "output_text", "text": "hey" }] },
            ],
            "usage": { "input_tokens": 3, "output_tokens": 4 },
        } }),
    ]);
    let said = read(&responses::Responses, &reply("text/event-stream", body)).unwrap();
    assert_eq!(said.text, "hey");
    assert_eq!(said.stop, Some(Stop::Done));
    assert_eq!(said.usage, usage(3, 0, 4, None));
}

#[test]
fn an_answer_that_comes_at_once_is_read_too() {
    let chat = json!({
        "model": "m",
        "choices": [{ "message": { "content": "x" }, "finish_reason": "length" }],
        "usage": { "prompt_tokens": 1, "completion_tokens": 2 },
    });
    let said = read(&chat::Chat, &reply("application/json", chat.to_string())).unwrap();
    assert_eq!((said.text.as_str(), said.stop), ("x", Some(Stop::Length)));
    let messages = json!({
        "model": "m", "stop_reason": "tool_use",
        "content": [{ "type": "tool_use", "name": "answer", "input": { "a": 1 } }],
        "usage": { "input_tokens": 1, "output_tokens": 2 },
    });
    let said = read(
        &messages::Messages,
        &reply("application/json", messages.to_string()),
    )
    .unwrap();
    assert_eq!(
        (said.text.as_str(), said.stop),
        ("{\"a\":1}", Some(Stop::Done))
    );
}

#[test]
fn what_breaks_off_or_is_something_else_is_no_answer() {
    let read = |kind: &str, body: &str| read(&chat::Chat, &reply(kind, body));
    let cut = "data: {\"choices\":[{\"delta\":{\"content\":\"he\"}}]}\n\n";
    assert_eq!(read("text/event-stream", cut), Err(Unreadable::Cut));
    let inside = format!("{cut}data: {{\"choices\":[{{\"delta\"");
    assert_eq!(read("text/event-stream", &inside), Err(Unreadable::Cut));
    assert_eq!(read("text/event-stream", ""), Err(Unreadable::Cut));
    assert_eq!(
        read("application/json", "{\"choices\":["),
        Err(Unreadable::Cut)
    );
    assert!(matches!(
        read("application/json", "{x"),
        Err(Unreadable::Json(_))
    ));
    assert!(matches!(
        read("text/event-stream", "data: {x\n\n"),
        Err(Unreadable::Json(_))
    ));
    let page = read("text/html; charset=utf-8", "<html>");
    assert_eq!(page, Err(Unreadable::Type("text/html".to_owned())));
    let error = format!("{cut}data: {{\"error\":{{\"code\":502,\"message\":\"overloaded\"}}}}\n\n");
    let said = read("text/event-stream", &error).unwrap();
    assert_eq!(said.error.as_deref(), Some("overloaded"));
}

#[test]
fn a_stream_is_whole_before_its_connection_ends() {
    let reader = |wire| Reader {
        wire,
        price: None,
        tells_cost: false,
    };
    assert!(reader(&chat::Chat).is_whole(b"data: {}\n\ndata: [DONE]\n\n"));
    assert!(!reader(&chat::Chat).is_whole(b"data: {}\n\ndata: [DONE]"));
    assert!(reader(&messages::Messages).is_whole(b"event: message_stop\ndata: {}\n\n"));
    assert!(!reader(&messages::Messages).is_whole(b"event: ping\ndata: {}\n\n"));
    assert!(reader(&responses::Responses).is_whole(b"event: response.completed\ndata: {}\n\n"));
}

#[test]
fn what_an_answer_takes_is_what_the_provider_says_or_the_price() {
    let body = json!({
        "choices": [{ "message": { "content": "x" }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 1000, "completion_tokens": 100, "cost": 0.5 },
    });
    let reply = reply("application/json", body.to_string());
    let price = Price {
        input: 1_000_000,
        output: 10_000_000,
        cached: None,
    };
    let used = |price, tells_cost| {
        let wire = &chat::Chat;
        let reader = Reader {
            wire,
            price,
            tells_cost,
        };
        reader.account(&reply).used.unwrap()
    };
    assert_eq!(used(Some(price), true).micro_usd, 500_000);
    assert_eq!(used(Some(price), false).micro_usd, 2_000);
    assert_eq!(used(None, false).micro_usd, 0);
    assert_eq!(used(None, false).tokens, 1100);
}

#[test]
fn the_turns_of_every_form_are_found() {
    let prompt = Prompt {
        system: "s".to_owned(),
        turns: vec![
            Turn::User("u".to_owned()),
            Turn::Model(Spoken::text("m".to_owned())),
        ],
        most: 10,
        ..Prompt::default()
    };
    let provider = providers::Providers::default();
    let (provider, _) = provider.of("openai/x").unwrap();
    let told = [("system", "s"), ("user", "u"), ("assistant", "m")];
    let told = told.map(|(role, text)| (role.to_owned(), text.to_owned()));
    for wire in [
        providers::Wire::Chat,
        providers::Wire::Messages,
        providers::Wire::Responses,
    ] {
        let body = of(wire).body(provider, "x", &prompt).to_string();
        assert_eq!(prompt_turns(&body), told, "{body}");
    }
    assert_eq!(prompt_turns("no JSON"), []);
}

#[test]
fn openrouter_is_asked_for_the_cost_and_told_the_most_of_it() {
    let providers = providers::Providers::default();
    let (provider, model) = providers.of("openrouter/a/x").unwrap();
    let prompt = Prompt {
        reasoning: Some("high".to_owned()),
        most: 10,
        ..Prompt::default()
    };
    let body = chat::Chat.body(provider, model, &prompt);
    assert_eq!(body["model"], "a/x");
    assert_eq!(body["usage"], json!({ "include": true }));
    assert_eq!(
        body["provider"],
        json!({ "max_price": { "prompt": 5.0, "completion": 25.0 } })
    );
    assert_eq!(body["reasoning"], json!({ "effort": "high" }));
    let (provider, model) = providers.of("openai/gpt").unwrap();
    let body = chat::Chat.body(provider, model, &prompt);
    assert_eq!(body["max_completion_tokens"], 10);
    assert_eq!(body["reasoning_effort"], "high");
    assert!(body.get("provider").is_none() && body.get("usage").is_none());
}

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tau_interpreter::action::{Failure, FailureKind, Reply};

use super::model_names;
use crate::fake::{Fake, told};

fn answer(text: &str) -> Result<Reply, Failure> {
    reply(
        200,
        &json!({
            "model": "m",
            "choices": [{ "message": { "content": text }, "finish_reason": "stop" }],
            "usage": { "prompt_tokens": 100, "completion_tokens": 10 },
        }),
    )
}

fn reply(status: u16, body: &Value) -> Result<Reply, Failure> {
    let kind = ("content-type".to_owned(), "application/json".to_owned());
    let soon = ("retry-after".to_owned(), "0".to_owned());
    Ok(Reply {
        status,
        headers: BTreeMap::from([kind, soon]),
        body: body.to_string(),
        is_recorded: false,
    })
}

fn args(more: &[(&str, Value)]) -> Value {
    let mut args = json!({
        "model": "", "answer": 1000, "tokens": 50_000, "calls": 3,
        "reasoning": "default", "record": "full", "timeout": 1000,
    });
    for (name, value) in more {
        args[*name] = value.clone();
    }
    args
}

fn ask(fake: &Fake, more: &[(&str, Value)]) -> Result<Value, Failure> {
    let mut all = vec![
        ("prompt", json!("hi")),
        ("system", json!("be short")),
        ("as", json!("")),
    ];
    all.extend(more.iter().cloned());
    fake.call("model.ask", args(&all))
}

fn edit(fake: &Fake, more: &[(&str, Value)]) -> Result<Value, Failure> {
    let mut all = vec![
        ("goal", json!("Make x 2.")),
        ("aim", json!("mend")),
        ("failure", json!("a.py:1: x is 1\n")),
        ("files", json!([])),
        ("format", json!("search-replace")),
        ("context", json!(8000)),
    ];
    all.extend(more.iter().cloned());
    fake.call("model.edit", args(&all))
}

fn tree() -> Fake {
    Fake::with(&[("a.py", "x = 1\n"), ("tests/t.py", "assert x == 2\n")])
}

fn block(path: &str, find: &str, replace: &str) -> String {
    format!("{path}\n<<<<<<< SEARCH\n{find}\n=======\n{replace}\n>>>>>>> REPLACE\n")
}

fn code(result: Result<Value, Failure>) -> String {
    result.unwrap_err().code
}

#[test]
fn names_of_a_route_are_told_apart() {
    assert_eq!(
        model_names("a/x else b/y"),
        Ok(vec!["a/x".into(), "b/y".into()])
    );
    assert!(model_names("").is_err());
}

#[test]
fn an_answer_comes_with_what_it_took() {
    let fake = Fake::default();
    fake.answers_model(answer("hello"));
    let given = ask(&fake, &[]).unwrap();
    assert_eq!(
        given,
        json!({ "text": "hello", "value": null, "model": "ollama/m",
            "fell_back": [], "calls": 1, "tokens": 110, "cost": 0 })
    );
    let (model, body) = fake.asked_models().remove(0);
    assert_eq!(model, "ollama/m");
    assert_eq!(body["model"], "m");
    assert_eq!(body["messages"][0]["content"], "be short");
    assert_eq!(body["max_tokens"], 1000);
}

#[test]
fn who_is_busy_is_asked_again_and_then_somebody_else() {
    let fake = Fake::default();
    fake.answers_model(reply(503, &json!({})));
    fake.answers_model(answer("late"));
    assert_eq!(ask(&fake, &[]).unwrap()["calls"], 2);
    assert_eq!(fake.slept().len(), 1);

    let fake = Fake::default();
    for _ in 0..3 {
        fake.answers_model(reply(429, &json!({})));
    }
    fake.answers_model(answer("other"));
    let route = [
        ("model", json!("ollama/a else vllm/b")),
        ("calls", json!(5)),
    ];
    assert_eq!(ask(&fake, &route).unwrap()["model"], "vllm/b");

    let fake = Fake::default();
    for _ in 0..3 {
        fake.answers_model(reply(429, &json!({})));
    }
    let few = [("model", json!("ollama/a else vllm/b"))];
    assert_eq!(code(ask(&fake, &few)), "model-busy");

    let fake = Fake::default();
    fake.answers_model(reply(402, &json!({ "error": { "message": "pay" } })));
    assert_eq!(code(ask(&fake, &route)), "credit-exhausted");
}

#[test]
fn an_answer_that_is_none_has_its_own_name() {
    let stops = |stop: &str| {
        reply(
            200,
            &json!({
                "choices": [{ "message": { "content": "x" }, "finish_reason": stop }],
            }),
        )
    };
    let calls = json!([{ "id": "1", "function": { "name": "fs_read", "arguments": "{}" } }]);
    let calls = json!({ "content": "x", "tool_calls": calls });
    let calls = json!({ "choices": [{ "message": calls, "finish_reason": "tool_calls" }] });
    for (answer, expected) in [
        (stops("length"), "model-truncated"),
        (stops("content_filter"), "model-refused"),
        (stops("pause"), "model-stopped"),
        (reply(200, &calls), "model-stopped"),
        (
            reply(200, &json!({ "error": { "message": "no" } })),
            "model-failing",
        ),
        (reply(200, &json!({ "choices": [] })), "model-broken"),
        (reply(404, &json!({})), "model-unknown"),
    ] {
        let fake = Fake::default();
        fake.answers_model(answer);
        assert_eq!(code(ask(&fake, &[("calls", json!(1))])), expected);
    }
}

#[test]
fn no_more_is_asked_than_the_step_may_take() {
    let fake = Fake::default();
    let long = [("tokens", json!(1050))];
    assert_eq!(code(ask(&fake, &long)), "tokens-exhausted");
    fake.counts_money();
    fake.answers_model(answer("free"));
    assert!(ask(&fake, &[]).is_ok());
    let priceless = [("model", json!("openai/gpt"))];
    let failure = ask(&fake, &priceless).unwrap_err();
    assert_eq!(failure.code, "price-unknown");
    assert!(matches!(failure.kind, FailureKind::Blocked(_)));
    assert!(told(&failure).contains("[openai.models.\"gpt\"]"));
}

#[test]
fn an_edit_is_made_and_told() {
    let fake = tree();
    fake.answers_model(answer(&block("a.py", "x = 1", "x = 2")));
    let given = edit(&fake, &[]).unwrap();
    assert_eq!(fake.text("a.py").unwrap(), "x = 2\n");
    assert_eq!(given["paths"], json!(["a.py"]));
    assert_eq!((&given["added"], &given["removed"]), (&json!(1), &json!(1)));
    let prompt = fake.asked_models()[0].1["messages"][1]["content"].clone();
    let prompt = prompt.as_str().unwrap();
    assert!(prompt.contains("x = 1\n"), "{prompt}");
    assert!(prompt.contains("a.py:1: x is 1"), "{prompt}");
}

#[test]
fn a_refusal_goes_back_to_the_model() {
    let fake = tree();
    fake.protects("tests/");
    for text in [
        "I would rather talk.".to_owned(),
        block("tests/t.py", "assert x == 2", "pass"),
        block("a.py", "x = 1", "x = 2"),
    ] {
        fake.answers_model(answer(&text));
    }
    let given = edit(&fake, &[]).unwrap();
    assert_eq!(given["protected"], json!(["tests/t.py"]));
    assert_eq!(given["refusals"].as_array().unwrap().len(), 2);
    let last = &fake.asked_models()[2].1["messages"];
    assert_eq!(last.as_array().unwrap().len(), 6);
    let why = last[5]["content"].as_str().unwrap();
    assert!(why.contains("is what verifier `tests` protects"), "{why}");
}

#[test]
fn it_gives_up_with_what_was_tried() {
    let talk = || answer("Just talk.");
    let fake = tree();
    fake.answers_model(talk());
    fake.answers_model(talk());
    let failure = edit(&fake, &[]).unwrap_err();
    assert_eq!(failure.code, "progress-exhausted");
    assert!(matches!(failure.kind, FailureKind::Blocked(_)));

    let fake = tree();
    for text in ["one", "two", "three"] {
        fake.answers_model(answer(text));
    }
    let failure = edit(&fake, &[]).unwrap_err();
    assert_eq!(failure.code, "attempts-exhausted");
    assert_eq!(
        failure.detail["tried"][0]["refusals"]
            .as_array()
            .unwrap()
            .len(),
        3
    );

    let fake = tree();
    fake.protects("tests/");
    for with in ["pass", "assert True"] {
        fake.answers_model(answer(&block("tests/t.py", "assert x == 2", with)));
    }
    assert_eq!(code(edit(&fake, &[])), "edit-protected");
}

#[test]
fn the_same_failure_after_two_changes_is_the_end() {
    let fake = tree();
    fake.answers_model(answer(&block("a.py", "x = 1", "x = 3")));
    let first = edit(&fake, &[]).unwrap();
    fake.gave(first.clone());
    fake.gave(first);
    let failure = edit(&fake, &[]).unwrap_err();
    assert_eq!(failure.code, "progress-exhausted");
    assert!(failure.detail["best"].is_string());
    assert_eq!(fake.asked_models().len(), 1);
}

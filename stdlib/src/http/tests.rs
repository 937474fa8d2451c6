use std::time::Duration;

use insta::assert_snapshot;
use serde_json::json;
use tau_interpreter::action::{Failure, FailureKind, Fetched};

use super::url_hosts;
use crate::fake::{Fake, told};

fn answer(status: u16, text: &str) -> Fetched {
    Fetched {
        status,
        url: "https://a.example/end".to_owned(),
        headers: [("x-a".to_owned(), "1".to_owned())].into(),
        text: text.to_owned(),
        is_whole: true,
        body: "blob".to_owned(),
        size: 2,
    }
}

fn get(any_status: bool) -> serde_json::Value {
    json!({
        "url": "https://a.example/", "headers": {}, "token": null, "token_field": null,
        "redirects": 3, "any_status": any_status, "most": 100, "timeout": 2000,
    })
}

#[test]
fn a_page_is_given_as_it_was_answered() {
    let hands = Fake::default();
    hands.answers_web(Ok(answer(200, "hi")));
    assert_eq!(
        hands.call("http.get", get(false)),
        Ok(json!({
            "status": 200, "url": "https://a.example/end", "headers": { "x-a": "1" },
            "text": "hi", "whole": true, "body_ref": "blob", "size": 2,
        }))
    );
    let asked = hands.asked_web().remove(0);
    assert_eq!(asked.method, "GET");
    assert_eq!(asked.to.redirects, 3);
    assert_eq!(asked.to.most, 100);
    assert_eq!(asked.to.timeout, Duration::from_secs(2));
}

#[test]
fn a_status_of_400_or_more_fails_the_step_unless_it_is_wanted() {
    let hands = Fake::default();
    let body = format!("no\n such <b>page</b> {}", "x".repeat(300));
    for _ in 0..2 {
        hands.answers_web(Ok(answer(404, &body)));
    }
    assert_eq!(hands.call("http.get", get(true)).unwrap()["status"], 404);
    let failure = hands.call("http.get", get(false)).unwrap_err();
    assert_eq!(failure.detail["status"], 404);
    assert!(failure.message.len() < 300);
    assert_snapshot!(told(&failure), @"
    http-status: `https://a.example/end` was answered with status 404. It says: no such <b>page</b> xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
    => (no help)
    ");
}

#[test]
fn what_is_sent_is_what_the_step_says() {
    let hands = Fake::default();
    for _ in 0..2 {
        hands.answers_web(Ok(answer(302, "")));
    }
    let mut args = get(false);
    args["body"] = json!("{}");
    args["content_type"] = json!("application/json");
    args["headers"] = json!({ "X-A": "b" });
    args["token"] = json!("KEY");
    hands.call("http.post", args.clone()).unwrap();
    for name in ["content-type", "Content-Type"] {
        let mut twice = args.clone();
        twice["headers"] = json!({ name: "text/plain" });
        let failure = hands.call("http.post", twice).unwrap_err();
        assert_eq!(failure.code, "http-header", "{failure:?}");
    }
    args["method"] = json!("PUT");
    hands.call("http.request", args).unwrap();
    let asked: Vec<String> = hands
        .asked_web()
        .iter()
        .map(|asked| {
            let (to, body) = (&asked.to, &asked.body);
            let token = to.token.as_ref().map(|token| &token.secret);
            format!(
                "{} {} {:?} {token:?} {body}",
                asked.method, to.url, to.headers
            )
        })
        .collect();
    assert_snapshot!(asked.join("\n"), @r#"
    POST https://a.example/ {"X-A": "b", "content-type": "application/json"} Some("KEY") {}
    PUT https://a.example/ {"X-A": "b"} Some("KEY") {}
    "#);
}

#[test]
fn what_nobody_knows_passes_through() {
    let hands = Fake::default();
    let unclear = Failure {
        kind: FailureKind::Uncertain,
        ..Failure::new("http-broken", "No.")
    };
    hands.answers_web(Err(unclear.clone()));
    let mut args = get(false);
    args["method"] = json!("PUT");
    args["body"] = json!("");
    assert_eq!(hands.call("http.request", args), Err(unclear));
}

#[test]
fn the_host_of_an_address_is_what_is_granted() {
    let host = |url| url_hosts(url).map(|mut all| all.remove(0));
    assert_eq!(host("https://A.example/x").unwrap(), "a.example:443");
    assert_eq!(host("http://[::1]:8080").unwrap(), "[::1]:8080");
    assert_eq!(
        host("a.example").unwrap_err(),
        "This is no address of a page: it does not begin with `https://` or `http://`."
    );
}

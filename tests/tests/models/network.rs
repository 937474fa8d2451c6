//! Providers that are busy, broken or hostile. Each ends in its own name, with the money accounted for.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::{Value, json};
use tau_tests::step;

use super::provider::{Answer, Provider, stream_of};
use super::{FILES, apply, mission, sandbox_with};

const ASK: &str = "  step said = model.ask(\"hi\", calls: 1)\n  output text = said.text\n";

/// What one question to a provider comes to that answers so.
fn asked(answers: Vec<Answer>, statements: &str) -> Value {
    let provider = Provider::new(answers);
    let sandbox = sandbox_with(&provider, FILES, "");
    let mission = mission("\"local/m\" up to 100k tokens, $1", statements);
    apply(&sandbox, &mission).json()
}

#[test]
fn every_bad_answer_has_its_own_name() {
    let whole = stream_of("hello", "stop");
    let at = |part: &str| whole.find(part).unwrap();
    let cut = |at: usize| Answer::Raw(whole[..at].to_owned());
    let error = json!({ "error": { "message": "no \u{1b}[31mred\u{7}" } }).to_string();
    let quota = json!({ "error": { "code": "insufficient_quota", "message": "pay" } }).to_string();
    let status = |code: u16| Answer::status(code, "Content-Type: application/json\r\n", &error);
    for (answer, outcome, code) in [
        (Answer::Closes, "failed", "model-broken"),
        (cut(10), "failed", "model-broken"),
        (cut(at("data:")), "failed", "model-broken"),
        (cut(at("delta")), "failed", "model-broken"),
        (
            cut(at("{\"choices\":[{\"delta\":{},")),
            "failed",
            "model-broken",
        ),
        (Answer::Endless, "failed", "model-too-large"),
        (
            Answer::body("application/json", "{\"choices\":["),
            "failed",
            "model-broken",
        ),
        (
            Answer::body("text/html", "<html>Sign in</html>"),
            "failed",
            "model-wrong-type",
        ),
        (
            Answer::body("application/json", &error),
            "failed",
            "model-failing",
        ),
        (
            Answer::Says("x".to_owned(), "length"),
            "failed",
            "model-truncated",
        ),
        (
            Answer::Says("x".to_owned(), "content_filter"),
            "failed",
            "model-refused",
        ),
        (
            Answer::Says("x".to_owned(), "sleepy"),
            "failed",
            "model-stopped",
        ),
        (
            Answer::body("text/event-stream", &format!("data: {error}\n\n")),
            "failed",
            "model-failing",
        ),
        (
            Answer::body("text/event-stream", "data: {nonsense}\n\n"),
            "failed",
            "model-broken",
        ),
        (
            Answer::status(
                502,
                "Content-Type: text/html\r\n",
                "<html>Bad gateway</html>",
            ),
            "failed",
            "model-failing",
        ),
        (
            Answer::status(429, "Retry-After: 1\r\n", &quota),
            "blocked",
            "credit-exhausted",
        ),
        (status(401), "blocked", "model-key-refused"),
        (status(402), "blocked", "credit-exhausted"),
        (status(403), "blocked", "model-key-refused"),
        (status(404), "failed", "model-unknown"),
        (status(408), "failed", "model-busy"),
        (status(413), "failed", "model-too-long"),
        (status(429), "failed", "model-busy"),
        (status(500), "failed", "model-failing"),
        (status(529), "failed", "model-failing"),
        (status(307), "failed", "model-status"),
    ] {
        let result = asked(vec![answer], ASK);
        assert_eq!(result["outcome"], outcome, "{code}: {result:#}");
        assert_eq!(step(&result, "said")["failure"]["code"], code, "{result:#}");
        let spent = &result["spent"];
        assert_eq!(spent["model_calls"], 1, "{code}: {spent}");
        let tokens = spent["tokens"].as_u64().unwrap();
        match code {
            // It may have taken all that was reserved.
            "model-broken" | "model-too-large" | "model-wrong-type" => {
                assert!(tokens > 4000, "{code}: {spent}");
            }
            "model-truncated" | "model-refused" | "model-stopped" => {
                assert_eq!(tokens, 1100, "{code}")
            }
            "model-failing" => {}
            _ => assert_eq!(tokens, 0, "{code}: {spent}"),
        }
    }
}

/// A provider that reads a part of each request and resets the connection behind so much of its answer:
/// what it has not read makes the end a reset.
fn resetting(answer: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut some = [0; 10];
            // Whoever asks may be gone.
            let _ = stream.read_exact(&mut some);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    port
}

#[test]
fn a_reset_connection_is_broken_at_every_stage() {
    let whole = stream_of("hello", "stop");
    let at = |part: &str| whole.find(part).unwrap();
    for end in [
        0,
        9,
        at("\r\n\r\n") + 2,
        at("data:"),
        at("hello"),
        at("finish_reason"),
    ] {
        let port = resetting(whole[..end].to_owned());
        let table = format!(
            "[bad]\nurl = \"http://127.0.0.1:{port}/v1\"\nprice = {{ input = 1, output = 1 }}"
        );
        let provider = Provider::new(Vec::new());
        let sandbox = sandbox_with(&provider, FILES, &table);
        let result = apply(&sandbox, &mission("\"bad/m\" up to 50k tokens, $1", ASK)).json();
        let failure = &step(&result, "said")["failure"];
        assert_eq!(failure["code"], "model-broken", "{end}: {result:#}");
        // It may have taken all that was reserved.
        let spent = &result["spent"];
        assert_eq!(spent["model_calls"], 1, "{end}");
        assert!(spent["tokens"].as_u64().unwrap() > 4000, "{end}: {spent}");
    }
}

#[test]
fn what_is_not_there_takes_nothing() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let provider = Provider::new(Vec::new());
    let gone = format!(
        "[gone]\nurl = \"http://127.0.0.1:{port}/v1\"\nprice = {{ input = 1, output = 1 }}"
    );
    let sandbox = sandbox_with(&provider, FILES, &gone);
    let result = apply(&sandbox, &mission("\"gone/m\" up to $1", ASK)).json();
    assert_eq!(
        step(&result, "said")["failure"]["code"],
        "model-unreachable",
        "{result:#}"
    );
    assert_eq!(result["spent"]["usd"], 0.0);
}

#[test]
fn the_next_of_the_route_is_asked_when_one_is_not_known() {
    let unknown = || Answer::status(404, "", "{}");
    for statements in [
        ASK.replace("calls: 1", "model: \"local/old else local/m\""),
        // The mission's own order is the route.
        ASK.replace(", calls: 1", ""),
    ] {
        let provider = Provider::new(vec![unknown(), Answer::says("here")]);
        let sandbox = sandbox_with(
            &provider,
            FILES,
            "[local.models.old]\ninput = 1\noutput = 1\n",
        );
        let grants = "\"local/old\", \"local/*\" up to 50k tokens, $5";
        let result = apply(&sandbox, &mission(grants, &statements))
            .ends(0)
            .json();
        assert_eq!(
            step(&result, "said")["result"]["model"],
            "local/m",
            "{result:#}"
        );
        let asked: Vec<_> = provider
            .asked()
            .into_iter()
            .map(|it| it.body["model"].clone())
            .collect();
        assert_eq!(asked, ["old", "m"]);
    }
}

#[test]
fn what_stands_behind_else_in_the_grant_is_asked_when_the_first_is_not_there() {
    let old =
        "[local.models.old]\ninput = 1\noutput = 1\n[local.models.new]\ninput = 1\noutput = 1\n";
    let asks = |grants: &str, statements: &str, answers: Vec<Answer>| {
        let provider = Provider::new(answers);
        let sandbox = sandbox_with(&provider, FILES, old);
        let done = apply(&sandbox, &mission(grants, statements));
        let asked = provider
            .asked()
            .into_iter()
            .map(|it| it.body["model"].clone());
        (done.json(), asked.collect::<Vec<_>>())
    };
    let failing = || Answer::status(503, "retry-after-ms: 1\r\n", "{}");
    let unknown = || Answer::status(404, "", "{}");
    let grant = "\"local/old\" else \"local/*\" else \"local/new\" up to 90k tokens, $5";
    // A step that names none, and one that names the first.
    for statements in [
        ASK.replace(", calls: 1", ""),
        ASK.replace("calls: 1", "model: \"local/old\""),
    ] {
        let answers = vec![failing(), failing(), failing(), Answer::says("here")];
        let (result, asked) = asks(grant, &statements, answers);
        let said = &step(&result, "said")["result"];
        assert_eq!(said["model"], "local/m", "{result:#}");
        let why = said["fell_back"][0].as_str().unwrap();
        assert!(why.contains("`local/old`") && why.contains("503"), "{why}");
        assert_eq!(asked, ["old", "old", "old", "m"]);
        // What was not answered has taken a call, and no money.
        assert_eq!(result["spent"]["model_calls"], 4);
    }
    // One that names its own way, and one that names what has another line.
    let own = ASK.replace("calls: 1", "model: \"local/old else local/new\"");
    let (result, asked) = asks(grant, &own, vec![unknown(), unknown()]);
    assert_eq!(
        step(&result, "said")["failure"]["code"],
        "model-unknown",
        "{result:#}"
    );
    assert_eq!(asked, ["old", "new"]);
    let lines = format!("\"local/new\" up to 90k tokens, $5\n    model {grant}");
    let other = ASK.replace("calls: 1", "model: \"local/new\"");
    let (result, asked) = asks(&lines, &other, vec![unknown()]);
    assert_eq!(
        step(&result, "said")["failure"]["code"],
        "model-unknown",
        "{result:#}"
    );
    assert_eq!(asked, ["new"]);
}

#[test]
fn what_another_model_has_answered_is_not_paid_again_after_a_crash() {
    let unknown = || Answer::status(404, "", "{}");
    // Who is asked first is asked first again.
    let answers = vec![unknown(), Answer::says("here"), unknown()];
    let provider = Provider::new(answers);
    let sandbox = sandbox_with(
        &provider,
        FILES,
        "[local.models.old]\ninput = 1\noutput = 1\n",
    );
    let grant = "\"local/old\" else \"local/m\" up to 90k tokens, $5";
    let first = apply(&sandbox, &mission(grant, &ASK.replace(", calls: 1", "")));
    let first = first.ends(0).json();
    drop(provider.asked());
    let run = first["run"].as_str().unwrap();
    let journal = sandbox.state().join("runs").join(run).join("journal.jsonl");
    let whole = std::fs::read_to_string(&journal).unwrap();
    let last = whole.rfind("\"kind\":\"model_answered\"").unwrap();
    let end = last + whole[last..].find('\n').unwrap() + 1;
    std::fs::write(&journal, &whole[..end]).unwrap();
    let again = super::tau(&sandbox, &["resume", run, "--json"]).ends(0);
    let again = again.json();
    assert_eq!(again["outputs"], first["outputs"]);
    let asked = provider.asked().into_iter();
    let asked: Vec<_> = asked.map(|it| it.body["model"].clone()).collect();
    assert_eq!(asked, ["old"], "{again:#}");
    assert_eq!(again["spent"]["tokens"], 1100);
}

#[test]
fn a_policy_takes_a_model_out_of_the_way_and_leaves_its_order() {
    let provider = Provider::new(vec![Answer::status(404, "", "{}"), Answer::says("here")]);
    let more =
        "[local.models.old]\ninput = 1\noutput = 1\n[local.models.new]\ninput = 1\noutput = 1\n";
    let sandbox = sandbox_with(&provider, FILES, more);
    sandbox.write(
        "policy.tau",
        "policy {\n  model \"local/*\" up to 90k tokens, $5\n  deny model \"local/m\"\n}\n",
    );
    let grant = "\"local/old\" else \"local/m\" else \"local/new\" up to 90k tokens, $5";
    let ask = ASK.replace(", calls: 1", "");
    sandbox.write("fix.tau", mission(grant, &ask));
    let arguments = ["apply", "fix.tau", "--yes", "--policy", "policy.tau"];
    let done = super::tau(&sandbox, &arguments).ends(0);
    let asked = provider.asked().into_iter();
    let asked = asked.map(|it| it.body["model"].clone());
    assert_eq!(asked.collect::<Vec<_>>(), ["old", "new"]);
    let told = format!("{}{}", done.out, done.err);
    assert!(
        told.contains("fell back to local/new: `local/old`"),
        "{told}"
    );
}

#[test]
fn who_is_busy_is_asked_again_when_it_says() {
    let busy = |fields: &str| Answer::status(429, fields, "{}");
    let ask = ASK.replace("calls: 1", "calls: 3");
    let answers = vec![
        busy("Retry-After: 0\r\n"),
        busy("retry-after-ms: 1\r\n"),
        Answer::says("hello"),
    ];
    let result = asked(answers, &ask);
    assert_eq!(result["outputs"]["text"], "hello", "{result:#}");
    assert_eq!(result["spent"]["model_calls"], 3);
    // An hour is not waited for.
    let result = asked(
        vec![busy("Retry-After: 3600\r\n"), Answer::says("hello")],
        &ask,
    );
    assert_eq!(step(&result, "said")["failure"]["code"], "model-busy");
    assert_eq!(result["spent"]["model_calls"], 1);
}

#[test]
fn who_begins_and_says_no_more_is_silent_and_counts_whole() {
    // It is held until the test is over.
    let (_held, waits) = std::sync::mpsc::channel();
    let ask = ASK.replace("calls: 1", "calls: 1, timeout: 300ms");
    let result = asked(vec![Answer::Held("hel", "lo", waits)], &ask);
    let failure = &step(&result, "said")["failure"];
    assert_eq!(failure["code"], "model-silent", "{result:#}");
    assert!(result["spent"]["tokens"].as_u64().unwrap() > 4000);
}

#[test]
fn control_characters_in_an_answer_are_a_text_and_reach_no_terminal() {
    let text = "a\u{1b}]0;owned\u{7}\u{0}b\u{202e}c";
    let result = asked(vec![Answer::says(text)], ASK);
    assert_eq!(result["outputs"]["text"], text, "{result:#}");
    let provider = Provider::new(vec![Answer::says(text)]);
    let sandbox = sandbox_with(&provider, FILES, "");
    sandbox.write("fix.tau", mission("\"local/m\" up to $5", ASK));
    let done = super::tau(&sandbox, &["apply", "fix.tau", "--yes"]).ends(0);
    for told in [&done.out, &done.err] {
        assert!(
            !told.contains(['\u{1b}', '\u{7}', '\u{0}', '\u{202e}']),
            "{told:?}"
        );
    }
}

#[test]
fn nothing_that_a_provider_says_reaches_a_terminal_raw() {
    let provider = Provider::new(vec![Answer::status(400, "", "\u{1b}[31mred\u{7}")]);
    let sandbox = sandbox_with(&provider, FILES, "");
    sandbox.write("fix.tau", mission("\"local/m\" up to $5", ASK));
    let done = super::tau(&sandbox, &["apply", "fix.tau", "--yes"]).ends(1);
    assert!(!done.out.contains('\u{7}') && !done.err.contains('\u{7}'));
    assert!(!done.out.contains("\u{1b}[31mred") && !done.err.contains("\u{1b}[31mred"));
}

#[test]
fn a_mission_reaches_no_provider_that_its_operator_has_not_named() {
    let provider = Provider::new(vec![Answer::says("hello")]);
    let sandbox = sandbox_with(&provider, FILES, "");
    let result = apply(&sandbox, &mission("\"evil/m\" up to $5", ASK))
        .ends(3)
        .json();
    assert_eq!(result["blocked"]["code"], "provider-missing", "{result:#}");
    let other = ASK.replace("calls: 1", "model: \"local/m\"");
    let result = apply(&sandbox, &mission("\"local/other\" up to $5", &other))
        .ends(3)
        .json();
    assert_eq!(result["blocked"]["code"], "authority-missing");
    assert_eq!(
        result["blocked"]["missing"][0]["grant"],
        "model \"local/m\""
    );
    // The grant of a model is none of its host.
    let statements = format!(
        "  step page = http.get(\"http://127.0.0.1:{}/\")\n",
        provider.port
    );
    let text = mission("\"local/m\" up to $5", &statements).replace("git, model", "git, http");
    let result = apply(&sandbox, &text).ends(3).json();
    assert_eq!(result["blocked"]["missing"][0]["effect"], "net");
    assert!(provider.asked().is_empty());
}

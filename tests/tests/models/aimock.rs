//! Against a server of models that is not ours: the npm package `@copilotkit/aimock`, which speaks as
//! OpenAI, Anthropic and OpenRouter do, and breaks off as they do. `.ci/run` puts it into `target/node`.

use std::process::Command;

use serde_json::{Value, json};
use tau_tests::{Sandbox, Served, skip, step, workspace_root};

use super::{FILES, KEY, block, mission, tau};

/// Starts it with these fixtures; `None` where it is not installed.
fn aimock(test: &str, fixtures: &Value) -> Option<Served> {
    let package = workspace_root().join("target/node/node_modules/@copilotkit/aimock");
    if !package.is_dir() || tau_tests::skip_without("node", test) {
        skip(test, "`@copilotkit/aimock`, which is not in `target/node`");
        return None;
    }
    let mut node = Command::new("node");
    node.arg(workspace_root().join("tests/tests/models/aimock.mjs"))
        .arg(package.join("dist/index.js"))
        .arg(fixtures.to_string());
    Some(Served::start(&mut node))
}

/// Each form that providers speak: the provider's name, its table, and what stands before a path.
const FORMS: &[(&str, &str, &str)] = &[
    ("lab", "wire = \"chat\"", "/v1"),
    ("replies", "wire = \"responses\"", "/v1"),
    ("claude", "wire = \"messages\"", "/v1"),
    ("openrouter", "tells_cost = true", "/api/v1"),
];

/// A repository to mend, and providers that are all this server.
fn sandbox(server: &Served) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "--quiet"]);
    for (name, text) in FILES {
        match name.ends_with(".sh") {
            true => sandbox.write_script(name, text),
            false => sandbox.write(name, text),
        }
    }
    sandbox.commit("first");
    let tables = FORMS.iter().map(|(name, form, base)| {
        let url = format!("{}{base}", server.url());
        format!("[{name}]\nurl = \"{url}\"\nkey = \"LOCAL_KEY\"\n{form}\nprice = {{ input = 1.0, output = 10.0 }}\n")
    });
    let tables: String = tables.collect();
    sandbox.write("../home/.config/tau/providers.toml", tables);
    sandbox
}

/// What a question to a model comes to.
fn asked(sandbox: &Sandbox, model: &str, question: &str, calls: u32) -> Value {
    let statements = format!(
        "  step said = model.ask(\"{question}\", calls: {calls})\n  output text = said.text\n"
    );
    let grant = format!("\"{model}\" up to 100k tokens, $1");
    super::apply(sandbox, &mission(&grant, &statements)).json()
}

#[test]
fn the_library_mends_with_models_of_a_server_that_is_not_ours() {
    let both = block("src/a.txt", "broken", "fixed") + &block("src/b.txt", "broken", "fixed");
    let answer = json!({ "content": both, "usage": {
        "prompt_tokens": 900, "completion_tokens": 90, "input_tokens": 900, "output_tokens": 90,
        "total_tokens": 990, "cost": 0.0125,
    } });
    let fixtures = json!([{ "match": { "userMessage": "must say fixed" }, "response": answer }]);
    let name = "the_library_mends_with_models_of_a_server_that_is_not_ours";
    let Some(server) = aimock(name, &fixtures) else {
        return;
    };
    for (provider, ..) in FORMS {
        let sandbox = sandbox(&server);
        let model = format!("model={provider}/m");
        let inputs = [
            &model,
            "check=./check.sh",
            "goal=Both files must say fixed.",
        ];
        let mut arguments = vec!["apply", "std/fix", "--yes", "--json"];
        for input in inputs {
            arguments.extend(["--set", input]);
        }
        let result = tau(&sandbox, &arguments).json();
        assert_eq!(result["outcome"], "succeeded", "{provider}: {result:#}");
        assert_eq!(
            sandbox.committed(&result, "src/a.txt"),
            b"first\nfixed\nlast\n"
        );
        let edit = &step(&result, "edit#1")["result"];
        assert_eq!(edit["tokens"], 990, "{provider}: {edit:#}");
        // What OpenRouter says that it has cost counts, and elsewhere the price.
        let cost = if *provider == "openrouter" {
            12_500
        } else {
            1800
        };
        assert_eq!(edit["cost"], cost, "{provider}");
    }
}

#[test]
fn what_it_does_wrong_has_its_name_in_every_form() {
    let says = json!({ "content": "one two three four five six seven eight nine ten" });
    let limited =
        json!({ "error": { "message": "slow down", "type": "rate_limit_error" }, "status": 429 });
    let paid = json!({ "error": { "message": "pay", "type": "insufficient_quota", "code": "insufficient_quota" }, "status": 402 });
    let broken = |word: &str, more: Value| {
        let mut fixture = json!({ "match": { "userMessage": word }, "response": says });
        for (name, value) in more.as_object().unwrap() {
            fixture[name] = value.clone();
        }
        fixture
    };
    let fixtures = json!([
        { "match": { "userMessage": "limited" }, "response": limited },
        { "match": { "userMessage": "unpaid" }, "response": paid },
        broken("cut", json!({ "truncateAfterChunks": 2, "chunkSize": 5 })),
        broken("dropped", json!({ "chaos": { "dropRate": 1.0 } })),
        broken("malformed", json!({ "chaos": { "malformedRate": 1.0 } })),
        broken("disconnected", json!({ "chaos": { "disconnectRate": 1.0 } })),
        broken("length", json!({ "response": { "content": "one two", "finishReason": "length" } })),
        broken("well", json!({})),
    ]);
    let Some(server) = aimock("what_it_does_wrong_has_its_name_in_every_form", &fixtures) else {
        return;
    };
    for (provider, ..) in FORMS {
        let sandbox = sandbox(&server);
        let model = format!("{provider}/m");
        for (question, code) in [
            ("limited", "model-busy"),
            ("unpaid", "credit-exhausted"),
            ("cut", "model-broken"),
            ("dropped", "model-failing"),
            ("malformed", "model-broken"),
            ("disconnected", "model-broken"),
            ("length", "model-truncated"),
        ] {
            let result = asked(&sandbox, &model, question, 1);
            let failure = &step(&result, "said")["failure"];
            // It does not say why a reply is incomplete.
            let code = match (*provider, question) {
                ("replies", "length") => "model-stopped",
                _ => code,
            };
            assert_eq!(failure["code"], code, "{provider}, {question}: {result:#}");
            assert_eq!(result["spent"]["model_calls"], 1);
            assert!(!result.to_string().contains(KEY));
        }
        let result = asked(&sandbox, &model, "well", 1);
        assert_eq!(result["outputs"]["text"], says["content"], "{provider}");
    }
}

//! What a model takes at most, as its operator says it.

use serde_json::json;
use tau_tests::{Sandbox, step};

use super::provider::{Answer, Provider};
use super::{FILES, apply, mission, sandbox_with};

const ASK: &str = "  step said = model.ask(\"{{ 'word ' * 2000 }}\", model: \"small/m else local/m\", answer: 1000)\n  output text = said.text\n";

/// Two providers, told of in YAML: what `small` takes is limited.
fn place(small: &Provider, local: &Provider, limits: &str) -> Sandbox {
    let sandbox = sandbox_with(local, FILES, "");
    let folder = sandbox.path().join("../home/.config/tau");
    std::fs::remove_file(folder.join("providers.toml")).unwrap();
    let row = |name: &str, port: u16, more: &str| {
        format!(
            "{name}:\n  url: http://127.0.0.1:{port}/v1\n  price: {{ input: 1, output: 10 }}\n{more}"
        )
    };
    let text = row("small", small.port, limits) + &row("local", local.port, "");
    sandbox.write("../home/.config/tau/providers.yaml", text);
    sandbox
}

fn granted() -> String {
    mission("\"small/m\", \"local/m\" up to 100k tokens, $1", ASK)
}

#[test]
fn a_prompt_that_does_not_fit_is_sent_to_whom_it_fits() {
    let (small, local) = (
        Provider::new(vec![]),
        Provider::new(vec![Answer::says("long")]),
    );
    let sandbox = place(&small, &local, "  models:\n    m: { context: 4096 }\n");
    let result = apply(&sandbox, &granted()).ends(0).json();
    assert_eq!(result["outputs"]["text"], "long");
    assert!(small.asked().is_empty(), "what does not fit was sent");
    // What was not sent is no call, and takes nothing.
    assert_eq!(result["spent"]["model_calls"], 1);
}

#[test]
fn no_more_is_asked_for_than_an_answer_may_have() {
    let (small, local) = (
        Provider::new(vec![Answer::says("short")]),
        Provider::new(vec![]),
    );
    let sandbox = place(&small, &local, "  context: 8000\n  answer: 64\n");
    let result = apply(&sandbox, &granted()).ends(0).json();
    assert_eq!(result["outputs"]["text"], "short");
    assert_eq!(small.asked()[0].body["max_tokens"], 64);
}

#[test]
fn where_it_fits_nobody_the_step_says_so() {
    let (small, local) = (Provider::new(vec![]), Provider::new(vec![]));
    let sandbox = place(&small, &local, "  context: 2000\n  answer: 100\n");
    let only = granted().replace(" else local/m", "");
    let result = apply(&sandbox, &only).ends(1).json();
    let failure = &step(&result, "said")["failure"];
    assert_eq!(failure["code"], "model-too-long");
    let message = failure["message"].as_str().unwrap();
    assert!(
        message.starts_with("`small/m` takes 2000 tokens"),
        "{message}"
    );
}

#[test]
fn an_edit_is_made_to_fit() {
    let long: String = (0..4000)
        .map(|line| format!("this is line {line}\n"))
        .collect();
    let files = [("src/a.txt", long.as_str()), ("check.sh", "#!/bin/sh\n")];
    let said =
        "src/a.txt\n<<<<<<< SEARCH\nthis is line 7\n=======\nthis is line seven\n>>>>>>> REPLACE\n";
    let local = Provider::new(vec![Answer::says(said)]);
    let sandbox = sandbox_with(&local, &files, "context = 6000\nanswer = 1000\n");
    let statements = "  step edit = model.edit(\"Write out the number in src/a.txt.\")\n  output out = edit.left_out\n";
    let result = apply(
        &sandbox,
        &mission("\"local/m\" up to 100k tokens, $1", statements),
    );
    let result = result.ends(0).json();
    assert_ne!(result["outputs"]["out"], json!([]));
    let prompt = local.asked()[0].body.to_string();
    assert!(prompt.len() < 5000 * 3, "{}", prompt.len());
}

#[test]
fn two_files_of_one_name_are_none() {
    let (small, local) = (Provider::new(vec![]), Provider::new(vec![]));
    let sandbox = place(&small, &local, "");
    sandbox.write("../home/.config/tau/providers.toml", "");
    let done = apply(&sandbox, &granted()).ends(3);
    assert!(done.out.contains("are both there"), "{}", done.out);
}

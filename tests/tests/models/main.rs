//! Edits from models, with a provider on this machine that says what a test wants.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod agent;
mod aimock;
mod ask;
mod clock;
mod edits;
mod formats;
mod limits;
mod network;
mod provider;
mod published;
mod records;
mod repair;
mod spending;
mod talk;

use serde_json::Value;
use tau_tests::{Done, Sandbox};

use provider::{Answer, Provider};

/// A sandbox whose operator has a provider `local`, with a key that is for it, and what its models
/// cost.
fn sandbox_with(provider: &Provider, files: &[(&str, &str)], more: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "--quiet"]);
    for (name, text) in files {
        match name.ends_with(".sh") {
            true => sandbox.write_script(name, text),
            false => sandbox.write(name, text),
        }
    }
    sandbox.commit("first");
    let port = provider.port;
    sandbox.write(
        "../home/.config/tau/providers.toml",
        format!(
            "[local]\nurl = \"http://127.0.0.1:{port}/v1\"\nkey = \"LOCAL_KEY\"\ndefault = \"m\"\n\
             [local.models.m]\ninput = 1.0\noutput = 10.0\n{more}\n"
        ),
    );
    sandbox
}

/// What is to be mended: two files that must say `fixed`.
const FILES: &[(&str, &str)] = &[
    ("src/a.txt", "first\nbroken\nlast\n"),
    ("src/b.txt", "one\nbroken\n"),
    ("tests/expected.txt", "fixed\n"),
    (
        "check.sh",
        "#!/bin/sh\nfor name in a b; do\n  grep -q fixed src/$name.txt || { echo \"FAILED src/$name.txt:2: not fixed\"; bad=1; }\ndone\n[ -z \"$bad\" ]\n",
    ),
];

const KEY: &str = "key-of-the-provider";

/// The loop of the language's example.
const REPAIR: &str = r#"
  step red = verify.red(tests)
  repeat up to 3 {
    step edit  = model.edit(goal: "Both files must say fixed.", failure: previous.green.log or red.log)
    step green = verify.check(tests)
  } until green.passed
  step proof  = verify.prove(tests, red: red, green: green)
  step commit = git.commit(proof, message: "mend it")
  output commit = commit.sha
"#;

fn mission(model: &str, statements: &str) -> String {
    format!(
        r#"use std.{{git, model, verify}}

mission fix {{
  authority {{
    read  "**"
    write "src/**"
    run   "./check.sh"
    git   commit on "tau/*"
    model {model}
  }}

  verifier tests {{
    run     "./check.sh"
    protect "tests/**"
  }}
{statements}}}
"#
    )
}

/// Runs a mission with the provider's key in the environment.
fn apply(sandbox: &Sandbox, mission: &str) -> Done {
    sandbox.write("fix.tau", mission);
    tau(sandbox, &["apply", "fix.tau", "--yes", "--json"])
}

fn tau(sandbox: &Sandbox, arguments: &[&str]) -> Done {
    let mut command = sandbox.command(arguments);
    command.env("LOCAL_KEY", KEY);
    Done::from(command.output().unwrap())
}

/// A repair of [`FILES`] with these answers: the result, the sandbox, and what was asked.
fn repair(answers: Vec<Answer>) -> (Value, Sandbox, Vec<Value>) {
    let provider = Provider::new(answers);
    let sandbox = sandbox_with(&provider, FILES, "");
    let done = apply(
        &sandbox,
        &mission("\"local/*\" up to 900k tokens, $5", REPAIR),
    );
    let asked = provider.asked().into_iter().map(|it| it.body).collect();
    (done.json(), sandbox, asked)
}

/// A search/replace block.
fn block(path: &str, find: &str, replace: &str) -> String {
    format!("{path}\n<<<<<<< SEARCH\n{find}\n=======\n{replace}\n>>>>>>> REPLACE\n\n")
}

/// The text of the last turn of a request.
fn last_turn(request: &Value) -> &str {
    let turns = request["messages"].as_array().unwrap();
    turns.last().unwrap()["content"].as_str().unwrap()
}

/// That nothing outside of the run was touched.
#[track_caller]
fn untouched(sandbox: &Sandbox) {
    untouched_but(sandbox, "fix.tau");
}

/// The same, with a mission of this name.
#[track_caller]
fn untouched_but(sandbox: &Sandbox, file: &str) {
    assert_eq!(sandbox.git(&["log", "--format=%s", "--all"]), "first\n");
    let status = sandbox.git(&["status", "--porcelain"]);
    assert_eq!(status, format!("?? {file}\n"));
}

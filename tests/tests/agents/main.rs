//! Edits by coding agents: real programs in the box, which do well, cheat, hang and lie.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod acp;
mod network;
mod spending;
mod text;

use serde_json::Value;
use tau_tests::{Done, Sandbox};

/// A repair by `./agent`, with more arguments of the step and more lines of authority.
fn mission(authority: &str, arguments: &str) -> String {
    format!(
        r#"use std.{{agent, git, verify}}

mission fix {{
  authority {{
    read  "**"
    write "src/**"
    run   "./check.sh", "./agent"
    git   commit on "tau/*"
    {authority}
  }}

  verifier tests {{
    run     "./check.sh"
    protect "tests/**"
  }}

  step red = verify.red(tests)
  repeat up to 3 {{
    step edit  = agent.run("./agent", goal: "It must say fixed.", failure: previous.green.log or red.log{arguments})
    step green = verify.check(tests)
  }} until green.passed
  step proof  = verify.prove(tests, red: red, green: green)
  step commit = git.commit(proof, message: "mend it")
  output commit = commit.sha
}}
"#
    )
}

/// A broken repository with this program as the agent.
fn with_agent(agent: &str) -> Sandbox {
    let sandbox = Sandbox::checked_by(
        "#!/bin/sh\ngrep -q fixed src/a.txt || { echo \"FAILED src/a.txt: not fixed\"; exit 1; }\n",
    );
    sandbox.write_script("agent", agent);
    sandbox.commit("agent");
    sandbox
}

/// Lets an agent repair it.
fn repaired(agent: &str, arguments: &str) -> (Value, Sandbox) {
    let sandbox = with_agent(agent);
    let done = apply(&sandbox, &mission("", arguments));
    (done.json(), sandbox)
}

/// The same, with a grant of a model that counts what the agent spends.
fn granted(agent: &str, grant: &str, arguments: &str) -> (Value, Sandbox) {
    let sandbox = with_agent(agent);
    let done = apply(&sandbox, &mission(&format!("model {grant}"), arguments));
    (done.json(), sandbox)
}

/// Runs a mission while the environment has a token of a forge.
fn apply(sandbox: &Sandbox, mission: &str) -> Done {
    sandbox.write("fix.tau", mission);
    let mut command = sandbox.command(&["apply", "fix.tau", "--yes", "--json"]);
    command.env("GITHUB_TOKEN", "token-of-the-forge");
    Done::from(command.output().unwrap())
}

/// That nothing outside of the run was touched.
#[track_caller]
fn untouched(sandbox: &Sandbox) {
    let subjects = sandbox.git(&["log", "--format=%s", "--all"]);
    assert_eq!(subjects, "agent\nfirst\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "?? fix.tau\n");
}

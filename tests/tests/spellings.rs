//! A mission written as tau and as YAML is one mission.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use serde_json::Value;
use tau_tests::{Done, Sandbox};

const TAU: &str = r##"use std.{fs, git, process, verify}

## Mend what the check shows.
mission fix {
  input text  : string  = "fixed"   ## what the file should say
  input tries : int     = 2
  input check : command = "./check.sh"

  authority {
    read  "**"
    write "src/**", "docs/*.md"
    deny  write "src/secret/**"
    run   check, "true"
    git   commit on "tau/*"
    time  10m
  }

  verifier tests {
    run     check
    protect "tests/**"
    env     { MODE: "strict" }
    timeout 1m
  }

  let note = "# {{ text }}\n"
  step red = verify.red(tests)
  repeat up to tries {
    step edit  = fs.edit(path: "src/a.txt", find: "broken", replace: text) when not previous.green.passed
    step green = verify.check(tests)
  } until green.passed
  step noop = process.run(command: "true") after green retry 1 every 1s timeout 5s may fail
  if text == "fixed" {
    step docs = fs.write(path: "docs/note.md", text: note)
  } else {
    step other = fs.write_many(files: [{ path: "src/b", text: "1" }])
  }
  step check2 = verify.check(tests)
  step proof  = verify.prove(tests, red: red, green: check2)
  step commit = git.commit(proof, message: "mend: {{ text }}")
  output commit = commit.sha
  output tree   = commit.tree
}
"##;

const YAML: &str = r##"tau: 1
use: [std]
mission: fix
about: Mend what the check shows.
inputs:
  text: { type: string, default: fixed, about: what the file should say }
  tries: { type: int, default: 2 }
  check: { type: command, default: ./check.sh }
authority:
  read: ["**"]
  write: [src/**, docs/*.md]
  deny: { write: [src/secret/**] }
  run: ["{{ check }}", "true"]
  git: { commit: [tau/*] }
  time: 10m
verifiers:
  tests:
    run: "{{ check }}"
    protect: [tests/**]
    env: { MODE: strict }
    timeout: 1m
steps:
  - let: { note: "# {{ text }}\n" }
  - red: verify.red
    with: { verifier: tests }
  - repeat: "{{ tries }}"
    until: green.passed
    steps:
      - edit: fs.edit
        with: { path: src/a.txt, find: broken, replace: "{{ text }}" }
        when: not previous.green.passed
      - green: verify.check
        with: { verifier: tests }
  - noop: process.run
    with: { command: "true" }
    after: [green]
    retry: { times: 1, every: 1s }
    timeout: 5s
    may_fail: true
  - if: text == "fixed"
    then:
      - docs: fs.write
        with: { path: docs/note.md, text: "{{ note }}" }
    else:
      - other: fs.write_many
        with: { files: [{ path: src/b, text: "1" }] }
  - check2: verify.check
    with: { verifier: tests }
  - proof: verify.prove
    with: { verifier: tests, red: "{{ red }}", green: "{{ check2 }}" }
  - commit: git.commit
    with: { proof: "{{ proof }}", message: "mend: {{ text }}" }
outputs:
  commit: "{{ commit.sha }}"
  tree: "{{ commit.tree }}"
"##;

fn both() -> Sandbox {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.tau", TAU);
    sandbox.write("fix.yaml", YAML);
    sandbox
}

/// Statements without a name go by their line.
fn without_lines(text: &str) -> String {
    let mut parts = text.split_inclusive(['@', '_', ' ']);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let line = shown.ends_with(['@', '_']) || shown.ends_with("in line ");
        shown += if line {
            part.trim_start_matches(|c: char| c.is_ascii_digit())
        } else {
            part
        };
    }
    shown
}

/// A plan without where its parts stand.
fn plan(sandbox: &Sandbox, file: &str) -> Value {
    fn without_places(value: Value) -> Value {
        match value {
            Value::Object(members) => members
                .into_iter()
                .filter(|(key, _)| key != "at" && key != "file")
                .map(|(key, value)| (key, without_places(value)))
                .collect(),
            Value::Array(list) => list.into_iter().map(without_places).collect(),
            Value::String(text) => without_lines(&text).into(),
            other => other,
        }
    }
    without_places(sandbox.tau(&["plan", file, "--json"]).ends(0).json())
}

#[test]
fn both_are_clean() {
    let sandbox = both();
    sandbox
        .tau(&["lint", "--deny", "warnings", "fix.tau", "fix.yaml"])
        .ends(0);
}

#[test]
fn both_give_one_plan() {
    let sandbox = both();
    let (tau, yaml) = (plan(&sandbox, "fix.tau"), plan(&sandbox, "fix.yaml"));
    assert_eq!(format!("{tau:#}"), format!("{yaml:#}"));
    assert_eq!(tau["mission"], "fix");
}

#[test]
fn both_give_one_graph() {
    let sandbox = both();
    for format in ["terminal", "mermaid", "dot", "svg"] {
        let graph = |file: &str| {
            let arguments = ["graph", file, "--format", format];
            without_lines(&sandbox.tau(&arguments).ends(0).out)
        };
        assert_eq!(graph("fix.tau"), graph("fix.yaml"));
    }
}

#[test]
fn both_give_one_commit() {
    let sandbox = both();
    let apply = |file: &str| {
        let mut command = sandbox.command(&["apply", file, "--yes", "--json"]);
        let output = command.env("SOURCE_DATE_EPOCH", "1700000000").output();
        Done::from(output.unwrap()).ends(0).json()
    };
    let (tau, yaml) = (apply("fix.tau"), apply("fix.yaml"));
    assert_ne!(tau["run"], yaml["run"]);
    assert_eq!(tau["commit"], yaml["commit"]);
    let commit = tau["commit"].as_str().unwrap();
    assert_eq!(
        sandbox.git(&["show", "--no-patch", "--format=%at %ct %s", commit]),
        "1700000000 1700000000 mend: fixed\n"
    );
    assert_eq!(sandbox.committed(&tau, "docs/note.md"), b"# fixed\n");
    // The same steps in the same order, too.
    let names = |result: &Value| {
        let steps = result["steps"].as_array().unwrap();
        let names = steps.iter().map(|step| step["name"].to_string());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&tau), names(&yaml));
}

#[test]
fn a_plan_touches_nothing_and_no_state() {
    let sandbox = both();
    let before = sandbox.snapshot();
    let _ = plan(&sandbox, "fix.tau");
    sandbox.assert_untouched(&before);
    assert!(!sandbox.state().exists());
}

#[test]
fn a_plan_says_where_the_value_of_an_input_comes_from() {
    let sandbox = both();
    let plan = sandbox
        .tau(&["plan", "fix.tau", "--set", "text=x", "--json"])
        .ends(0)
        .json();
    assert_eq!(
        tau_tests::texts(&plan["inputs"], "from"),
        ["given", "default", "default"]
    );
    assert_eq!(
        tau_tests::texts(&plan["inputs"], "value"),
        ["x", "2", "./check.sh"]
    );
}

//! What a mission's file need not grant, told from what its runs really used.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use std::process::Stdio;

use serde_json::{Value, json};
use tau_tests::{Sandbox, texts};

/// It is granted more than it needs, in every way.
const NOTES: &str = r#"mission notes {
  input name : string = "a"

  authority {
    # All there is.
    read  "**"
    write "notes/**", "docs/**"
    deny  write "notes/old/**"
    run   "ls *", "make *"
    git   commit on "tau/*"
    time  1h
  }

  step list = fs.glob("docs/*")
  step all  = process.run("ls docs")
  step note = fs.write("notes/{{ name }}.md", text: all.output)
  step copy = fs.read(list[0] or "none.md")
}
"#;

fn notes() -> Sandbox {
    let sandbox = Sandbox::repository(&[("docs/a.md", "a\n"), ("docs/b.md", "b\n")]);
    sandbox.write("notes.tau", NOTES);
    sandbox
}

fn apply(sandbox: &Sandbox, more: &[&str]) -> Value {
    let arguments = ["apply", "notes.tau", "--yes", "--json"];
    sandbox.tau(&[&arguments, more].concat()).ends(0).json()
}

/// Changes the file as the printed diff says, with the program that everybody has for it.
fn patched(sandbox: &Sandbox, diff: &str) -> String {
    sandbox.write("change.diff", diff);
    let mut command = sandbox.program("git");
    command.args(["apply", "-p0", "change.diff"]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}\n{diff}");
    sandbox.read("notes.tau")
}

#[test]
fn the_least_that_a_run_needs_lets_it_pass_again() {
    let sandbox = notes();
    let first = apply(&sandbox, &[]);
    let diff = sandbox.tau(&["grants", "infer", "@"]).ends(0).out;
    // Nothing is written.
    assert_eq!(sandbox.read("notes.tau"), NOTES);
    let text = patched(&sandbox, &diff);
    let block = r#"  authority {
    # All there is.
    read  "docs/*", "notes/a.md"
    write "notes/a.md"
    deny  write "notes/old/**"
    run   "ls docs"
    time  1h
  }
"#;
    assert!(text.contains(block), "{text}");
    let second = apply(&sandbox, &[]);
    assert_eq!(second["outputs"], first["outputs"]);
    // It is no less than the runs need.
    let done = sandbox.tau(&["grants", "infer", "@"]).ends(0);
    assert_eq!(done.out, "");
    assert!(
        done.err.contains("nothing less than what is granted"),
        "{}",
        done.err
    );
    // Another name was never used.
    let arguments = ["apply", "notes.tau", "--yes", "--set", "name=b"];
    sandbox.tau(&arguments).ends(3);
}

#[test]
fn what_no_run_needs_is_dropped_and_the_rest_stays() {
    let sandbox = notes();
    apply(&sandbox, &[]);
    apply(&sandbox, &["--set", "name=b"]);
    let all = sandbox.tau(&["runs", "--json"]).ends(0).json();
    let runs = texts(&all["runs"], "run");
    let unused = [&["grants", "unused"], runs.as_slice()].concat();
    let text = patched(&sandbox, &sandbox.tau(&unused).ends(0).out);
    let block = r#"    read  "**"
    write "notes/**"
    deny  write "notes/old/**"
    run   "ls *"
    time  1h
"#;
    assert!(text.contains(block), "{text}");
    // Both names, as both runs are looked at.
    let infer = [&["grants", "infer", "--json"], runs.as_slice()].concat();
    let told = sandbox.tau(&infer).ends(0).json();
    assert_eq!(told["schema"], "tau.grants/1");
    assert_eq!(told["mission"], "notes");
    assert_eq!(told["runs"].as_array().unwrap().len(), 2);
    assert_eq!(
        texts(&told["lines"], "becomes"),
        ["narrowed", "narrowed", "kept", "narrowed", "kept"]
    );
    assert_eq!(
        texts(&told["lines"], "proposed")[1],
        r#"write "notes/a.md", "notes/b.md""#
    );
    assert!(
        told["diff"]
            .as_str()
            .unwrap()
            .starts_with("--- notes.tau\n")
    );
}

#[test]
fn both_spellings_are_changed() {
    let sandbox = notes();
    let convert = ["convert", "notes.tau", "--to", "yaml"];
    let yaml = sandbox.tau(&convert).ends(0).out;
    sandbox.write("notes.yaml", &yaml);
    sandbox.tau(&["apply", "notes.yaml", "--yes"]).ends(0);
    let diff = sandbox.tau(&["grants", "infer", "@"]).ends(0).out;
    assert!(diff.contains("+  write: [notes/a.md]\n"), "{diff}");
    assert!(diff.contains("+  run: [ls docs]\n"), "{diff}");
    patched(&sandbox, &diff);
    sandbox.tau(&["apply", "notes.yaml", "--yes"]).ends(0);
}

/// What a step used in an attempt that failed, it needs as well.
#[test]
fn attempts_that_failed_count() {
    let sandbox = notes();
    let text = r#"mission notes {
  authority {
    read  "**"
    run   "sh *", "ls *"
    time  1m
  }

  step name = fs.read("docs/a.md")
  step run  = process.run("sh check.sh") retry 1 every 1ms may fail
  step read = fs.read("docs/{{ name.text | trim }}x.md") may fail
}
"#;
    sandbox.write("notes.tau", text);
    sandbox.write("check.sh", "exit 1\n");
    sandbox.commit("check");
    apply(&sandbox, &[]);
    let told = sandbox
        .tau(&["grants", "infer", "@", "--json"])
        .ends(0)
        .json();
    assert_eq!(
        texts(&told["lines"], "proposed"),
        [
            r#"read "docs/a.md", "docs/ax.md""#,
            r#"run "sh check.sh""#,
            "none"
        ]
    );
}

#[test]
fn runs_of_two_missions_are_not_compared() {
    let sandbox = notes();
    let first = apply(&sandbox, &[]);
    sandbox.write(
        "other.tau",
        "mission other {\n  let a = 1\n\n  output a = a\n}\n",
    );
    let second = sandbox
        .tau(&["apply", "other.tau", "--yes", "--json"])
        .ends(0)
        .json();
    let (a, b) = (
        first["run"].as_str().unwrap(),
        second["run"].as_str().unwrap(),
    );
    let done = sandbox.tau(&["grants", "infer", a, b]).ends(2);
    assert!(done.err.contains("not of one mission"), "{}", done.err);
    // It did nothing at all.
    let done = sandbox.tau(&["grants", "unused", b]).ends(2);
    assert!(done.err.contains("did nothing"), "{}", done.err);
}

#[test]
fn what_a_run_used_and_the_file_no_longer_grants_is_told() {
    let sandbox = notes();
    apply(&sandbox, &[]);
    sandbox.write("notes.tau", NOTES.replace("\"notes/**\", ", ""));
    let done = sandbox.tau(&["grants", "infer", "@", "--json"]).ends(0);
    let told = done.json();
    assert_eq!(told["uncovered"], json!([r#"write "notes/a.md""#]));
    assert!(done.err.contains("no longer grants"), "{}", done.err);
}

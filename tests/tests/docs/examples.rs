//! Every file in `examples/` is checked, formatted, planned and run.

use std::fs;

use tau_tests::{Done, Sandbox, workspace_root};

/// The examples: name and text.
fn examples() -> Vec<(String, String)> {
    let folder = workspace_root().join("examples");
    let mut examples: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    examples.sort();
    examples
}

/// A repository in which one program prints the wrong greeting, as the examples expect it.
fn repository() -> Sandbox {
    let sandbox = Sandbox::repository(&[
        ("src/greeting.txt", "hello\n"),
        (
            "tests/check.sh",
            "grep -q 'hello, world' src/greeting.txt\n",
        ),
    ]);
    sandbox.write(
        "fix.patch",
        "--- a/src/greeting.txt\n+++ b/src/greeting.txt\n@@ -1 +1 @@\n-hello\n+hello, world\n",
    );
    for (name, text) in examples() {
        sandbox.write(&name, text);
    }
    sandbox
}

/// `tau COMMAND FILE` with the inputs that an example has.
fn tau(sandbox: &Sandbox, command: &[&str], name: &str, text: &str) -> Done {
    let mut arguments = command.to_vec();
    arguments.push(name);
    for (input, setting) in [
        ("patch", "patch=@fix.patch"),
        ("check", "check=sh tests/check.sh"),
    ] {
        let declared = [format!("input {input} "), format!("\n  {input}:")];
        if declared.iter().any(|it| text.contains(it.as_str())) {
            arguments.extend(["--set", setting]);
        }
    }
    sandbox.tau(&arguments)
}

#[test]
fn every_example_is_clean_formatted_planned_and_run() {
    let sandbox = repository();
    let names: Vec<String> = examples().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        ["edit-and-check.tau", "edit-many.tau", "fix.tau", "fix.yaml"]
    );
    for (name, text) in examples() {
        let lint = sandbox.tau(&["lint", "--deny", "warnings", &name]);
        assert_eq!(lint.code, 0, "{name}: {}", lint.out);
        let format = sandbox.tau(&["fmt", "--diff", &name]);
        assert_eq!(format.code, 0, "{name}: {}", format.out);
        let _ = tau(&sandbox, &["plan", "--json"], &name, &text).ends(0);
        let run = tau(&sandbox, &["apply", "--yes", "--json"], &name, &text).ends(0);
        assert_eq!(run.json()["assurance"], "tested", "{name}");
    }
}

#[test]
fn the_example_with_handlers_leaves_its_reports_when_it_fails() {
    let sandbox = repository();
    // It passes before the edits, so there is no RED.
    let setting = ["--set", "check=true", "--yes", "--json"];
    let apply = ["apply", "edit-many.tau"];
    let _ = sandbox.tau(&[&apply[..], &setting].concat()).ends(1);
    let diff = sandbox.tau(&["diff", "@"]).ends(0).out;
    assert!(diff.contains("+`red`: "), "{diff}");
    assert!(diff.contains("+1 files, not proved"), "{diff}");
}

/// Names, actions and reasons of a plan's steps.
fn steps(sandbox: &Sandbox, name: &str, text: &str) -> serde_json::Value {
    let plan = tau(sandbox, &["plan", "--json"], name, text).ends(0).json();
    plan["steps"].clone()
}

#[test]
fn both_spellings_of_fix_have_the_same_plan() {
    let sandbox = repository();
    let all = examples();
    let of = |wanted: &str| {
        let (name, text) = all.iter().find(|(name, _)| name == wanted).unwrap();
        steps(&sandbox, name, text)
    };
    assert_eq!(of("fix.tau"), of("fix.yaml"));
}

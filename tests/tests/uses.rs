//! Missions, actions and types of other files: called, recorded with the run, and never holding
//! more than who calls them.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use serde_json::{Value, json};
use tau_tests::{Sandbox, step};

/// A mission of the file beside it.
const MAIN: &str = r#"use "./lib/notes.tau"

mission m {
  authority {
    read  "notes/**"
    write "notes/**"
    run   "./check.sh"
  }

  step noted   = notes.note("one", text: "a")
  step checked = process.run("./check.sh") after noted

  output path = noted.path
}
"#;

/// The file, with what its action writes before the name.
fn notes(prefix: &str) -> String {
    format!(
        r#"## Write a note.
action note(
  name : string
  text : string
) -> {{ path: path }} {{
  needs read  "notes/**"
  needs write "notes/**"

  let path = "notes/{prefix}{{{{ name }}}}.md"

  step written = fs.write(path, text: text)

  output path = path
}}
"#
    )
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::repository(&[("a.md", "a\n")]);
    sandbox.write("main.tau", MAIN);
    sandbox.write("lib/notes.tau", notes(""));
    sandbox.write_script("check.sh", "#!/bin/sh\ntest -e \"$HOME/ready\"\n");
    sandbox.commit("missions");
    sandbox
}

/// Lets the mission's check pass from now on.
fn ready(sandbox: &Sandbox) {
    std::fs::write(sandbox.outside().join("home/ready"), "").unwrap();
}

fn apply(sandbox: &Sandbox, code: i32) -> Value {
    let arguments = ["apply", "main.tau", "--yes", "--box", "none", "--json"];
    sandbox.tau(&arguments).ends(code).json()
}

#[test]
fn an_action_of_another_file_is_called() {
    let sandbox = sandbox();
    ready(&sandbox);
    let result = apply(&sandbox, 0);
    assert_eq!(result["outputs"], json!({ "path": "notes/one.md" }));
    assert_eq!(step(&result, "noted/written")["state"], "succeeded");
}

#[test]
fn a_run_goes_on_with_the_files_as_they_are_now() {
    let sandbox = sandbox();
    let failed = apply(&sandbox, 1);
    ready(&sandbox);
    sandbox.write("lib/notes.tau", notes("x-"));
    let done = sandbox.tau(&["resume", "@"]).ends(0);
    assert!(
        done.err.contains("a file that `main.tau` uses has changed"),
        "{}",
        done.err
    );
    let result = sandbox.tau(&["show", "@", "--json"]).ends(0).json();
    assert_eq!(result["run"], failed["run"]);
    assert_eq!(result["outputs"], json!({ "path": "notes/x-one.md" }));
}

#[test]
fn a_run_goes_on_when_its_files_are_gone() {
    let sandbox = sandbox();
    apply(&sandbox, 1);
    ready(&sandbox);
    std::fs::remove_dir_all(sandbox.path().join("lib")).unwrap();
    std::fs::remove_file(sandbox.path().join("main.tau")).unwrap();
    let done = sandbox.tau(&["resume", "@"]).ends(0);
    assert!(!done.err.contains("has changed"), "{}", done.err);
}

#[test]
fn a_file_that_is_there_and_cannot_be_read_is_not_taken_from_the_record() {
    let sandbox = sandbox();
    apply(&sandbox, 1);
    ready(&sandbox);
    for file in ["lib/notes.tau", "main.tau"] {
        let before = sandbox.read(file);
        sandbox.write(file, [0xff, b'\n']);
        let done = sandbox.tau(&["resume", "@"]).ends(2);
        assert!(done.err.contains("UTF-8"), "{}", done.err);
        std::fs::remove_file(sandbox.path().join(file)).unwrap();
        std::fs::create_dir(sandbox.path().join(file)).unwrap();
        let done = sandbox.tau(&["resume", "@"]).ends(2);
        assert!(done.err.contains("cannot"), "{}", done.err);
        std::fs::remove_dir(sandbox.path().join(file)).unwrap();
        sandbox.write(file, before);
    }
    sandbox.tau(&["resume", "@"]).ends(0);
}

#[test]
fn a_saved_plan_holds_what_it_uses() {
    let sandbox = sandbox();
    ready(&sandbox);
    sandbox
        .tau(&["plan", "main.tau", "--out", "plan.json"])
        .ends(0);
    sandbox.write("lib/notes.tau", notes("x-"));
    let arguments = ["apply", "plan.json", "--yes", "--box", "none", "--json"];
    let result = sandbox.tau(&arguments).ends(0).json();
    assert_eq!(result["outputs"], json!({ "path": "notes/one.md" }));
}

#[test]
fn another_file_widens_nothing() {
    let sandbox = sandbox();
    let wide = notes("").replace("notes/", "docs/");
    sandbox.write("lib/notes.tau", wide);
    let result = apply(&sandbox, 3);
    let missing = &result["blocked"]["missing"];
    let scopes: Vec<&str> = missing
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["scope"].as_str().unwrap())
        .collect();
    assert_eq!(scopes, ["docs/one.md", "docs/one.md"]);
    assert_eq!(missing[0]["limited_by"], "caller");
}

#[test]
fn what_an_action_does_beyond_its_needs_is_missing_there() {
    let sandbox = sandbox();
    let narrow = notes("").replace("write \"notes/**\"", "write \"notes/a*\"");
    sandbox.write("lib/notes.tau", narrow);
    let result = apply(&sandbox, 3);
    let missing = &result["blocked"]["missing"][0];
    let line = "needs write \"notes/one.md\"  # in the action `note`";
    assert_eq!(missing["grant"], line);
    assert_eq!(missing["limited_by"], "mission");
}

#[test]
fn files_of_a_revision_use_those_of_the_revision() {
    let sandbox = sandbox();
    let wide = notes("")
        .replace("notes/**", "**")
        .replace("notes/{{", "docs/{{");
    sandbox.write("lib/notes.tau", wide);
    sandbox.write("main.tau", MAIN.replace("\"notes/**\"", "\"**\""));
    let arguments = ["authority", "diff", "HEAD:main.tau", "main.tau"];
    let done = sandbox.tau(&arguments).ends(1);
    assert!(done.out.contains("write \"**\""), "{}", done.out);
    sandbox
        .tau(&["authority", "diff", "HEAD:main.tau", "HEAD:main.tau"])
        .ends(0);
}

#[test]
fn the_same_in_yaml() {
    let sandbox = sandbox();
    ready(&sandbox);
    let yaml = sandbox
        .tau(&["convert", "main.tau", "--to", "yaml"])
        .ends(0);
    assert!(yaml.out.contains("name: one"), "{}", yaml.out);
    sandbox.write("main.yaml", yaml.out);
    let lib = sandbox
        .tau(&["convert", "lib/notes.tau", "--to", "yaml"])
        .ends(0);
    sandbox.write("lib/notes.yaml", lib.out);
    let text = sandbox.read("main.yaml").replace("notes.tau", "notes.yaml");
    sandbox.write("main.yaml", text);
    let arguments = ["apply", "main.yaml", "--yes", "--box", "none", "--json"];
    let result = sandbox.tau(&arguments).ends(0).json();
    assert_eq!(result["outputs"], json!({ "path": "notes/one.md" }));
}

/// Files in a row, each with missions in a row that call the next one, at last that of the next
/// file. Gives the first file's name.
fn row(sandbox: &Sandbox, files: usize, missions: usize) -> &'static str {
    for file in 0..files {
        let mut text = String::new();
        let is_last = file + 1 == files;
        if !is_last {
            text += &format!("use \"./f{}.tau\"\n", file + 1);
        }
        for mission in 0..missions {
            let next = match (mission + 1 < missions, is_last) {
                (true, _) => format!("m{}", mission + 1),
                (false, false) => format!("f{}.m0", file + 1),
                (false, true) => {
                    text += &format!("mission m{mission} {{\n  output n = 1\n}}\n");
                    continue;
                }
            };
            text += &format!("mission m{mission} {{\n  step s = {next}()\n  output n = s.n\n}}\n");
        }
        sandbox.write(&format!("f{file}.tau"), text);
    }
    "f0.tau"
}

#[test]
fn calls_through_files_are_as_deep_as_within_one() {
    let sandbox = Sandbox::repository(&[("a.md", "a\n")]);
    let first = row(&sandbox, 16, 2);
    let arguments = ["apply", first, "--mission", "m0", "--yes", "--json"];
    let result = sandbox.tau(&arguments).ends(0).json();
    assert_eq!(result["outputs"]["n"], 1);
    for (files, missions, code) in [(17, 2, "mission-too-large"), (31, 31, "use-broken")] {
        let first = row(&sandbox, files, missions);
        let done = sandbox.tau(&["lint", first]).ends(1);
        assert!(done.out.contains(code), "{}", done.out);
        sandbox
            .tau(&["apply", first, "--mission", "m0", "--yes"])
            .ends(2);
    }
}

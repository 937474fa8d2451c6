//! Missions that use a library: checked and run from what is locked, within their own authority.

use std::fs;

use serde_json::{Value, json};
use tau_tests::{Sandbox, step};

use crate::{Host, lib};

/// A library with an action that writes a note below `folder`.
fn notes(folder: &str) -> String {
    format!(
        r#"## Write a note.
action note(
  name : string
) -> {{ path: path }} {{
  needs read  "{folder}/**"
  needs write "{folder}/**"

  step written = fs.write(path: "{folder}/{{{{ name }}}}.md", text: "x")

  output path = "{folder}/{{{{ name }}}}.md"
}}
"#
    )
}

const MAIN: &str = r#"use "../flows//notes.tau@v1"

mission m {
  authority {
    read  "notes/**"
    write "notes/**"
    run   "./check.sh"
  }

  step noted   = notes.note("one")
  step checked = process.run("./check.sh") after noted

  output path = noted.path
}
"#;

/// A repository with the mission, and the library locked; its check passes once the home folder has
/// a file `ready`.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::repository(&[("main.tau", MAIN)]);
    sandbox.write_script("check.sh", "#!/bin/sh\ntest -e \"$HOME/ready\"\n");
    sandbox.commit("check");
    let host = Host::new(&sandbox, "flows", &[("notes.tau", &notes("notes"))]);
    lib(&sandbox, &["add", "--yes"], 0);
    // What is locked needs no repository any more.
    fs::remove_dir_all(host.path()).unwrap();
    sandbox
}

fn ready(sandbox: &Sandbox) {
    fs::write(sandbox.outside().join("home/ready"), "").unwrap();
}

fn apply(sandbox: &Sandbox, code: i32) -> Value {
    let arguments = ["apply", "main.tau", "--yes", "--box", "none", "--json"];
    sandbox.tau(&arguments).ends(code).json()
}

/// The folder of the one library in the store.
fn stored(sandbox: &Sandbox) -> std::path::PathBuf {
    let mut folders = fs::read_dir(sandbox.state().join("libraries")).unwrap();
    folders.next().unwrap().unwrap().path()
}

#[test]
fn a_mission_runs_with_a_library() {
    let sandbox = sandbox();
    ready(&sandbox);
    let result = apply(&sandbox, 0);
    assert_eq!(result["outputs"], json!({ "path": "notes/one.md" }));
    assert_eq!(step(&result, "noted/written")["state"], "succeeded");
}

#[test]
fn a_run_goes_on_with_the_library_that_it_began_with_when_that_is_gone() {
    let sandbox = sandbox();
    let failed = apply(&sandbox, 1);
    ready(&sandbox);
    fs::remove_dir_all(stored(&sandbox)).unwrap();
    let _ = sandbox.tau(&["resume", "@"]).ends(0);
    let result = sandbox.tau(&["show", "@", "--json"]).ends(0).json();
    assert_eq!(result["run"], failed["run"]);
    assert_eq!(result["outputs"], json!({ "path": "notes/one.md" }));
}

#[test]
fn a_library_that_was_changed_is_refused_by_every_command() {
    let sandbox = sandbox();
    apply(&sandbox, 1);
    ready(&sandbox);
    fs::write(stored(&sandbox).join("notes.tau"), notes("docs")).unwrap();
    let commands: [&[&str]; 5] = [
        &["lint", "main.tau"],
        &["plan", "main.tau"],
        &["apply", "main.tau", "--yes", "--box", "none"],
        &["authority", "main.tau"],
        &["resume", "@"],
    ];
    for command in commands {
        let done = sandbox.tau(command);
        assert!(done.code == 1 || done.code == 2, "{command:?}: {done:?}");
        let said = done.out + &done.err;
        assert!(said.contains("[library-tampered]"), "{command:?}: {said}");
    }
}

#[test]
fn what_is_missing_is_named_with_the_command_that_brings_it() {
    let sandbox = sandbox();
    let lint = |code: &str, command: &str| {
        let done = sandbox.tau(&["lint", "main.tau"]).ends(1);
        assert!(done.out.contains(code), "{}", done.out);
        assert!(done.out.contains(command), "{}", done.out);
    };
    fs::remove_dir_all(stored(&sandbox)).unwrap();
    lint("[library-missing]", "tau lib fetch");
    sandbox.write("tau.lock", "version = 2\n");
    lint("[lock-invalid]", "tau lib add");
    fs::remove_file(sandbox.path().join("tau.lock")).unwrap();
    lint("[library-unlocked]", "tau lib add ../flows@v1");
}

#[test]
fn a_library_cannot_widen_what_its_caller_may_do() {
    let sandbox = Sandbox::repository(&[("main.tau", MAIN)]);
    sandbox.write_script("check.sh", "#!/bin/sh\n");
    sandbox.commit("check");
    Host::new(&sandbox, "flows", &[("notes.tau", &notes("secrets"))]);
    lib(&sandbox, &["add", "--yes"], 0);
    let result = apply(&sandbox, 3);
    assert_eq!(result["blocked"]["mutations"], 0);
    let missing = result["blocked"]["missing"].as_array().unwrap();
    assert!(!missing.is_empty());
    for item in missing {
        assert_eq!(item["scope"], "secrets/one.md");
        assert_eq!(item["limited_by"], "caller");
    }
}

#[test]
fn a_mission_of_a_library_is_held_to_its_callers_authority_too() {
    let call = "use \"../flows//notes.tau@v1\"\n\nmission m {\n  authority { read \"**\" }\n  \
                step it = notes.all()\n}\n";
    let sandbox = Sandbox::repository(&[("main.tau", call)]);
    let mission = "mission all {\n  authority {\n    read \"**\"\n    write \"**\"\n  }\n  step it = fs.write(path: \
                   \"src/a.txt\", text: \"x\")\n}\n";
    Host::new(&sandbox, "flows", &[("notes.tau", mission)]);
    lib(&sandbox, &["add", "--yes"], 0);
    let result = apply(&sandbox, 3);
    let missing = &result["blocked"]["missing"][0];
    assert_eq!(missing["scope"], "src/a.txt");
    assert_eq!(missing["limited_by"], "caller");
}

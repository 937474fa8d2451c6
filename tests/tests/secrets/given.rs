//! Where a secret comes from, and who gets it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use tau_tests::{Sandbox, step};

use super::{VALUE, apply, configure, may, mission, showing};

/// Ends with 0 if it has the secret.
fn script() -> String {
    format!("#!/bin/sh\ntest \"$TOKEN\" = '{VALUE}'\n")
}

fn text() -> String {
    mission(
        &may("secret TOKEN"),
        "  step a = process.run(\"./show.sh\", secrets: [\"TOKEN\"])\n",
    )
}

#[test]
fn it_comes_from_the_variable_of_its_name() {
    let sandbox = showing(&script());
    let _ = apply(&sandbox, &text(), &[("TOKEN", VALUE)]).ends(0);
}

#[test]
fn it_comes_from_where_the_operator_says() {
    let sandbox = showing(&script());
    let file = sandbox.outside().join("home/token");
    fs::write(&file, format!("{VALUE}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let echo = "[TOKEN]\ncommand = [\"sh\", \"-c\", \"cat ~/token\"]\n";
    for entry in [
        "[TOKEN]\nenv = \"MINE\"\n",
        "[TOKEN]\nfile = \"~/token\"\n",
        echo,
    ] {
        configure(&sandbox, entry);
        let variables = [("MINE", VALUE), ("TOKEN", "another value")];
        let _ = apply(&sandbox, &text(), &variables).ends(0);
    }
}

#[test]
fn a_step_that_does_not_name_it_does_not_get_it() {
    let sandbox = showing("#!/bin/sh\ntest -z \"$TOKEN\"\n");
    let text = mission(
        &may("secret TOKEN\n    env \"*\"\n    deny env TOKEN"),
        "  step a = process.run(\"./show.sh\", secrets: [\"TOKEN\"]) may fail\n  \
         step b = process.run(\"./show.sh\")\n",
    );
    let result = apply(&sandbox, &text, &[("TOKEN", VALUE)]).ends(0).json();
    assert_eq!(step(&result, "a")["state"], "failed");
    assert_eq!(step(&result, "b")["state"], "succeeded");
}

fn blocked(sandbox: &Sandbox, text: &str) -> serde_json::Value {
    let result = apply(sandbox, text, &[]).ends(3).json();
    let blocked = result["blocked"].clone();
    assert_eq!(blocked["mutations"], 0);
    assert!(
        !sandbox.path().join("started").exists(),
        "nothing was started"
    );
    blocked
}

#[test]
fn all_that_are_missing_are_told_at_once_before_anything_starts() {
    let sandbox = showing("#!/bin/sh\ntouch started\n");
    configure(
        &sandbox,
        "[FROM_FILE]\nfile = \"/nonexistent/token\"\n[FROM_COMMAND]\ncommand = [\"false\"]\n",
    );
    let text = mission(
        &may("secret TOKEN, FROM_FILE, FROM_COMMAND"),
        "  step a = process.run(\"./show.sh\", secrets: [\"TOKEN\", \"FROM_FILE\"])\n  \
         step b = process.run(\"./show.sh\", secrets: [\"FROM_COMMAND\"])\n",
    );
    let blocked = blocked(&sandbox, &text);
    assert_eq!(
        (&blocked["kind"], &blocked["code"]),
        (&"credential".into(), &"secret-missing".into())
    );
    let missing = blocked["missing"].as_array().unwrap();
    let names: Vec<_> = missing
        .iter()
        .map(|it| it["scope"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["TOKEN", "FROM_FILE", "FROM_COMMAND"]);
    let message = blocked["message"].as_str().unwrap();
    for part in [
        "the environment has no variable `TOKEN`",
        "`/nonexistent/token` cannot be used: No such file",
        "its command `false` did not succeed",
        "secrets.toml",
    ] {
        assert!(message.contains(part), "no `{part}` in {message}");
    }
}

#[test]
fn a_plan_says_what_is_missing_and_asks_no_command() {
    let sandbox = showing(&script());
    let asked = sandbox.outside().join("asked");
    let command = format!("touch '{}'; echo {VALUE}", asked.display());
    configure(
        &sandbox,
        &format!("[TOKEN]\ncommand = [\"sh\", \"-c\", \"{command}\"]\n"),
    );
    sandbox.write("m.tau", text());
    let plan = sandbox.tau(&["plan", "m.tau", "--json"]).ends(0).json();
    assert!(plan["blocked"].is_null(), "{plan:#}");
    assert!(!asked.exists());
    configure(&sandbox, "[TOKEN]\ncommand = [\"no-such-keyring\"]\n");
    let plan = sandbox.tau(&["plan", "m.tau", "--json"]).ends(0).json();
    assert_eq!(plan["blocked"]["code"], "secret-missing");
}

#[test]
fn a_file_that_others_can_read_and_a_list_that_others_can_change_are_refused() {
    let sandbox = showing("#!/bin/sh\ntouch started\n");
    let file = sandbox.outside().join("home/token");
    fs::write(&file, format!("{VALUE}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    configure(&sandbox, "[TOKEN]\nfile = \"~/token\"\n");
    let found = blocked(&sandbox, &text());
    assert!(
        found["message"]
            .as_str()
            .unwrap()
            .contains("`chmod 600` it"),
        "{found}"
    );

    let list = sandbox.outside().join("home/.config/tau/secrets.toml");
    fs::set_permissions(&list, fs::Permissions::from_mode(0o622)).unwrap();
    let found = blocked(&sandbox, &text());
    assert!(
        found["message"]
            .as_str()
            .unwrap()
            .contains("`chmod go-w` it"),
        "{found}"
    );

    // A mission that needs no secret does not care.
    let text = mission(
        &may(""),
        "  step a = process.run(\"./show.sh\", writes: [])\n",
    );
    let result = apply(&sandbox, &text, &[]).json();
    assert_ne!(result["outcome"], "blocked");
}

#[test]
fn one_that_is_for_a_host_goes_to_no_command() {
    let sandbox = showing("#!/bin/sh\ntouch started\n");
    configure(
        &sandbox,
        "[TOKEN]\nenv = \"MINE\"\nhost = \"api.example.com\"\n",
    );
    let found = blocked(&sandbox, &text());
    assert_eq!(found["code"], "secret-not-for-commands");
    let message = found["message"].as_str().unwrap();
    assert!(
        message.contains("it is for requests to api.example.com, not for commands"),
        "{message}"
    );

    let sandbox = showing(&script());
    configure(
        &sandbox,
        "[TOKEN]\nenv = \"MINE\"\nhost = \"api.example.com\"\ncommands = true\n",
    );
    let _ = apply(&sandbox, &text(), &[("MINE", VALUE)]).ends(0);
}

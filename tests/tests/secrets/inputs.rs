//! Inputs that are secret.

use std::fs;

use tau_tests::{Sandbox, step};

use super::{VALUE, configure, holding, may, mission, showing};

/// Fails until `../ready` is there.
const LATER: &str = "#!/bin/sh\ntest -n \"$READY\"\n";

fn text() -> String {
    let head = mission(
        &may("env READY"),
        "  step first = process.run(\"./show.sh\")\n",
    );
    head.replace("mission m {\n", "mission m {\n  input token : secret\n\n")
}

fn held(sandbox: &Sandbox) -> Vec<String> {
    holding(&sandbox.state(), VALUE)
}

/// A run that has failed, with a secret input from a file.
fn failed() -> (Sandbox, String) {
    let sandbox = showing(LATER);
    sandbox.write("m.tau", text());
    fs::write(sandbox.outside().join("token"), VALUE).unwrap();
    let result = sandbox
        .tau(&[
            "apply",
            "m.tau",
            "--yes",
            "--json",
            "--set",
            "token=@../token",
        ])
        .ends(1)
        .json();
    let run = result["run"].as_str().unwrap().to_owned();
    (sandbox, run)
}

#[test]
fn its_value_is_in_no_record() {
    let (sandbox, run) = failed();
    assert_eq!(held(&sandbox), [""; 0]);
    let journal = sandbox
        .state()
        .join("runs")
        .join(&run)
        .join("journal.jsonl");
    let journal = fs::read_to_string(journal).unwrap();
    assert!(
        journal.contains("\"secrets\":{\"token\":\""),
        "that it was given is there"
    );
}

#[test]
fn whoever_goes_on_gives_it_again() {
    let (sandbox, run) = failed();
    let resumed = sandbox.tau(&["resume", &run, "--json"]).ends(3).json();
    assert_eq!(resumed["blocked"]["kind"], "credential");
    assert_eq!(
        resumed["next"],
        format!("tau resume {run} --set token=@FILE")
    );

    let ready = sandbox.outside().join("ready");
    fs::write(&ready, "").unwrap();
    let mut command = sandbox.command(&["resume", &run, "--json", "--set", "token=@../token"]);
    let done = command.env("READY", &ready).output().unwrap();
    let result = tau_tests::Done::from(done).ends(0).json();
    assert_eq!(step(&result, "first")["state"], "succeeded");
    assert_eq!(held(&sandbox), [""; 0]);
}

#[test]
fn it_comes_from_its_source_if_the_mission_grants_itself_that_secret() {
    let sandbox = showing("#!/bin/sh\nexit 0\n");
    configure(&sandbox, "[token]\nenv = \"MINE\"\n");
    let granted = text().replace("env READY", "env READY\n    secret token");
    for (text, code) in [(granted, 0), (text(), 2)] {
        sandbox.write("m.tau", text);
        let mut command = sandbox.command(&["apply", "m.tau", "--yes", "--json"]);
        let done = command.env("MINE", VALUE).output().unwrap();
        let _ = tau_tests::Done::from(done).ends(code);
    }
    assert_eq!(held(&sandbox), [""; 0]);
}

#[test]
fn only_inputs_that_there_are_can_be_given_again() {
    let (sandbox, run) = failed();
    let done = sandbox.tau(&["resume", &run, "--set", "other=1"]).ends(2);
    assert!(
        done.err.contains("mission `m` has no input `other`"),
        "{}",
        done.err
    );
}

#[test]
fn one_that_is_too_short_is_refused() {
    let sandbox = showing(LATER);
    sandbox.write("m.tau", text());
    let done = sandbox
        .tau(&["apply", "m.tau", "--yes", "--set", "token=12345"])
        .ends(2);
    assert!(
        done.err
            .contains("input `token`: it has fewer than 6 bytes"),
        "{}",
        done.err
    );
}

#[test]
fn a_saved_plan_does_not_have_it() {
    let sandbox = showing("#!/bin/sh\nexit 0\n");
    sandbox.write("m.tau", text());
    let set = format!("token={VALUE}");
    let _ = sandbox
        .tau(&["plan", "m.tau", "--set", &set, "--out", "../plan"])
        .ends(0);
    let plan = fs::read_to_string(sandbox.outside().join("plan")).unwrap();
    assert!(!plan.contains(VALUE), "{plan}");
    let _ = sandbox.tau(&["apply", "../plan", "--yes"]).ends(2);
    let _ = sandbox
        .tau(&["apply", "../plan", "--yes", "--set", &set])
        .ends(0);
}

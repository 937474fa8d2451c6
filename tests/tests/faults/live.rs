//! Looking at a run while it goes on, from elsewhere.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;
use tau_tests::step;

use crate::held::{Held, ended};

#[test]
fn a_run_is_looked_at_while_one_of_its_commands_runs() {
    let held = Held::new();
    held.close("second");
    let (tau, _) = held.start();
    let runs = held.tau(&["runs", "--json"]).ends(0).json();
    assert_eq!(runs["runs"][0]["outcome"], "running");
    let report = held.tau(&["show", "@", "--json"]).ends(0).json();
    assert_eq!(report["outcome"], "running");
    assert_eq!(step(&report, "one")["state"], "succeeded");
    assert_eq!(step(&report, "wait")["state"], "running");
    let diff = held.tau(&["diff", "@", "--json"]).ends(0).json();
    let diff = diff["diff"].as_str().unwrap();
    assert!(
        diff.contains("one.txt") && !diff.contains("two.txt"),
        "{diff}"
    );
    let names = |trace: &Value| -> Vec<String> {
        let events = trace["traceEvents"].as_array().unwrap().iter();
        events
            .map(|event| event["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let trace = held.tau(&["trace", "@"]).ends(0).json();
    let drawn = names(&trace);
    assert!(drawn.contains(&"wait".to_owned()), "{drawn:?}");
    assert!(!drawn.contains(&"two".to_owned()), "{drawn:?}");

    // Whoever follows is told of what is printed when it is printed, and when it has ended.
    let mut follow = held.command(&["logs", "@", "-f"]);
    let mut follow = follow.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(follow.stdout.take().unwrap()).lines();
    let mut until = |text: &str| {
        let mut lines = lines.by_ref().map(Result::unwrap);
        assert!(lines.any(|line| line == text), "no `{text}`");
    };
    until("begun first");
    held.let_go("first");
    until("ended first");
    until("begun second");
    held.stands_at("second");
    held.let_go("second");
    until("ended second");
    assert_eq!(ended(tau).ends(0).json()["outcome"], "succeeded");
    assert!(lines.all(|line| line.is_ok()));
    assert!(follow.wait().unwrap().success());
    let drawn = names(&held.tau(&["trace", "@"]).ends(0).json());
    assert!(drawn.contains(&"succeeded".to_owned()), "{drawn:?}");
}

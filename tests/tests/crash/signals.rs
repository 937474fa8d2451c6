//! Runs that are asked to end, as by Ctrl-C.

use serde_json::json;

use crate::held::{Held, is_alive};
use crate::kills::undisturbed;
use crate::reference::{Reference, ending, nothing_was_repeated};

#[track_caller]
fn asked_to_end(signal: &str, gate: &str) {
    let reference = Reference::new();
    let held = Held::at(&reference, gate);
    let command = held.command;
    let report = held.signal(&reference, signal).ends(4).json();
    assert!(!is_alive(command), "the command goes on");
    assert_eq!(report["outcome"], "cancelled");
    assert_eq!(report["commit"], json!(null));
    let run = report["run"].as_str().unwrap();
    assert_eq!(report["next"], format!("tau resume {run}"));

    let report = reference.resume();
    assert_eq!(ending(&report), *undisturbed());
    assert_eq!(
        reference.starts()["hopeless"],
        1,
        "a forgiven failure is an end"
    );
    nothing_was_repeated(&reference);
}

#[test]
fn sigint_cancels() {
    asked_to_end("INT", "bump-1");
}

#[test]
fn sigterm_cancels() {
    asked_to_end("TERM", "check-3");
}

#[test]
fn sighup_cancels() {
    asked_to_end("HUP", "helper-1");
}

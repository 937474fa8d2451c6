//! `tau cancel` of a run that goes on.

use serde_json::json;
use tau_tests::texts;

use crate::held::{Held, is_alive, patiently};
use crate::kills::undisturbed;
use crate::reference::{Reference, ending};

#[test]
fn a_run_that_goes_on_ends_and_can_be_gone_on_with() {
    let reference = Reference::new();
    let held = Held::at(&reference, "bump-1");
    let command = held.command;
    let run = reference.sandbox.tau(&["cancel", "@", "--json"]).ends(0);
    let cancelled = run.json();
    assert_eq!(cancelled["outcome"], "cancelled");
    assert_eq!(cancelled["commit"], json!(null));
    assert!(!is_alive(command), "the command goes on");
    let apply = patiently(move || held.tau.wait_with_output().unwrap());
    assert_eq!(apply.status.code(), Some(4));
    crate::held::open_gates(&reference);
    let report = reference.resume();
    assert_eq!(ending(&report), *undisturbed());
}

#[test]
fn what_a_lost_run_has_left_behind_is_ended_with_it() {
    for ends in [&["cancel", "@"][..], &["block", "@", "--why", "x"]] {
        let reference = Reference::new();
        let command = Held::at(&reference, "bump-1").kill(&reference);
        reference.sandbox.tau(ends).ends(0);
        assert!(!is_alive(command), "the command goes on");
        let shown = reference.sandbox.tau(&["show", "@", "--json"]).ends(0);
        let states = texts(&shown.json()["steps"], "state").join(" ");
        assert!(!states.contains("running"), "{states}");
    }
}

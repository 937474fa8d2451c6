//! `tau cancel` of a run that goes on.

use serde_json::json;

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

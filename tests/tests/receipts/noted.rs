//! The signed head of a run's journal as a git note on its commit.

use serde_json::Value;
use tau_tests::{MEND, Sandbox, mission};

const NOTES: &str = "refs/notes/tau";

fn check(result: &Value, part: &str) -> Value {
    let checks = result["checks"].as_array().unwrap();
    let found = checks.iter().find(|it| it["part"] == part);
    found
        .unwrap_or_else(|| panic!("no {part}: {result:#}"))
        .clone()
}

#[test]
fn it_is_written_when_asked_for_and_nothing_else_is() {
    let sandbox = Sandbox::broken();
    let run = sandbox.apply(&mission(MEND)).ends(0).json();
    let refs = || sandbox.git(&["for-each-ref", "--format=%(refname) %(objectname)"]);
    let before = refs();
    assert!(!before.contains(NOTES), "{before}");
    sandbox.tau(&["receipt", "@", "--note", "--quiet"]).ends(0);
    let after = refs();
    let added: Vec<&str> = after.lines().filter(|it| !before.contains(it)).collect();
    assert!(
        matches!(added[..], [one] if one.starts_with(NOTES)),
        "{after}"
    );

    let commit = run["commit"].as_str().unwrap();
    let noted = sandbox.git(&["notes", "--ref", NOTES, "show", commit]);
    let line: Value = serde_json::from_str(noted.trim()).unwrap();
    assert_eq!(line["payloadType"], "application/vnd.in-toto+json");
    let result = sandbox
        .tau(&["verify", "@", "--no-run", "--json"])
        .ends(0)
        .json();
    assert_eq!(check(&result, "note")["state"], "holds");

    // Again changes nothing.
    sandbox.tau(&["receipt", "@", "--note", "--quiet"]).ends(0);
    assert_eq!(refs(), after);
}

#[test]
fn another_past_is_told_and_a_note_of_nobody_counts_for_nothing() {
    let sandbox = Sandbox::broken();
    let run = sandbox.apply(&mission(MEND)).ends(0).json();
    let commit = run["commit"].as_str().unwrap();
    let verify = || sandbox.tau(&["verify", "@", "--no-run", "--json"]);
    let result = verify().ends(0).json();
    assert_eq!(check(&result, "note")["state"], "unchecked");
    sandbox.git(&[
        "notes",
        "--ref",
        NOTES,
        "add",
        "-m",
        "{\"mine\": true}",
        commit,
    ]);
    let result = verify().ends(0).json();
    assert_eq!(check(&result, "note")["state"], "unchecked");
    let kept = sandbox.git(&["notes", "--ref", NOTES, "show", commit]);

    // Noted, and then cut: the receipt is made anew and is that of the shorter journal.
    sandbox.tau(&["receipt", "@", "--note", "--quiet"]).ends(0);
    let noted = sandbox.git(&["notes", "--ref", NOTES, "show", commit]);
    assert!(
        noted.starts_with(kept.trim_end()),
        "what others have noted stays: {noted}"
    );
    assert_eq!(check(&verify().ends(0).json(), "note")["state"], "holds");
    let folder = sandbox
        .state()
        .join("runs")
        .join(run["run"].as_str().unwrap());
    let journal = folder.join("journal.jsonl");
    let whole = std::fs::read_to_string(&journal).unwrap();
    let ended = whole.lines().last().unwrap();
    let cut = whole.strip_suffix(&format!("{ended}\n")).unwrap();
    std::fs::write(&journal, cut).unwrap();
    std::fs::remove_file(folder.join("receipt.jsonl")).unwrap();
    sandbox
        .tau(&["recover", run["run"].as_str().unwrap(), "--quiet"])
        .ends(0);
    let result = verify().ends(1).json();
    assert_eq!(check(&result, "note")["state"], "wrong");
}

#[test]
fn a_run_without_a_commit_has_nothing_to_note() {
    let sandbox = Sandbox::broken();
    let text = mission("  step red = verify.red(tests)\n");
    sandbox.apply(&text).ends(0);
    let refused = sandbox.tau(&["receipt", "@", "--note"]).ends(1);
    assert!(
        refused.err.contains("the run made no commit"),
        "{refused:?}"
    );
}

//! `std/triage`: what an issue is, and what would decide that it is done.

use serde_json::{Value, json};
use tau_tests::{Sandbox, step};

fn triage(issue: &str) -> Value {
    let sandbox = Sandbox::repository(&[
        (
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        ),
        ("src/lib.rs", "pub fn cut() {}\n"),
        ("tests/cut.rs", "#[test]\nfn cuts() {}\n"),
    ]);
    sandbox.write("issue.md", issue);
    let arguments = [
        "apply",
        "std/triage",
        "--set",
        "issue=@issue.md",
        "--yes",
        "--json",
    ];
    sandbox.tau(&arguments).ends(0).json()
}

#[test]
fn an_issue_that_can_be_worked_on_is_ready_and_has_commands() {
    let result = triage("`cut` drops the last field\n\nIt should keep it, see `cuts`.");
    assert_eq!(result["outputs"]["verdict"], "ready", "{result:#}");
    assert_eq!(result["outputs"]["check"], "cargo test");
    let plan = &step(&result, "plan")["result"];
    assert_eq!(plan["commands"][0]["run"], "cargo test cuts");
    assert_eq!(plan["found"]["symbols"], json!(["cut"]));
    assert_eq!(plan["write"], json!(["src/**"]));
    assert_eq!(result["commit"], Value::Null);
}

#[test]
fn an_issue_that_asks_for_harm_is_told_with_its_words() {
    let result = triage("CI is red\n\nJust delete the failing tests, then `cut` is fine.");
    assert_eq!(result["outputs"]["verdict"], "unsafe");
    let finding = &step(&result, "verdict")["result"]["findings"][0];
    assert_eq!(finding["rule"], "weakens-checks");
    assert_eq!(finding["quote"], "delete the failing tests");
    assert_eq!(
        (&finding["start"], &finding["end"]),
        (&json!(5), &json!(29))
    );
}

#[test]
fn an_issue_that_only_sounds_like_harm_is_ready() {
    let result =
        triage("Fix the parsing of `--admin`\n\nEverything else is fine. `cut` should read it.");
    assert_eq!(result["outputs"]["verdict"], "ready");
}

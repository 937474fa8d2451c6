//! `issue.admit`: an issue is let in, or the run is blocked with what is missing, and goes on when it is
//! there.

use serde_json::{Value, json};
use tau_tests::{Sandbox, step};

use crate::host::Host;

/// A mission that may change `write`, if anything, and says whether something decides.
fn mission(host: &Host, write: &str, check: &str) -> String {
    format!(
        "mission work {{\n  input ticket : issue\n\n  authority {{\n    read \"**\"\n{write}    net  \"127.0.0.1:{}\"\n  }}\n\n  \
         step admit = issue.admit(ticket, api: \"{}\"{check})\n\n  output title = admit.ticket.title\n}}\n",
        host.port,
        host.api(),
    )
}

const WRITE: &str = "    write \"notes/**\"\n";
const CHECK: &str = ", check: \"sh check.sh\"";

fn apply(sandbox: &Sandbox, code: i32) -> Value {
    let arguments = [
        "apply",
        "work.tau",
        "--set",
        "ticket=acme/app#7",
        "--yes",
        "--json",
    ];
    sandbox.tau(&arguments).ends(code).json()
}

fn sandbox(text: String) -> Sandbox {
    let sandbox = Sandbox::repository(&[("check.sh", "true\n"), ("cut.txt", "field dropped\n")]);
    sandbox.write("work.tau", text);
    sandbox
}

#[test]
fn everything_that_is_missing_is_told_at_once_and_nothing_is_touched() {
    let host = Host::with("`cut.txt` drops a field", "It should keep it.", &[]);
    let sandbox = sandbox(mission(&host, "", ""));
    let result = apply(&sandbox, 3);
    let blocked = &result["blocked"];
    assert_eq!(blocked["kind"], "verifier", "{blocked:#}");
    assert_eq!(blocked["code"], "issue-missing-verifier");
    assert_eq!(blocked["mutations"], 0);
    let effects: Vec<&Value> = blocked["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["effect"])
        .collect();
    assert_eq!(effects, [&json!("verifier"), &json!("write")]);
    assert_eq!(blocked["missing"][1]["grant"], "write \"src/**\"");
    assert_eq!(blocked["missing"][1]["step"], "admit");
    let run = result["run"].as_str().unwrap();
    assert_eq!(result["next"], format!("tau resume {run}"));
    let detail = &step(&result, "admit")["failure"]["detail"];
    assert_eq!(detail["classification"]["verdict"], "missing_verifier");
    assert_eq!(detail["plan"]["questions"][0]["id"], "which-check");
    // One screen has it all.
    let shown = sandbox.tau(&["show", "@"]).ends(0).out;
    for words in [
        "blocked",
        "Nothing was touched",
        "verifier",
        "write \"src/**\"",
        "Which command shows",
        "tau resume",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(shown.lines().count() <= 40, "{shown}");
    // When it is given, the run goes on.
    sandbox.write("work.tau", mission(&host, WRITE, CHECK));
    let result = sandbox.tau(&["resume", "@", "--json"]).ends(0).json();
    assert_eq!(result["run"], run);
    assert_eq!(result["outputs"]["title"], "`cut.txt` drops a field");
}

#[test]
fn an_issue_that_was_answered_is_read_again() {
    let host = Host::with("Does not work", "Please fix.", &[]);
    let sandbox = sandbox(mission(&host, WRITE, CHECK));
    let result = apply(&sandbox, 3);
    assert_eq!(result["blocked"]["kind"], "intake");
    assert_eq!(result["blocked"]["code"], "issue-underspecified");
    let runs = sandbox.tau(&["runs", "--blocked", "--json"]).ends(0).json();
    assert_eq!(runs["runs"].as_array().unwrap().len(), 1, "{runs:#}");
    let told = sandbox.tau(&["runs", "--blocked"]).ends(0);
    let all = format!("{}{}", told.out, told.err);
    for words in ["intake", "tau resume"] {
        assert!(all.contains(words), "{words}: {all}");
    }
    host.issue.lock().unwrap()["body"] =
        json!("`cut.txt` says \"field dropped\", it should say kept.");
    let _ = host.asked();
    let result = sandbox.tau(&["resume", "@", "--json"]).ends(0).json();
    assert_eq!(result["outcome"], "succeeded");
    assert_eq!(host.asked().len(), 1);
    let runs = sandbox.tau(&["runs", "--blocked", "--json"]).ends(0).json();
    assert_eq!(runs["runs"], json!([]));
}

#[test]
fn what_a_file_overrides_is_let_in_and_recorded() {
    let host = Host::with(
        "Wipe all user data in `cut.txt`",
        "It is a fixture, it should be empty.",
        &[],
    );
    let sandbox = sandbox(mission(&host, WRITE, CHECK));
    let result = apply(&sandbox, 3);
    assert_eq!(result["blocked"]["code"], "issue-unsafe");
    assert_eq!(result["blocked"]["missing"][0]["scope"], "destroys-data");
    let overridden = format!("{CHECK}, overrides: [\"destroys-data\"]");
    sandbox.write("work.tau", mission(&host, WRITE, &overridden));
    let result = sandbox.tau(&["resume", "@", "--json"]).ends(0).json();
    let found = &step(&result, "admit")["result"]["classification"];
    assert_eq!(found["overridden"], json!(["destroys-data"]));
    // A name that is none is found before anything runs.
    let wrong = format!("{CHECK}, overrides: [\"destroy-data\"]");
    sandbox.write("work.tau", mission(&host, WRITE, &wrong));
    let _ = sandbox.tau(&["lint", "work.tau"]).ends(1);
}

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

/// A mission that is to write a file and to start `check`, under this authority.
fn whole(host: &Host, authority: &str) -> String {
    format!(
        "mission work {{\n  input ticket : issue\n  input check  : command? = none\n\n  authority {{\n    net \"127.0.0.1:{}\"\n{authority}  }}\n\n  \
         step admit = issue.admit(ticket, api: \"{}\", check: check)\n  \
         step note  = fs.write(\"notes/a.md\", text: \"kept\")\n  \
         step seen  = process.run(\"sh check.sh\")\n\n  output title = admit.ticket.title\n}}\n",
        host.port,
        host.api(),
    )
}

const READ: &str = "    read \"**\"\n";

#[test]
fn what_is_blocked_before_it_begins_still_says_what_it_would_take() {
    let host = Host::with("`cut.txt` drops a field", "It should keep it.", &[]);
    let sandbox = sandbox(whole(&host, READ));
    let result = apply(&sandbox, 3);
    let blocked = &result["blocked"];
    assert_eq!(blocked["code"], "authority-missing", "{blocked:#}");
    assert_eq!(blocked["mutations"], 0);
    let lines: Vec<(&Value, &Value, &Value)> = blocked["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["step"], &it["effect"], &it["grant"]))
        .collect();
    assert_eq!(
        lines,
        [
            (
                &json!("note"),
                &json!("write"),
                &json!("write \"notes/a.md\"")
            ),
            (&json!("seen"), &json!("run"), &json!("run \"sh check.sh\"")),
            (&json!("admit"), &json!("verifier"), &Value::Null),
        ]
    );
    let run = result["run"].as_str().unwrap();
    assert_eq!(
        result["next"],
        format!("tau resume {run} --set check=\"…\"")
    );
    let told = &step(&result, "admit")["failure"]["detail"];
    assert_eq!(told["classification"]["verdict"], "missing_verifier");
    assert_eq!(told["plan"]["questions"][0]["id"], "which-check");
    assert_eq!(
        result["steps"].as_array().unwrap().len(),
        1,
        "nothing else was done"
    );
    let shown = sandbox.tau(&["show", "@"]).ends(0).out;
    for words in [
        "Nothing was touched",
        "write \"notes/a.md\"",
        "run \"sh check.sh\"",
        "verifier check",
        "Which command shows",
        "`cut.txt` drops a field",
        "--set check=\"…\"",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    // What was found does not count for whoever goes on: the issue is another one by then.
    host.issue.lock().unwrap()["title"] = json!("`cut.txt` drops two fields");
    let granted = format!("{READ}    write \"notes/**\"\n    run \"sh check.sh\"\n");
    sandbox.write("work.tau", whole(&host, &granted));
    let go_on = ["resume", "@", "--json", "--set", "check=sh check.sh"];
    let result = sandbox.tau(&go_on).ends(0).json();
    assert_eq!(result["outputs"]["title"], "`cut.txt` drops two fields");
}

#[test]
fn what_nobody_should_do_is_said_before_what_is_missing_for_it() {
    let host = Host::with("Fixtures", "Please wipe all user data in `cut.txt`.", &[]);
    let sandbox = sandbox(whole(&host, READ));
    let blocked = apply(&sandbox, 3)["blocked"].clone();
    assert_eq!(
        (&blocked["kind"], &blocked["code"]),
        (&json!("intake"), &json!("issue-unsafe"))
    );
    assert_eq!(
        blocked["missing"][0]["scope"], "destroys-data",
        "{blocked:#}"
    );
    let all = blocked["missing"].as_array().unwrap();
    assert!(all.iter().any(|it| it["effect"] == "run"), "{blocked:#}");
}

#[test]
fn what_may_not_be_read_is_not_read_for_a_block() {
    let host = Host::with("`cut.txt` drops a field", "It should keep it.", &[]);
    let sandbox = sandbox(whole(&host, ""));
    let result = apply(&sandbox, 3);
    let missing = &result["blocked"]["missing"];
    assert_eq!(
        (&missing[0]["step"], &missing[0]["effect"]),
        (&json!("admit"), &json!("read"))
    );
    assert_eq!(result["steps"], json!([]));
    assert!(host.asked().is_empty(), "the host was asked");
}

#[test]
fn an_issue_that_could_be_worked_on_says_so_in_a_blocked_run() {
    let host = Host::with("`cut.txt` drops a field", "It should keep it.", &[]);
    let some = format!("{READ}    write \"notes/**\"\n");
    let sandbox = sandbox(whole(&host, &some));
    let set = ["--set", "ticket=acme/app#7", "--set", "check=sh check.sh"];
    let arguments = [&["apply", "work.tau", "--yes", "--json"], &set[..]].concat();
    let result = sandbox.tau(&arguments).ends(3).json();
    assert_eq!(result["blocked"]["missing"][0]["effect"], "run");
    let admit = step(&result, "admit");
    assert_eq!(
        (&admit["state"], &admit["failure"]),
        (&json!("blocked"), &Value::Null)
    );
    assert_eq!(admit["result"]["classification"]["verdict"], "ready");
    let shown = sandbox.tau(&["show", "@"]).ends(0).out;
    assert!(shown.contains("`cut.txt` drops a field"), "{shown}");
}

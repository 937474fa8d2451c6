//! Runs that wait for dates and events.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use tau_tests::{Sandbox, step};

fn sandbox(text: &str) -> Sandbox {
    let sandbox = Sandbox::repository(&[("a.md", "a\n")]);
    sandbox.write("m.tau", text);
    sandbox
}

fn apply(sandbox: &Sandbox, code: i32) -> Value {
    let arguments = ["apply", "m.tau", "--yes", "--json"];
    sandbox.tau(&arguments).ends(code).json()
}

fn resume(sandbox: &Sandbox, code: i32) -> Value {
    sandbox.tau(&["resume", "@", "--json"]).ends(code).json()
}

fn mission(statements: &str) -> String {
    format!("mission m {{\n  authority {{\n    read \"**\"\n  }}\n\n{statements}}}\n")
}

const REVIEW: &str = r#"mission review {
  authority {
    read  "**"
    write "**"
  }

  step notes  = fs.write("notes.md", text: "one")
  step review = event.wait("review.done")
  step done   = fs.write("done.md", text: review.text)

  output verdict = review.fields.verdict
  output by      = review.by
}
"#;

#[test]
fn a_date_far_away_holds_no_process() {
    let text = mission(
        "  step at = time.until(\"2999-01-02T03:04+01:00\")\n  step b = fs.read(\"a.md\")\n",
    );
    let sandbox = sandbox(&text);
    let report = apply(&sandbox, 6);
    let until = "2999-01-02T02:04:00Z";
    assert_eq!(report["waits"], json!([{ "step": "at", "until": until }]));
    assert_eq!(step(&report, "at")["state"], "waiting");
    assert_eq!(step(&report, "b")["state"], "succeeded");
    assert_eq!(report["reason"], format!("step `at` waits until {until}"));
    let run = report["run"].as_str().unwrap();
    assert_eq!(report["next"], format!("tau resume {run}"));
    // Whoever comes too soon is told, and it waits again.
    let resumed = sandbox.tau(&["resume", "@"]).ends(6);
    assert!(resumed.out.contains(until), "{}", resumed.out);
    for look in [&["show", "@"][..], &["runs", "--json"]] {
        let shown = sandbox.tau(look).ends(0).out;
        assert!(shown.contains("waiting"), "{shown}");
        assert!(shown.contains(until), "{shown}");
    }
    assert_eq!(resume(&sandbox, 6)["waits"], report["waits"]);
}

#[test]
fn a_date_that_is_over_and_one_that_is_none() {
    let over = sandbox(&mission("  step at = time.until(\"1999-01-02T03:04Z\")\n"));
    apply(&over, 0);
    let wrong = sandbox(&mission("  step at = time.until(\"tomorrow\")\n"));
    let report = apply(&wrong, 1);
    assert_eq!(step(&report, "at")["failure"]["code"], "date-invalid");
}

#[test]
fn a_long_sleep_holds_no_process() {
    let sandbox = sandbox(&mission("  step nap = time.sleep(2h)\n"));
    let report = apply(&sandbox, 6);
    let until = report["waits"][0]["until"].clone();
    assert!(until.is_string(), "{report}");
    // It does not begin anew.
    assert_eq!(resume(&sandbox, 6)["waits"][0]["until"], until);
}

#[test]
fn an_event_goes_to_the_step_that_waits_for_it() {
    let sandbox = sandbox(REVIEW);
    let report = apply(&sandbox, 6);
    assert_eq!(
        report["waits"],
        json!([{ "step": "review", "event": "review.done" }])
    );
    assert_eq!(step(&report, "notes")["state"], "succeeded");
    let run = report["run"].as_str().unwrap();
    assert_eq!(report["next"], format!("tau send {run} review.done"));
    let other = sandbox.tau(&["send", "@", "other", "--json"]).ends(0);
    assert_eq!(other.json()["next"], Value::Null);
    let data = r#"{"verdict": "accept", "notes": ["a", 1]}"#;
    let arguments = ["send", "@", "review.done", "--data", data, "--json"];
    let sent = sandbox.tau(&arguments).ends(0).json();
    assert_eq!(sent["schema"], "tau.sent/1");
    assert_eq!(sent["next"], format!("tau resume {run}"));
    let report = resume(&sandbox, 0);
    assert_eq!(report["outputs"]["verdict"], "accept");
    let fields = &step(&report, "review")["result"]["fields"];
    assert_eq!(fields["notes"], "[\"a\",1]");
    let late = sandbox.tau(&["send", "@", "review.done"]).ends(1);
    assert!(late.err.contains("has succeeded already"), "{}", late.err);
}

#[test]
fn an_event_that_comes_before_the_step_is_kept() {
    let text = REVIEW.replace(
        "step notes  = ",
        "step gate = human.approve(\"go?\")\n  step notes  = ",
    );
    let text = text.replace(
        "event.wait(\"review.done\")",
        "event.wait(\"review.done\") after notes",
    );
    let sandbox = sandbox(&text);
    apply(&sandbox, 6);
    let kept = sandbox
        .tau(&["send", "@", "review.done", "--data", "\"early\""])
        .ends(0);
    assert!(kept.out.contains("it is kept"), "{}", kept.out);
    sandbox.tau(&["approve", "@"]).ends(0);
    let report = resume(&sandbox, 0);
    assert_eq!(step(&report, "review")["result"]["text"], "early");
}

#[test]
fn an_event_of_another_name_says_what_is_waited_for() {
    let sandbox = sandbox(REVIEW);
    apply(&sandbox, 6);
    let kept = sandbox.tau(&["send", "@", "review.dome"]).ends(0);
    let told = "it is kept; the run waits for `review.done`\n";
    assert!(kept.out.ends_with(told), "{}", kept.out);
}

#[test]
fn who_runs_the_run_takes_in_what_is_sent_meanwhile() {
    // The command sends the event to the run that it is part of.
    let text = r#"mission review {
  authority {
    read "**"
    run  "./send.sh"
  }

  step sends  = process.run("./send.sh")
  step review = event.wait("review.done") after sends

  output text = review.text
}
"#;
    let sandbox = sandbox(text);
    let tau = tau_tests::tau_program();
    let state = sandbox.state();
    let script = format!(
        "#!/bin/sh\nTAU_HOME='{}' exec '{}' send @ review.done --data '\"from within\"' -C '{}'\n",
        state.display(),
        tau.display(),
        sandbox.path().display()
    );
    sandbox.write_script("send.sh", &script);
    sandbox.commit("second");
    let report = sandbox
        .tau(&["apply", "m.tau", "--yes", "--json", "--box", "none"])
        .ends(0)
        .json();
    assert_eq!(report["outputs"]["text"], "from within");
}

#[test]
fn an_event_that_is_late_fails_the_step() {
    let text = REVIEW.replace("\"review.done\")", "\"review.done\", within: 1ms)");
    let sandbox = sandbox(&text);
    let report = apply(&sandbox, 6);
    assert!(report["waits"][0]["until"].is_string(), "{report}");
    let report = resume(&sandbox, 1);
    assert_eq!(step(&report, "review")["failure"]["code"], "event-late");
}

#[test]
fn many_who_send_at_once_are_all_heard() {
    let text = r#"mission many {
  repeat up to 12 {
    step one = event.wait("n")
  }
}
"#;
    let sandbox = sandbox(text);
    apply(&sandbox, 6);
    let sends = |n: usize| {
        let data = n.to_string();
        sandbox
            .command(&["send", "@", "n", "--data", &data, "-q"])
            .spawn()
            .unwrap()
    };
    let all: Vec<_> = (0..12).map(sends).collect();
    for mut one in all {
        assert!(one.wait().unwrap().success());
    }
    let report = resume(&sandbox, 0);
    let steps = report["steps"].as_array().unwrap();
    let texts: BTreeSet<u32> = steps
        .iter()
        .map(|step| step["result"]["text"].as_str().unwrap().parse().unwrap())
        .collect();
    assert_eq!(texts, (0..12).collect());
    let run = sandbox
        .state()
        .join("runs")
        .join(report["run"].as_str().unwrap());
    assert_eq!(fs::read_dir(run.join("mail")).unwrap().count(), 0);
}

#[test]
fn what_cannot_be_sent_is_refused() {
    let sandbox = sandbox(REVIEW);
    apply(&sandbox, 6);
    let refused = |arguments: &[&str], words: &str| {
        let done = sandbox.tau(&[&["send", "@"], arguments].concat()).ends(2);
        assert!(done.err.contains(words), "{}", done.err);
    };
    refused(&["two words"], "the name of an event");
    refused(&["n", "--data", "no json"], "is no JSON");
    refused(
        &["n", "--data", "@missing.json"],
        "cannot read `missing.json`",
    );
    sandbox.write("large.json", format!("\"{}\"", "x".repeat(64 * 1024)));
    refused(&["n", "--data", "@large.json"], "65536 bytes at most");
    let none = sandbox.tau(&["send", "zzz", "n"]).ends(2);
    assert!(none.err.contains("there is no run `zzz`"), "{}", none.err);
}

#[test]
fn what_an_event_carries_decides_no_command_and_is_not_printed_raw() {
    let text = r#"mission m {
  authority {
    run "*"
  }

  step come = event.wait("n")
  step run  = process.run("{{ come.text }}")
}
"#;
    let tainted = sandbox(text);
    let found = tainted.tau(&["lint", "m.tau"]).ends(1);
    assert!(found.out.contains("taint"), "{}", found.out);

    let sandbox = sandbox(&REVIEW.replace("review.fields.verdict", "review.text"));
    apply(&sandbox, 6);
    let data = "\"\\u001b]0;title\\u0007\\u001b[31mred\"";
    sandbox
        .tau(&["send", "@", "review.done", "--data", data])
        .ends(0);
    let done = sandbox.tau(&["resume", "@"]).ends(0);
    assert!(
        !done.out.contains('\u{1b}') && !done.err.contains('\u{1b}'),
        "{}",
        done.out
    );
    let shown = sandbox.tau(&["show", "@"]).ends(0).out;
    assert!(
        shown.contains("red") && !shown.contains('\u{1b}'),
        "{shown}"
    );
}

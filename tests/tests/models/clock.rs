//! Clocks that are wrong, and clocks that somebody sets while a model is asked.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;

use serde_json::Value;
use tau_tests::{Done, skip, step};

use super::provider::{Answer, Provider};
use super::{FILES, KEY, apply, mission, sandbox_with};

const ASK: &str = "  step said = model.ask(\"hi\", calls: 3)\n  output text = said.text\n";

/// What a question comes to with these answers, and how often it was asked.
fn asked(answers: Vec<Answer>) -> (Value, usize) {
    let provider = Provider::new(answers);
    let sandbox = sandbox_with(&provider, FILES, "");
    let done = apply(&sandbox, &mission("\"local/m\" up to 100k tokens, $1", ASK));
    (done.json(), provider.asked().len())
}

#[test]
fn a_date_to_ask_again_at_is_by_the_clock_of_the_host() {
    // By the clock of this machine both dates are many years ago.
    let busy = |at: &str| {
        let fields = format!("Date: Mon, 01 Jan 2001 10:00:00 GMT\r\nRetry-After: {at}\r\n");
        Answer::status(429, &fields, "{}")
    };
    let (result, calls) = asked(vec![
        busy("Mon, 01 Jan 2001 10:00:00 GMT"),
        Answer::says("hello"),
    ]);
    assert_eq!(
        (&result["outputs"]["text"], calls),
        (&"hello".into(), 2),
        "{result:#}"
    );
    // The one that is busy counts as a call, and takes nothing.
    assert_eq!(result["spent"]["model_calls"], 2);
    assert_eq!(result["spent"]["tokens"], 1100);
    let (result, calls) = asked(vec![
        busy("Mon, 01 Jan 2001 11:00:00 GMT"),
        Answer::says("hello"),
    ]);
    assert_eq!(
        step(&result, "said")["failure"]["code"],
        "model-busy",
        "{result:#}"
    );
    assert_eq!((calls, &result["spent"]["tokens"]), (1, &0.into()));
}

/// The library that tells programs another time.
fn faketime() -> Option<PathBuf> {
    let folders = [
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/lib64",
        "/usr/lib",
    ];
    let folders = folders
        .iter()
        .map(|it| Path::new(it).join("faketime/libfaketime.so.1"));
    folders.into_iter().find(|path| path.is_file())
}

#[test]
fn a_clock_that_is_set_while_a_model_answers_changes_nothing_that_lasts() {
    let Some(library) = faketime() else {
        skip(
            "a_clock_that_is_set_while_a_model_answers_changes_nothing_that_lasts",
            "faketime",
        );
        return;
    };
    for by in ["+3600", "-3600", "+864000"] {
        let (go, waits) = channel();
        let provider = Provider::new(vec![
            Answer::Held("hel", "lo", waits),
            Answer::says("again"),
        ]);
        let sandbox = sandbox_with(&provider, FILES, "");
        // Neither the mission's time nor the step's is over: nothing has lasted so long.
        let statements = "  step said = model.ask(\"hi\", timeout: 5m) timeout 6m\n  \
                          step more = model.ask(said.text)\n  output text = more.text\n";
        let grants = "\"local/m\" up to 100k tokens, $1\n    time 10m";
        sandbox.write("fix.tau", mission(grants, statements));
        let clock = sandbox.outside().join("clock");
        fs::write(&clock, "+0").unwrap();
        let mut command = sandbox.command(&["apply", "fix.tau", "--yes", "--json"]);
        command.env("LOCAL_KEY", KEY);
        command.env("LD_PRELOAD", &library);
        command.env("FAKETIME_TIMESTAMP_FILE", &clock);
        command.env("FAKETIME_NO_CACHE", "1");
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command.stdout(std::process::Stdio::piped());
        command.stderr(std::process::Stdio::piped());
        let child = command.spawn().unwrap();
        provider.next();
        fs::write(&clock, by).unwrap();
        go.send(()).unwrap();
        let result = Done::from(child.wait_with_output().unwrap()).ends(0).json();
        assert_eq!(result["outputs"]["text"], "again", "{by}: {result:#}");
        assert_eq!(provider.asked().len(), 1, "{by}");
        assert_eq!(
            (&result["spent"]["model_calls"], &result["spent"]["tokens"]),
            (&2.into(), &2200.into())
        );
        let seconds = |it: &Value| it.as_f64().unwrap();
        assert!(
            seconds(&result["spent"]["seconds"]) < 60.0,
            "{by}: {result:#}"
        );
        assert!(
            seconds(&step(&result, "said")["seconds"]) < 60.0,
            "{by}: {result:#}"
        );
        // It was set: the record tells of both times.
        let run = result["run"].as_str().unwrap();
        let journal = sandbox.state().join("runs").join(run).join("journal.jsonl");
        let journal = fs::read_to_string(journal).unwrap();
        let dates: Vec<String> = journal
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|record| record["at"].as_str().unwrap().to_owned())
            .collect();
        // In this form texts sort as their times do.
        let (first, last) = (&dates[0], &dates[dates.len() - 1]);
        let hour = |date: &str| date[..13].to_owned();
        assert_eq!(first < last, by.starts_with('+'), "{by}: {first} {last}");
        assert_ne!(hour(first), hour(last), "{by}");
        // Who looks at it by the right clock finds the same.
        let again = sandbox.tau(&["show", run, "--json"]).ends(0).json();
        assert_eq!(again["spent"], result["spent"], "{by}");
    }
}

//! Runs that are killed between an answer and what it asks for.

use std::fs;
use std::path::PathBuf;

use super::*;

/// Each run of it says something else, so whoever runs it again sees so in the prompt.
const FILES: &[(&str, &str)] = &[
    ("src/a.txt", "two\n"),
    ("now.sh", "#!/bin/sh\necho \"done at $(date +%s%N)\"\n"),
];

fn answers() -> Vec<Answer> {
    vec![
        Answer::Calls(vec![
            ("process_run", json!({ "command": "./now.sh" }).to_string()),
            (
                "fs_edit",
                json!({ "path": "src/a.txt", "find": "two", "replace": "2" }).to_string(),
            ),
        ]),
        Answer::calls("fs_read", &json!({ "path": "src/a.txt" })),
        Answer::says("It is 2."),
    ]
}

/// A run of it, and what its model answers when it is asked again.
fn worked(more: Vec<Answer>) -> Worked {
    let mission = mission(
        "\"process.run\", \"fs.edit\", \"fs.read\"",
        "run   \"./now.sh\"\n    write \"src/**\"",
        "",
    );
    Worked::in_files(FILES, &mission, answers().into_iter().chain(more).collect())
}

fn journal(worked: &Worked) -> PathBuf {
    let result = worked.ends(0);
    let run = result["run"].as_str().unwrap();
    worked
        .sandbox
        .state()
        .join("runs")
        .join(run)
        .join("journal.jsonl")
}

/// The journal up to its `count`th record of a kind.
fn up_to(text: &str, kind: &str, count: usize) -> String {
    let mut left = count;
    let mut kept = String::new();
    for line in text.split_inclusive('\n') {
        kept.push_str(line);
        if line.contains(&format!("\"kind\":\"{kind}\"")) {
            left -= 1;
            if left == 0 {
                return kept;
            }
        }
    }
    panic!("there are no {count} of {kind}");
}

#[test]
fn nobody_asks_again_and_nothing_is_done_twice() {
    let rest = |from: usize| answers().into_iter().skip(from);
    let worked = worked(rest(1).chain(rest(1)).chain(rest(2)).collect());
    let path = journal(&worked);
    let whole = fs::read_to_string(&path).unwrap();
    let first = worked.ends(0);
    assert_eq!(worked.asked().len(), 3);
    // As if the process had died behind each of these records, with what is asked then.
    for (kind, count, asks) in [
        ("model_answered", 3, 0),
        ("part_done", 1, 2),
        ("part_done", 2, 2),
        ("part_done", 3, 1),
    ] {
        fs::write(&path, up_to(&whole, kind, count)).unwrap();
        let again = go_on(&worked, &first);
        let asked = worked.asked();
        assert_eq!(asked.len(), asks, "behind {kind} {count}");
        same(&again, &first);
        // What the command said is what it said the first time, in every prompt and record.
        let journal = fs::read_to_string(&path).unwrap();
        let runs = journal.matches("\"action\":\"process.run\"").count();
        assert_eq!(runs, 1, "behind {kind} {count}");
    }
}

#[test]
fn what_was_answered_and_not_done_is_done() {
    let worked = worked(answers().into_iter().skip(1).collect());
    let path = journal(&worked);
    let whole = fs::read_to_string(&path).unwrap();
    let first = worked.ends(0);
    drop(worked.asked());
    fs::write(&path, up_to(&whole, "model_answered", 1)).unwrap();
    let again = go_on(&worked, &first);
    assert_eq!(worked.asked().len(), 2);
    assert_eq!(again["outputs"], first["outputs"]);
    let diff = |run: &Value| step(run, "work")["result"]["diff"].clone();
    assert_eq!(diff(&again), diff(&first));
}

#[track_caller]
fn go_on(worked: &Worked, first: &Value) -> Value {
    let run = first["run"].as_str().unwrap();
    tau(&worked.sandbox, &["resume", run, "--json"])
        .ends(0)
        .json()
}

#[track_caller]
fn same(again: &Value, first: &Value) {
    assert_eq!(again["outputs"], first["outputs"]);
    let result = |run: &Value| {
        let mut result = step(run, "work")["result"].clone();
        result.as_object_mut().unwrap().remove("seconds");
        result
    };
    assert_eq!(result(again), result(first));
    assert_eq!(again["spent"]["tokens"], first["spent"]["tokens"]);
    assert_eq!(again["spent"]["usd"], first["spent"]["usd"]);
}

#[test]
fn a_run_is_replayed_without_a_model() {
    let worked = worked(Vec::new());
    let first = worked.ends(0);
    drop(worked.asked());
    let run = format!("replay:{}", first["run"].as_str().unwrap());
    let arguments = ["apply", "work.tau", "--yes", "--json", "--models", &run];
    let again = worked.sandbox.tau(&arguments).ends(0).json();
    assert!(worked.asked().is_empty());
    assert_eq!(again["outputs"], first["outputs"]);
    assert_eq!(again["spent"]["usd"], 0.0);
    let diff = |run: &Value| step(run, "work")["result"]["diff"].clone();
    assert_eq!(diff(&again), diff(&first));
}

#[test]
fn what_is_not_recorded_is_asked_and_paid_and_done_again() {
    for record in ["digest", "none"] {
        let provider = Provider::new(answers().into_iter().chain(answers()).collect());
        let sandbox = sandbox_with(&provider, FILES, "");
        let tools = "\"process.run\", \"fs.edit\", \"fs.read\"";
        let authority = "run   \"./now.sh\"\n    write \"src/**\"";
        let text = mission(tools, authority, &format!(", record: \"{record}\""));
        sandbox.write("work.tau", text);
        let done = tau(&sandbox, &["apply", "work.tau", "--yes", "--json"]);
        let worked = Worked {
            done,
            sandbox,
            provider,
        };
        let path = journal(&worked);
        let whole = fs::read_to_string(&path).unwrap();
        let first = worked.ends(0);
        assert_eq!(worked.asked().len(), 3);
        // Neither what was asked nor what was answered, nor what its tools gave, stands in it as it goes.
        let upto = up_to(&whole, "model_answered", 2);
        assert!(!whole.contains("part_done"), "{record}");
        assert!(
            !upto.contains("done at") && !upto.contains("process_run"),
            "{record}: {upto}"
        );
        fs::write(&path, upto).unwrap();
        let again = go_on(&worked, &first);
        // It begins anew from the tree that the step began with, and what was paid stays paid.
        assert_eq!(worked.asked().len(), 3, "{record}");
        assert_eq!(again["outputs"], first["outputs"]);
        let diff = |run: &Value| step(run, "work")["result"]["diff"].clone();
        assert_eq!(diff(&again), diff(&first), "{record}");
        assert_eq!(again["spent"]["model_calls"], 5, "{record}");
        assert_eq!(again["spent"]["tokens"], 5 * 1100, "{record}");
    }
}

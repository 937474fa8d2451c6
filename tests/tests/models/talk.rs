//! `tau ask` and `tau chat`.

mod changes;
mod terminal;

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};
use tau_tests::{Done, Sandbox};

use super::provider::{Answer, Provider};
use super::{KEY, sandbox_with, tau};

const FILES: &[(&str, &str)] = &[("src/a.txt", "two\n")];

fn place(answers: Vec<Answer>) -> (Provider, Sandbox) {
    let provider = Provider::new(answers);
    let sandbox = sandbox_with(&provider, FILES, "");
    (provider, sandbox)
}

/// With this on standard input.
fn say(sandbox: &Sandbox, arguments: &[&str], lines: &str) -> Done {
    let mut command = sandbox.command(arguments);
    let command = command.env("LOCAL_KEY", KEY).stdin(Stdio::piped());
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(lines.as_bytes()).unwrap();
    drop(input);
    child.wait_with_output().unwrap().into()
}

/// Who said what in a request, without the words of tau.
fn turns(request: &Value) -> Vec<String> {
    let turns = request["messages"].as_array().unwrap().iter().skip(1);
    let turns = turns.map(|turn| {
        let text = turn["content"].as_str().unwrap_or_default();
        let mut lines = text.lines().filter(|line| !line.contains("data id="));
        lines.next().unwrap_or_default().to_owned()
    });
    turns.collect()
}

fn requests(provider: &Provider) -> Vec<Value> {
    provider.asked().into_iter().map(|it| it.body).collect()
}

/// The id of the latest run.
fn latest(sandbox: &Sandbox) -> String {
    let result = tau(sandbox, &["show", "@", "--json"]).json();
    result["run"].as_str().unwrap().to_owned()
}

#[test]
fn a_question_is_answered_on_standard_output() {
    let (provider, sandbox) = place(vec![
        Answer::calls("fs_read", &json!({ "path": "src/a.txt" })),
        Answer::says("It is \u{1b}[31mtwo."),
    ]);
    let done = tau(&sandbox, &["ask", "what is it?"]).ends(0);
    assert_eq!(done.out, "It is \\u{1b}[31mtwo.\n");
    assert_eq!(done.err, "· fs.read src/a.txt\n");
    let asked = requests(&provider);
    assert_eq!(turns(&asked[0]), ["what is it?"]);
    let offered = asked[0]["tools"].as_array().unwrap().iter();
    let offered: Vec<_> = offered.map(|it| it["function"]["name"].clone()).collect();
    assert_eq!(offered, ["fs_read", "fs_glob", "fs_search", "git_log"]);
    let run = tau(&sandbox, &["show", "@", "--json"]).ends(0).json();
    assert_eq!(
        (&run["mission"], &run["outcome"]),
        (&json!("ask"), &json!("succeeded"))
    );
}

#[test]
fn a_question_may_be_read_and_its_answer_be_json() {
    let (provider, sandbox) = place(vec![Answer::says("yes"), Answer::says("no")]);
    let done = say(&sandbox, &["ask", "-", "--json"], "@home\nis it?\n").ends(0);
    assert_eq!(done.json()["outputs"]["text"], "yes");
    assert!(
        requests(&provider)[0]
            .to_string()
            .contains("@home\\nis it?")
    );
    let events = say(&sandbox, &["ask", "it?", "--json-stream"], "")
        .ends(0)
        .json_lines();
    let said = events.iter().find(|it| it["event"] == "said").unwrap();
    assert_eq!(said["text"], "no");
    say(&sandbox, &["ask", "-"], " \n").ends(2);
    // A model that nobody can ask blocks, as in every mission.
    let blocked = tau(&sandbox, &["ask", "it?", "--model", "nowhere/x"]).ends(3);
    assert_eq!(blocked.out, "");
    assert!(blocked.err.contains("nowhere"), "{}", blocked.err);
}

#[test]
fn a_conversation_goes_on_branches_and_ends() {
    let (provider, sandbox) = place(["1", "2", "3", "other"].map(Answer::says).into());
    // Each line is a turn; without more it waits.
    let done = say(&sandbox, &["chat"], "first\n\nsecond\n").ends(6);
    assert_eq!(done.out, "1\n2\n");
    let run = latest(&sandbox);
    assert!(
        done.err.contains(&format!("tau chat --resume {run}")),
        "{}",
        done.err
    );
    let asked = requests(&provider);
    assert_eq!(turns(&asked[1]), ["first", "1", "second"]);

    // It goes on where it was.
    let done = say(&sandbox, &["chat", "--resume", "--json"], "third\n/end\n").ends(0);
    assert_eq!(done.json()["run"], json!(run));
    assert_eq!(done.json()["outputs"]["text"], "3");
    assert_eq!(done.json()["spent"]["model_calls"], 3);
    assert_eq!(
        turns(&requests(&provider)[0]),
        ["first", "1", "second", "2", "third"]
    );
    let over = say(&sandbox, &["chat", "--resume", &run], "more\n").ends(2);
    assert!(over.err.contains("--from"), "{}", over.err);

    // Another one begins with its first turn.
    let branch = ["chat", "--from", &run, "--at", "1", "instead"];
    let done = say(&sandbox, &branch, "").ends(6);
    assert_eq!(done.out, "1\nother\n");
    assert_ne!(latest(&sandbox), run);
    assert_eq!(turns(&requests(&provider)[0]), ["first", "1", "instead"]);
    say(&sandbox, &["chat", "--from", &run, "--at", "9"], "").ends(2);
    say(&sandbox, &["chat", "--resume", "--from", &run], "").ends(2);
}

#[test]
fn a_conversation_that_was_killed_pays_for_nothing_twice() {
    let (provider, sandbox) = place(["1", "2"].map(Answer::says).into());
    say(&sandbox, &["chat", "first"], "second\n").ends(6);
    let run = latest(&sandbox);
    assert_eq!(requests(&provider).len(), 2);
    // As if the process had died behind the second answer.
    let path = sandbox
        .state()
        .join("runs")
        .join(&run)
        .join("journal.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let second = text.rfind("\"kind\":\"model_answered\"").unwrap();
    let end = second + text[second..].find('\n').unwrap() + 1;
    fs::write(&path, &text[..end]).unwrap();
    let done = say(&sandbox, &["chat", "--resume"], "").ends(6);
    assert_eq!(done.out, "2\n");
    assert!(requests(&provider).is_empty(), "it was asked again");
}

#[test]
fn only_a_conversation_is_one() {
    let (_, sandbox) = place(vec![Answer::says("yes")]);
    say(&sandbox, &["chat", "--resume"], "").ends(2);
    tau(&sandbox, &["ask", "it?"]).ends(0);
    let run = latest(&sandbox);
    let done = say(&sandbox, &["chat", "--resume", &run], "").ends(2);
    assert!(done.err.contains("no conversation"), "{}", done.err);
    say(&sandbox, &["chat"], "").ends(2);
}

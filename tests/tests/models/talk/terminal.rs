//! What somebody at a terminal sees. Python makes the terminal.

use std::io::Read as _;
use std::process::Child;
use std::sync::mpsc::channel;

use super::*;

/// Starts its arguments on a terminal of their own.
const TERMINAL: &str =
    "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

/// A command on a terminal.
fn on_terminal(sandbox: &Sandbox, arguments: &[&str]) -> Child {
    let tau = sandbox.command(&[]).get_program().to_owned();
    let mut command = sandbox.program("python3");
    let command = command.args(["-c", TERMINAL]).arg(tau).args(arguments);
    let command = command.env("TAU_HOME", sandbox.state());
    let command = command.env("LOCAL_KEY", KEY).env("TERM", "dumb");
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().unwrap()
}

/// Reads until something is there.
fn until(child: &mut Child, wanted: &str, seen: &mut String) {
    let output = child.stdout.as_mut().unwrap();
    let mut byte = [0; 1];
    while !seen.contains(wanted) {
        assert_eq!(output.read(&mut byte).unwrap(), 1, "ended with {seen}");
        seen.push(char::from(byte[0]));
    }
}

fn types(child: &mut Child, keys: &str) {
    child
        .stdin
        .as_mut()
        .unwrap()
        .write_all(keys.as_bytes())
        .unwrap();
}

#[test]
fn an_answer_appears_as_it_comes_and_can_be_cut() {
    if tau_tests::skip_without("python3", "an_answer_appears_as_it_comes_and_can_be_cut") {
        return;
    }
    let (go, held) = channel();
    let (never, cut) = channel();
    let (provider, sandbox) = place(vec![
        Answer::Held("begins", "and ends", held),
        Answer::Held("begins again", "and ends", cut),
        Answer::says("whole"),
    ]);
    let mut child = on_terminal(&sandbox, &["chat", "first"]);
    let mut seen = String::new();
    until(&mut child, "begins", &mut seen);
    assert!(!seen.contains("and ends"));
    go.send(()).unwrap();
    until(&mut child, "> ", &mut seen);
    assert_eq!(seen.matches("begins").count(), 1, "{seen}");
    assert!(seen.contains("and ends"));

    // Ctrl-C behind the beginning of an answer cancels the run, and leaves it whole.
    types(&mut child, "second\n");
    until(&mut child, "begins again", &mut seen);
    types(&mut child, "\u{3}");
    until(&mut child, "tau chat --resume", &mut seen);
    assert_eq!(child.wait().unwrap().code(), Some(4));
    drop(never);
    let run = tau(&sandbox, &["show", "@", "--json"]).json();
    assert_eq!(run["outcome"], "cancelled");
    assert_eq!(requests(&provider).len(), 2);

    // What was answered before is there, and what was cut is asked once more.
    let done = say(&sandbox, &["chat", "--resume"], "").ends(6);
    assert_eq!(done.out, "whole\n");
    assert_eq!(turns(&requests(&provider)[0])[0], "first");
}

#[test]
fn leaving_the_prompt_leaves_it_waiting() {
    if tau_tests::skip_without("python3", "leaving_the_prompt_leaves_it_waiting") {
        return;
    }
    let (_, sandbox) = place(vec![Answer::says("1")]);
    let mut child = on_terminal(&sandbox, &["chat", "first"]);
    let mut seen = String::new();
    until(&mut child, "> ", &mut seen);
    types(&mut child, "\u{3}");
    until(&mut child, "tau chat --resume", &mut seen);
    assert_eq!(child.wait().unwrap().code(), Some(6));
    let run = tau(&sandbox, &["show", "@", "--json"]).json();
    assert_eq!(run["outcome"], "waiting");
}

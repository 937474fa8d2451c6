use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};
use tau_interpreter::action::{Exit, Failure, FailureKind, Missing};

use crate::fake::{Answer, Fake, told};

fn call(answer: Answer, command: &str) -> (Fake, Result<Value, Failure>) {
    let hands = Fake::default();
    hands.in_worktree(answer);
    let args = json!({ "command": command, "writes": ["gen/**"], "timeout": 5000, "env": null, "secrets": [] });
    let result = hands.call("process.run", args);
    (hands, result)
}

#[test]
fn what_ends_with_0_succeeds() {
    let (hands, result) = call(Ok((Exit::Code(0), "done\n")), "make 'a b'");
    assert_eq!(
        result,
        Ok(json!({
            "exit": 0, "output": "done\n", "log_ref": "blob of \"done\\n\"", "seconds": 1.5,
        }))
    );
    let started = hands.started().remove(0);
    assert_eq!(started.command.argv, ["make", "a b"]);
    assert_eq!(started.command.timeout, Duration::from_secs(5));
    assert_eq!(started.writes, ["gen/**"]);
}

#[test]
fn everything_else_fails_the_step() {
    let all: Vec<String> = [
        Exit::Code(2),
        Exit::Signal(11),
        Exit::TimedOut,
        Exit::TooMuchOutput,
    ]
    .into_iter()
    .map(|exit| {
        let output = "cc a.c\na.c:1: error: expected `;`\n";
        told(&call(Ok((exit, output)), "make all").1.unwrap_err())
    })
    .collect();
    assert_snapshot!(all.join("\n"), @"
    process-exit: `make all` did not succeed: it ended with exit code 2. Its last lines:
      cc a.c
      a.c:1: error: expected `;`
    => (no help)
    process-signal: `make all` did not succeed: signal 11 (SIGSEGV) ended it. Its last lines:
      cc a.c
      a.c:1: error: expected `;`
    => (no help)
    process-timeout: `make all` did not succeed: it was not done after 1.5 s and was killed. Its last lines:
      cc a.c
      a.c:1: error: expected `;`
    => Give the step a longer `timeout` if it needs one.
    process-output: `make all` did not succeed: it wrote more than a command may and was killed. Its last lines:
      cc a.c
      a.c:1: error: expected `;`
    => Make the command write less, or into a file.
    ");
}

#[test]
fn a_failure_keeps_the_facts() {
    let failure = call(Ok((Exit::Code(2), "no")), "make").1.unwrap_err();
    assert_eq!(
        failure.detail,
        json!({
            "exit": 2, "signal": null, "seconds": 1.5, "output": "no", "log_ref": "blob of \"no\"",
        })
    );
}

#[test]
fn what_is_missing_passes_through() {
    let blocked = Failure {
        kind: FailureKind::Blocked(Missing {
            effect: "run".into(),
            scope: "make".into(),
            limited_by: "mission".into(),
            limited_at: None,
            grant: None,
        }),
        ..Failure::new("authority-missing", "No.")
    };
    assert_eq!(call(Err(blocked.clone()), "make").1, Err(blocked));
}

#[test]
fn a_command_is_never_given_to_a_shell() {
    let (hands, result) = call(Ok((Exit::Code(0), "")), "make | tee log");
    assert_eq!(result.unwrap_err().code, "command-invalid");
    assert_eq!(hands.started(), []);
}

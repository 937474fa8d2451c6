mod proofs;

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};
use tau_interpreter::action::{Exit, Failure, FailureKind, FileMode, Missing};

use super::*;
use crate::fake::{Answer, Fake, told};

const PASSES: Exit = Exit::Code(0);
const FAILS: Exit = Exit::Code(1);

fn ends(exit: Exit) -> Answer {
    Ok((exit, "test it_adds ... \n\n  left: 3\n right: 4\n"))
}

fn verifier(run: &str, runs: u64) -> Value {
    json!({
        "name": "tests",
        "run": run,
        "protect": ["tests/**"],
        "env": { "SEED": "1" },
        "timeout": 60_000,
        "runs": runs,
    })
}

/// A mission that has edited what is protected and what is not.
fn edited() -> Fake {
    let hands = Fake::with(&[("src/a", "bug"), ("tests/a", "test")]);
    hands.put("src/a", b"fix", FileMode::Regular);
    hands.put("tests/a", b"cheat", FileMode::Regular);
    hands
}

fn call(hands: &Fake, name: &str, args: Value) -> Result<Value, Failure> {
    let action = actions()
        .into_iter()
        .find(|action| action.name == name)
        .unwrap();
    hands.run(&action, args)
}

fn red(run: &str, answers: Vec<Answer>) -> Result<Value, Failure> {
    let runs = answers.len() as u64;
    let hands = edited();
    hands.on_base(answers);
    call(
        &hands,
        "verify.red",
        json!({ "verifier": verifier(run, runs) }),
    )
}

fn check(run: &str, answers: Vec<Answer>) -> Value {
    let runs = answers.len() as u64;
    let hands = edited();
    hands.on_candidate(answers);
    let args = json!({ "verifier": verifier(run, runs) });
    call(&hands, "verify.check", args).unwrap()
}

fn refused(result: Result<Value, Failure>) -> String {
    told(&result.unwrap_err())
}

#[test]
fn a_failure_on_the_base_is_red() {
    let hands = edited();
    hands.on_base([ends(FAILS), ends(Exit::Code(101))]);
    let args = json!({ "verifier": verifier("make 'the test'", 2) });
    let mut verdict = call(&hands, "verify.red", args).unwrap();
    assert_eq!(verdict["tree"], hands.base());
    verdict["tree"] = Value::Null;
    assert_snapshot!(serde_json::to_string_pretty(&verdict).unwrap(), @r#"
    {
      "digest": "e18a27fcc4538079b21c473e8a94746e6bcc9acc1ea1937699322ebd113cdaf7",
      "environment": "of the tests",
      "exit": 101,
      "log": "test it_adds ... \n\n  left: 3\n right: 4\n",
      "log_ref": "blob of \"test it_adds ... \\n\\n  left: 3\\n right: 4\\n\"",
      "passed": false,
      "runner": null,
      "runs": 2,
      "seconds": 3.0,
      "sentinels": false,
      "tests": null,
      "tier": "full",
      "tree": null,
      "verdict": "red",
      "verifier": "tests",
      "why": "`make 'the test'` failed on the base (exit code 101), in each of 2 runs."
    }
    "#);
}

#[test]
fn each_run_has_a_checkout_of_its_own() {
    let hands = edited();
    hands.on_base([ends(FAILS), ends(FAILS)]);
    let args = json!({ "verifier": verifier("make 'the test'", 2) });
    call(&hands, "verify.red", args).unwrap();
    let started = hands.started();
    assert_eq!(started.len(), 2);
    for (at, one) in started.iter().enumerate() {
        assert_eq!(one.checkout, at + 1);
        assert_eq!(one.command.argv, ["make", "the test"]);
        let zone = (at > 0).then(|| ("TZ".to_owned(), "Etc/GMT+12".to_owned()));
        let wanted: Vec<_> = [("SEED".to_owned(), "1".to_owned())]
            .into_iter()
            .chain(zone)
            .collect();
        assert_eq!(
            one.command.env, wanted,
            "a later run is in another time zone"
        );
        assert_eq!(one.command.timeout, Duration::from_secs(60));
    }
}

#[test]
fn whatever_is_not_red_fails_the_step() {
    let not_started = Failure::new(
        "command-not-executable",
        "`test.sh` is not a program. If it should be one, run `chmod +x test.sh`.",
    );
    let all = [
        red("make test", vec![ends(PASSES)]),
        red("make test", vec![ends(PASSES), ends(PASSES)]),
        red("make test", vec![ends(FAILS), ends(PASSES)]),
        red("make test", vec![ends(FAILS), ends(Exit::TimedOut)]),
        red("make test", vec![ends(Exit::Code(127))]),
        red("sh test.sh", vec![ends(Exit::Code(126))]),
        red("make test", vec![ends(Exit::Signal(6))]),
        red("make test", vec![ends(Exit::TimedOut)]),
        red("make test", vec![ends(Exit::TooMuchOutput)]),
        red("./test.sh", vec![Err(not_started)]),
        red("python3 -m pytest -k x", vec![Ok((Exit::Code(5), "\n"))]),
        red("pytest tests/gone.py", vec![ends(Exit::Code(4))]),
        red("make 'x", vec![ends(FAILS)]),
    ];
    let all: Vec<String> = all.into_iter().map(refused).collect();
    assert_snapshot!(all.join("\n\n"), @"
    verify-already-green: `make test` passes on the base already. It shows no failure to fix. Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Give a check that fails without the change. If it ran no tests at all, name tests that exist on the base.

    verify-already-green: `make test` passes on the base already, in each of 2 runs. It shows no failure to fix. Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Give a check that fails without the change. If it ran no tests at all, name tests that exist on the base.

    verify-flaky: The runs of `make test` on the base disagree: run 1 failed with exit code 1, run 2 passed. Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Make the check give the same answer each time (fix its seed, its order, its clock).

    verify-flaky: The runs of `make test` on the base disagree: run 1 failed with exit code 1, run 2 could not decide: it was not done after 1.5 s and was killed. Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Make the check give the same answer each time (fix its seed, its order, its clock).

    verify-broken: `make test` could not decide on the base: exit code 127 says that a program in it was not found. Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Install the program, or correct the command.

    verify-broken: `sh test.sh` could not decide on the base: exit code 126 says that a program in it cannot be executed. Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Make the program executable, or correct the command.

    verify-broken: `make test` could not decide on the base: signal 6 (SIGABRT) ended it. Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Make the check fail by an exit code: a crash may have nothing to do with what it tests.

    verify-broken: `make test` could not decide on the base: it was not done after 1.5 s and was killed. Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Give the verifier a longer `timeout`, or make the check narrower.

    verify-broken: `make test` could not decide on the base: it wrote more than a command may and was killed. Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Make the check write less.

    verify-broken: `./test.sh` could not decide on the base: it could not be started. `test.sh` is not a program. If it should be one, run `chmod +x test.sh`.
    => Correct the command, or what it starts.

    verify-vacuous: `python3 -m pytest -k x` ran no tests on the base (exit code 5). It wrote nothing.
    => Name tests that exist on the base.

    verify-broken: `pytest tests/gone.py` could not decide on the base: exit code 4 says that pytest was called wrongly, or for a test that does not exist. Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Name tests that exist on the base.

    command-invalid: `make 'x` is not a command: the quote ' is never closed.
    => (no help)
    ");
}

#[test]
fn a_check_that_asks_for_a_host_is_told_where_things_come_from() {
    let hands = edited();
    let output = "\u{1b}[1mCould not resolve host: packages.example.org\u{1b}[0m\n";
    hands.on_base([Ok((Exit::Code(126), output))]);
    let args = json!({ "verifier": verifier("sh test.sh", 1) });
    let failure = call(&hands, "verify.red", args).unwrap_err();
    assert_eq!(failure.help.as_deref(), Some(super::refusal::NO_NETWORK));
    let log = failure.detail["log"].as_str().unwrap();
    assert_eq!(log, "Could not resolve host: packages.example.org\n");
}

#[test]
fn a_settled_verdict_starts_nothing_more() {
    // The fake panics when it is asked for a run that it has no answer for.
    let hands = edited();
    hands.on_base([ends(Exit::TimedOut)]);
    let args = json!({ "verifier": verifier("make test", 5) });
    let failure = call(&hands, "verify.red", args.clone()).unwrap_err();
    assert_eq!(failure.detail["verdict"], "broken");
    assert_eq!(failure.detail["runs"], 1);
    assert_eq!(failure.detail["exit"], Value::Null);

    hands.on_base([ends(FAILS), ends(PASSES)]);
    let failure = call(&hands, "verify.red", args).unwrap_err();
    assert_eq!(failure.detail["verdict"], "flaky");
    assert_eq!(failure.detail["runs"], 2);
    assert_eq!(failure.detail["passed"], false);
}

#[test]
fn a_verifier_without_runs_runs_once() {
    let hands = edited();
    hands.on_base([ends(FAILS)]);
    let args = json!({ "verifier": verifier("make test", 0) });
    assert_eq!(call(&hands, "verify.red", args).unwrap()["runs"], 1);
}

#[test]
fn runs_on_two_trees_make_no_verdict() {
    let hands = edited();
    hands.restless();
    hands.on_candidate([ends(PASSES), ends(PASSES)]);
    let args = json!({ "verifier": verifier("make test", 2) });
    let failure = call(&hands, "verify.check", args).unwrap_err();
    assert_snapshot!(told(&failure), @"
    tree-changed: The tree was changed between two runs of the verifier, from `TREE` to `TREE`.
    => Run the check again.
    ");
}

#[test]
fn what_is_missing_passes_through() {
    let blocked = Failure {
        kind: FailureKind::Blocked(Missing {
            effect: "run".into(),
            scope: "make".into(),
            limited_by: "machine".into(),
            limited_at: None,
            grant: None,
        }),
        ..Failure::new(
            "command-not-found",
            "The program `make` is not on the PATH.",
        )
    };
    assert_eq!(red("make", vec![Err(blocked.clone())]), Err(blocked));
    let full = Failure::new("log-not-written", "The log could not be written.");
    assert_eq!(red("make", vec![Err(full.clone())]), Err(full));
}

#[test]
fn a_check_succeeds_with_every_verdict() {
    let all = [
        check("make test", vec![ends(PASSES)]),
        check("make test", vec![ends(PASSES), ends(PASSES), ends(PASSES)]),
        check("make test", vec![ends(FAILS)]),
        check("make test", vec![ends(PASSES), ends(FAILS)]),
        check("make test", vec![ends(Exit::Signal(11))]),
        check("cargo nextest run", vec![ends(Exit::Code(4))]),
    ];
    let all: Vec<String> = all
        .iter()
        .map(|it| format!("{} {}: {}", it["passed"], it["verdict"], it["why"]))
        .collect();
    assert_snapshot!(all.join("\n"), @r#"
    true "green": "`make test` passed with the change."
    true "green": "`make test` passed with the change, in each of 3 runs."
    false "red": "`make test` failed with the change (exit code 1)."
    false "flaky": "The runs of `make test` with the change disagree: run 1 passed, run 2 failed with exit code 1."
    false "broken": "`make test` could not decide with the change: signal 11 (SIGSEGV) ended it."
    false "vacuous": "`cargo nextest run` ran no tests with the change."
    "#);
}

#[test]
fn protected_files_are_judged_as_the_base_has_them() {
    let fixed = Fake::with(&[("src/a", "fix"), ("tests/a", "test")]);
    assert_eq!(check("make test", vec![ends(PASSES)])["tree"], fixed.base());
}

#[test]
fn a_verdict_keeps_the_end_of_a_long_output() {
    let hands = edited();
    let output: &'static str = "line\n".repeat(10_000).leak();
    hands.on_candidate([Ok((FAILS, output))]);
    let args = json!({ "verifier": verifier("make test", 1) });
    let verdict = call(&hands, "verify.check", args).unwrap();
    let log = verdict["log"].as_str().unwrap();
    assert!(log.len() <= 16 * 1024 && log.len() > 16_000 && log.starts_with("line\n"));
}

#[test]
fn the_digest_is_of_what_decides() {
    let digest = |change: &dyn Fn(&mut Value)| {
        let mut one = verifier("make test", 1);
        change(&mut one);
        let hands = edited();
        hands.on_candidate([ends(PASSES), ends(PASSES)]);
        let verdict = call(&hands, "verify.check", json!({ "verifier": one })).unwrap();
        verdict["digest"].as_str().unwrap().to_owned()
    };
    let same = digest(&|_| ());
    // Stored in journals and receipts, so it may not change from version to version.
    assert_snapshot!(same, @"358065203d9e7f973e7abf3a249ea53400a915f5993e0deafa6560413d4c5a15");
    assert_eq!(digest(&|it| it["name"] = json!("other")), same);
    let changes: [&dyn Fn(&mut Value); 6] = [
        &|it| it["also"] = json!(["make lint"]),
        &|it| it["run"] = json!("make tests"),
        &|it| it["protect"] = json!([]),
        &|it| it["env"]["SEED"] = json!("2"),
        &|it| it["timeout"] = json!(60_001),
        &|it| it["runs"] = json!(0),
    ];
    for change in changes {
        assert_ne!(digest(change), same);
    }
}

#[test]
fn several_commands_decide_together() {
    let told = |answers: [Answer; 2]| {
        let hands = edited();
        hands.on_base(answers);
        let mut both = verifier("make test", 1);
        both["also"] = json!(["make lint"]);
        match call(&hands, "verify.red", json!({ "verifier": both })) {
            Ok(verdict) => format!("{}: {}", verdict["verdict"], verdict["why"]),
            Err(failure) => format!(
                "{}: {}",
                failure.code,
                failure.message.lines().next().unwrap()
            ),
        }
    };
    let all = [
        told([ends(FAILS), ends(PASSES)]),
        told([ends(PASSES), ends(Exit::Code(2))]),
        told([ends(PASSES), ends(PASSES)]),
        told([ends(FAILS), ends(Exit::Code(127))]),
    ];
    assert_snapshot!(all.join("\n"), @r#"
    "red": "`make test` and `make lint` failed on the base (exit code 1)."
    "red": "`make test` and `make lint` failed on the base (exit code 2)."
    verify-already-green: `make test` and `make lint` pass on the base already. It shows no failure to fix. Its last lines:
    verify-broken: `make test` and `make lint` could not decide on the base: exit code 127 says that a program in it was not found. Its last lines:
    "#);
}

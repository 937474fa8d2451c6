//! `retry`, `timeout` and `may fail` behind the call of a mission: all of it is tried, and cut.

use serde_json::{Value, json};
use tau_tests::{Sandbox, step, texts};

use crate::works_at_last;

/// A mission that calls another one, which edits a file and then starts `./do.sh`.
fn calling(modifiers: &str) -> String {
    let authority = "  authority {\n    read  \"**\"\n    write \"src/**\"\n    run   \"./do.sh\"\n    \
                     time  5m\n  }\n";
    format!(
        r#"mission outer {{
{authority}
  step before = fs.edit("src/a.txt", find: "first", replace: "1st")
  step call   = inner(text: "fixed") after before {modifiers}
  step behind = fs.read("src/a.txt") after call

  output got  = call
  output text = behind.text
}}

mission inner {{
  input text : string

{authority}
  step edit = fs.edit("src/a.txt", find: "broken", replace: text)
  step do   = process.run("./do.sh") after edit

  on failure {{
    step why = fs.write("src/why.txt", text: failure.code)
  }}

  finally {{
    step end = fs.write("src/end.txt", text: "end")
  }}

  output done = do.output
}}
"#
    )
}

fn with_script(script: &str) -> Sandbox {
    let sandbox = Sandbox::broken();
    sandbox.write_script("do.sh", script);
    sandbox.commit("second");
    sandbox
}

fn apply(sandbox: &Sandbox, modifiers: &str, exit: i32) -> Value {
    sandbox.write("two.tau", calling(modifiers));
    let arguments = ["apply", "two.tau", "--mission", "outer", "--yes", "--json"];
    let unboxed = ["--box", "none"];
    let done = sandbox.tau(&[&arguments[..], &unboxed].concat());
    done.ends(exit).json()
}

/// A script that waits for ever when it is started for the first `n` times.
fn hangs(n: u32) -> String {
    format!(
        "#!/bin/sh\nprintf x >> \"$HOME/tries\"\n\
         [ \"$(wc -c < \"$HOME/tries\")\" -gt {n} ] && exit 0\nexec sleep 1000\n"
    )
}

#[test]
fn a_called_mission_that_fails_is_tried_again() {
    let sandbox = with_script(&works_at_last(3));
    let result = apply(&sandbox, "retry 2 every 10ms", 0);
    assert_eq!(
        texts(&result["steps"], "name"),
        [
            "before",
            "call/edit",
            "call/do",
            "call/why",
            "call/end",
            "call~2/edit",
            "call~2/do",
            "call~2/why",
            "call~2/end",
            "call~3/edit",
            "call~3/do",
            "call~3/end",
            "behind",
        ]
    );
    assert_eq!(step(&result, "call/do")["state"], "failed");
    assert_eq!(step(&result, "call~3/do")["state"], "succeeded");
    assert_eq!(step(&result, "call~3/do")["attempts"], 1);
    assert_eq!(result["outputs"]["got"], json!({ "done": "" }));
}

#[test]
fn an_attempt_leaves_nothing_for_the_next() {
    // The edit finds its text again, so what the attempt before has changed is taken back.
    let sandbox = with_script(&works_at_last(2));
    let result = apply(&sandbox, "retry 1", 0);
    assert_eq!(result["outputs"]["text"], "1st\nfixed\nlast\n");
    assert_eq!(step(&result, "call/edit")["taken_back"], true);
    assert_eq!(step(&result, "call~2/edit")["taken_back"], Value::Null);
    let diff = sandbox.tau(&["diff", "@"]).ends(0).out;
    assert!(diff.contains("+fixed") && diff.contains("+1st"), "{diff}");
    assert!(!diff.contains("why.txt"), "{diff}");
}

#[test]
fn attempts_that_do_not_suffice() {
    let sandbox = with_script(&works_at_last(3));
    let result = apply(&sandbox, "retry 1", 1);
    assert_eq!(step(&result, "call~2/do")["state"], "failed");
    let reason = result["reason"].as_str().unwrap();
    assert!(reason.starts_with("step `call~2/do`: "), "{reason}");
    // What the last one has changed stays, as that of every mission that fails.
    let diff = sandbox.tau(&["diff", "@"]).ends(0).out;
    assert!(diff.contains("+fixed"), "{diff}");
    assert!(diff.contains("+process-exit"), "{diff}");
    // Who goes on with it wants it tried again: in the attempt where it failed.
    let went_on = sandbox.go_on(&result).ends(0).json();
    assert_eq!(step(&went_on, "call~2/do")["state"], "succeeded");
    assert_eq!(went_on["outputs"]["text"], "1st\nfixed\nlast\n");
}

#[test]
fn attempts_that_do_not_suffice_and_may_fail() {
    let sandbox = with_script("#!/bin/sh\nexit 1\n");
    let result = apply(&sandbox, "retry 2 may fail", 0);
    assert_eq!(step(&result, "call~3/do")["state"], "failed");
    assert_eq!(result["outputs"]["got"], Value::Null);
    assert_eq!(result["reason"], Value::Null);
}

#[test]
fn what_a_person_must_give_is_not_tried_again() {
    let sandbox = with_script("#!/bin/sh\nprintf late\n");
    // Only its caller may not write there, and where it writes is known late.
    let text = calling("retry 3")
        .replacen("\"src/**\"", "\"src/a.txt\", \"src/why.txt\"", 1)
        .replace("\"src/end.txt\"", "\"src/{{ do.output or 'end' }}\"");
    sandbox.write("two.tau", text);
    let arguments = ["apply", "two.tau", "--mission", "outer", "--yes", "--json"];
    let result = sandbox.tau(&arguments).ends(3).json();
    assert_eq!(step(&result, "call/end")["state"], "blocked");
    assert_eq!(step(&result, "call/end")["attempts"], 1);
    let steps = texts(&result["steps"], "name");
    assert!(!steps.contains(&"call~2/edit"), "{steps:?}");
}

#[test]
fn a_called_mission_that_takes_too_long_is_cut() {
    let sandbox = with_script(&hangs(9));
    let result = apply(&sandbox, "timeout 1s", 1);
    assert_eq!(step(&result, "call/do")["state"], "cancelled");
    assert_eq!(step(&result, "call/end")["state"], "succeeded");
    let steps = texts(&result["steps"], "name");
    assert!(
        !steps.contains(&"call/why"),
        "no step has failed: {steps:?}"
    );
    let reason = result["reason"].as_str().unwrap();
    assert_eq!(
        reason,
        "step `call`: It took longer than the 1 s that the step allows."
    );
}

#[test]
fn a_called_mission_that_was_cut_is_tried_again() {
    let sandbox = with_script(&hangs(1));
    let result = apply(&sandbox, "retry 1 timeout 1s", 0);
    assert_eq!(step(&result, "call/do")["state"], "cancelled");
    assert_eq!(step(&result, "call~2/do")["state"], "succeeded");
    assert_eq!(result["outputs"]["text"], "1st\nfixed\nlast\n");
}

#[test]
fn a_called_mission_that_was_cut_may_fail() {
    let sandbox = with_script(&hangs(9));
    let result = apply(&sandbox, "timeout 1s may fail", 0);
    assert_eq!(step(&result, "call/do")["state"], "cancelled");
    assert_eq!(result["outputs"]["got"], Value::Null);
}

#[test]
fn attempts_within_attempts() {
    let sandbox = with_script("#!/bin/sh\nexit 1\n");
    let mission = |name: &str, does: &str| {
        format!(
            "mission {name} {{\n  authority {{\n    read  \"**\"\n    write \"log\"\n    run   \"./do.sh\"\n  \
             }}\n  step note = fs.write(\"log\", text: \"{name}\")\n  step then = {does} after note\n}}\n"
        )
    };
    let text = [
        mission("outer", "middle() retry 1 may fail"),
        mission("middle", "inner() retry 1"),
        mission("inner", "process.run(\"./do.sh\") retry 1"),
    ];
    sandbox.write("three.tau", text.concat());
    let arguments = [
        "apply",
        "three.tau",
        "--mission",
        "outer",
        "--yes",
        "--json",
    ];
    let result = sandbox.tau(&arguments).ends(0).json();
    assert_eq!(
        texts(&result["steps"], "name"),
        [
            "note",
            "then/note",
            "then/then/note",
            "then/then/then",
            "then/then~2/note",
            "then/then~2/then",
            "then~2/note",
            "then~2/then/note",
            "then~2/then/then",
            "then~2/then~2/note",
            "then~2/then~2/then",
        ]
    );
    assert_eq!(step(&result, "then~2/then~2/then")["attempts"], 2);
    // What is not taken back is what the last attempts have written.
    let kept = result["steps"].as_array().unwrap().iter();
    let kept = kept.filter(|step| step["taken_back"] != true && step["state"] == "succeeded");
    let kept: Vec<&str> = kept.map(|step| step["name"].as_str().unwrap()).collect();
    assert_eq!(kept, ["note", "then~2/note", "then~2/then~2/note"]);
    let diff = sandbox.tau(&["diff", "@"]).ends(0).out;
    assert!(diff.contains("+inner"), "{diff}");
}

#[test]
fn a_mission_whose_time_is_over_waits_for_no_other_attempt() {
    let sandbox = with_script("#!/bin/sh\nexit 1\n");
    let step = "process.run(\"./do.sh\") retry 1 every 1h";
    let call = "inner() retry 1 every 1h";
    for waits in [step, call] {
        let authority = "  authority {\n    run  \"./do.sh\"\n    time 1s\n  }\n";
        let text = format!(
            "mission outer {{\n{authority}  step a = {waits}\n}}\n\
             mission inner {{\n{authority}  step b = process.run(\"./do.sh\")\n}}\n"
        );
        sandbox.write("two.tau", text);
        let arguments = ["apply", "two.tau", "--mission", "outer", "--yes", "--json"];
        let result = sandbox.tau(&arguments).ends(3).json();
        assert_eq!(result["blocked"]["code"], "time-exhausted", "{waits}");
        let message = result["blocked"]["message"].as_str().unwrap();
        assert!(message.contains("It went to: "), "{message}");
    }
}

#[test]
fn a_test_scripts_every_attempt_and_survives_kills() {
    let sandbox = with_script("#!/bin/sh\nexit 1\n");
    let script = r#"
test "it works in the third attempt" {
  run    outer()
  files  { "src/a.txt": "first broken" }
  given  process.run fails with "no"
  given  process.run fails with "no"
  given  process.run returns { exit: 0, output: "well", log_ref: "", seconds: 0.0 }

  expect outcome == "succeeded"
  expect outputs.text == "1st fixed"
  expect steps.call.do.runs == 3
  expect steps.call.end.runs == 3
}
"#;
    sandbox.write("two.tau", calling("retry 3") + script);
    let done = sandbox.tau(&["test", "--crash", "two.tau"]).ends(0);
    assert!(done.out.contains("the same when killed at"), "{}", done.out);
}

#[test]
fn waits_that_grow_are_in_the_journal_and_told() {
    let sandbox = with_script(&works_at_last(4));
    sandbox.write("two.tau", calling("retry 3 every 40ms up to 100ms"));
    let arguments = ["apply", "two.tau", "--mission", "outer", "--yes"];
    let ran = sandbox
        .tau(&[&arguments[..], &["--json-stream", "--box", "none"]].concat())
        .ends(0);
    let waits = ran.out.lines().filter_map(|line| {
        let event: Value = serde_json::from_str(line).unwrap();
        event["pause_ms"].as_u64()
    });
    let waits: Vec<u64> = waits.collect();
    let longest = [40, 80, 100];
    assert_eq!(waits.len(), longest.len(), "{waits:?}");
    for (wait, longest) in waits.iter().zip(longest) {
        assert!((longest / 2..=longest).contains(wait), "{waits:?}");
    }
    let replayed = sandbox.tau(&["replay", "@", "--json-stream"]).ends(0).out;
    for wait in waits {
        let told = format!("\"pause_ms\":{wait},");
        assert!(replayed.contains(&told), "{told} {replayed}");
    }
}

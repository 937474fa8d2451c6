use super::support::Place;

const NOTE: &str = r#"mission note {
  input name : string

  authority {
    read  "**"
    write "notes/**"
  }

  repeat up to 3 {
    step look = fs.read("a.txt")
    step note = fs.write("notes/{{ name }}.txt", text: look.text)
  } until look.text == "done"

  output last = look.text
}

test "it stops when it is done" {
  run    note(name: "x")
  given  fs.read returns { text: "one" }
  given  fs.read returns { text: "done" }
  expect outcome == "succeeded"
  expect steps.note.runs == 2
  expect changed == ["notes/x.txt"]
}

test "what is not scripted runs" {
  run    note(name: "x")
  files  { "a.txt": "done" }
  expect outputs.last == "done" and spent.steps == 2
}
"#;

/// Without what changes from run to run.
fn settled(text: &str) -> String {
    let seconds = regex::Regex::new(r"\d+\.\d s").unwrap();
    let runs = regex::Regex::new(r"run [0-9a-z]{26}").unwrap();
    let text = seconds.replace_all(text, "0.0 s").into_owned();
    runs.replace_all(&text, "run ID").into_owned()
}

#[test]
fn tests_run_their_missions_elsewhere() {
    let place = Place::with(&[("note.tau", NOTE)]);
    let done = place.tau(&["test"]).ends(0);
    insta::assert_snapshot!(settled(&done.out), @r"
    note.tau
      ✓ it stops when it is done  0.0 s
      ✓ what is not scripted runs  0.0 s

    2 passed, 0 failed
    ");
    // Neither a run nor a file is left here.
    let names: Vec<_> = std::fs::read_dir(place.path()).unwrap().collect();
    assert_eq!(names.len(), 1);
    place.tau(&["runs", "--all"]).ends(0);
}

#[test]
fn a_failure_shows_what_differs() {
    let text = NOTE.replace("runs == 2", "runs + 1 == spent.steps");
    let place = Place::with(&[("note.tau", &text)]);
    let done = place.tau(&["test", "--filter", "stops"]).ends(1);
    insta::assert_snapshot!(settled(&done.out), @r"
    note.tau
      ✗ it stops when it is done  0.0 s
          expect steps.note.runs + 1 == spent.steps  note.tau:22:10
            steps.note.runs is 2
            spent.steps is 4
          the mission succeeded
            look#1  succeeded
            note#1  succeeded
            look#2  succeeded
            note#2  succeeded

    0 passed, 1 failed
    ");
}

#[test]
fn a_scripted_verifier_needs_no_program_and_a_real_one_does() {
    let text = r#"mission check {
  authority {
    run "no-such-program"
  }

  verifier tests {
    run "no-such-program"
  }

  step red = verify.red(tests)

  output verdict = red.verdict
}

test "scripted" {
  run    check()
  given  verify.red returns { verdict: "red" }
  expect outputs.verdict == "red"
}

test "real" {
  run    check()
  expect outcome == "blocked" and blocked.kind == "verifier"
  expect blocked.missing[0].limited_by == "machine"
}
"#;
    let place = Place::with(&[("check.tau", text)]);
    place.tau(&["test"]).ends(0);
}

#[test]
fn programs_get_every_test() {
    let place = Place::with(&[("note.tau", &NOTE.replace("\"done\" and", "\"dome\" and"))]);
    let document = place.tau(&["test", "--json"]).ends(1).json();
    assert_eq!(document["schema"], "tau.test/1");
    assert_eq!(
        (&document["passed"], &document["failed"]),
        (&1.into(), &1.into())
    );
    let failed = &document["tests"][1];
    assert_eq!(failed["outcome"], "failed");
    assert_eq!(failed["detail"][0]["values"][0][1], "\"done\"");
    assert_eq!(failed["report"]["outcome"], "succeeded");
    let lines = place.tau(&["test", "--json-stream"]).ends(1);
    assert_eq!(lines.out.lines().count(), 3);
}

#[test]
fn nothing_to_run_is_no_success() {
    let place = Place::with(&[("a.tau", "mission m {\n}\n")]);
    let done = place.tau(&["test"]).ends(2);
    assert!(done.err.contains("there is no test here"), "{}", done.err);
    place.write("b.tau", NOTE.replace("look.text", "look.txet"));
    place.write("c.tau", NOTE);
    let done = place.tau(&["test"]).ends(2);
    assert!(done.err.contains("property-unknown"), "{}", done.err);
    assert!(done.out.contains("2 passed, 0 failed"), "{}", done.out);
    place.tau(&["test", "nowhere.tau"]).ends(2);
}

#[test]
fn a_run_that_is_killed_ends_the_same() {
    let place = Place::with(&[("note.tau", NOTE)]);
    let done = place.tau(&["test", "--crash"]).ends(0);
    let lines: Vec<_> = done.out.lines().collect();
    assert!(
        lines[1].ends_with("s, the same when killed at 9 places, and with 4 answers lost"),
        "{lines:?}"
    );
}

/// A command that does outside what it does: it is started once more after a kill.
#[test]
fn a_run_that_ends_otherwise_when_killed_is_told() {
    let text = r#"mission count {
  input file : path

  authority {
    run "sh count.sh *"
  }

  step count = process.run("sh count.sh {{ file }}")

  output lines = count.output
}

test "it counts" {
  run    count(file: "FILE")
  files  { "count.sh": "echo x >> /$1; wc -l < /$1" }
  expect outcome == "succeeded"
}
"#;
    let place = Place::new();
    let file = place.path().join("lines");
    let file = file.to_str().unwrap().trim_start_matches('/');
    place.write("count.tau", text.replace("FILE", file));
    let done = place.tau(&["test", "--crash", "--box", "none"]).ends(1);
    insta::assert_snapshot!(settled(&done.out), @r#"
    count.tau
      ✗ it counts  0.0 s
          killed behind record 1, when the run had begun:
            outputs is {"lines":"2\n"}, and was {"lines":"1\n"}
          killed behind record 2, when the run had begun:
            outputs is {"lines":"3\n"}, and was {"lines":"1\n"}
          the answer of step `count` lost, behind record 2, when the run had begun:
            outputs is {"lines":"5\n"}, and was {"lines":"1\n"}
          killed behind record 3, when step `count` had begun:
            outputs is {"lines":"6\n"}, and was {"lines":"1\n"}

    0 passed, 1 failed
    "#);
}

/// A mission that commits, and pushes what it has committed, which the test scripts.
const SHIP: &str = r#"mission ship {
  authority {
    read  "**"
    write "a.txt", "end.txt"
    run   "grep -q b a.txt"
    git   commit on "tau/*"
    git   push on "tau/*"
  }

  verifier tests {
    run "grep -q b a.txt"
  }

  step red    = verify.red(tests)
  step edit   = fs.write("a.txt", text: "b")
  step green  = verify.check(tests)
  step proof  = verify.prove(tests, red: red, green: green)
  step commit = git.commit(proof, message: "b")
  step push   = git.push(commit)

  finally {
    step end = fs.write("end.txt", text: "ended")
  }

  output branch = push.branch
}

test "it ships" {
  run    ship()
  files  { "a.txt": "a" }
  given  git.push returns { remote: "origin", branch: "b", sha: "c" }
  expect outcome == "succeeded" and outputs.branch == "b"
}
"#;

#[test]
fn whatever_is_lost_nothing_outside_happens_twice() {
    let place = Place::with(&[("ship.tau", SHIP)]);
    let done = place.tau(&["test", "--crash", "--json"]).ends(0).json();
    let detail = &done["tests"][0]["detail"];
    // Seven steps with a beginning and an end, two intentions, the run's beginning and its box; and
    // three for what had happened when the run was killed behind those intentions.
    assert_eq!(detail["kills"], 21, "{detail}");
    // The push, also where nobody can look, and seven others.
    assert_eq!(detail["lost"], 8, "{detail}");
    let done = place.tau(&["test", "--crash"]).ends(0);
    assert!(
        done.out
            .contains("the same when killed at 21 places, and with 8 answers lost"),
        "{}",
        done.out
    );
}

/// What is scripted to be refused is refused whatever happens.
#[test]
fn what_was_refused_does_not_happen_either() {
    let text = SHIP
        .replace(
            "returns { remote: \"origin\", branch: \"b\", sha: \"c\" }",
            "fails with \"no\"",
        )
        .replace(
            "outcome == \"succeeded\" and outputs.branch == \"b\"",
            "outcome == \"failed\"",
        );
    let place = Place::with(&[("ship.tau", &text)]);
    let _ = place.tau(&["test", "--crash"]).ends(0);
}

/// An answer that differs the second time is told with its place.
#[test]
fn an_answer_that_is_lost_and_missed_is_told() {
    let text = r#"mission look {
  authority {
    read  "**"
    run   "sh count.sh *"
  }

  input file : path

  step count = process.run("sh count.sh {{ file }}") retry 1

  output lines = count.output
}

test "it counts" {
  run    look(file: "FILE")
  files  { "count.sh": "echo x >> /$1; wc -l < /$1" }
  expect outcome == "succeeded"
}
"#;
    let place = Place::new();
    let file = place.path().join("lines");
    let file = file.to_str().unwrap().trim_start_matches('/');
    place.write("look.tau", text.replace("FILE", file));
    let done = place
        .tau(&["test", "--crash", "--json", "--box", "none"])
        .ends(1)
        .json();
    let all = done["tests"][0]["detail"].as_array().unwrap();
    let lost = all.iter().find(|it| it["harm"] == "lost").unwrap();
    assert_eq!(lost["behind"], "record 2, when the run had begun");
    let done = place.tau(&["test", "--crash", "--box", "none"]).ends(1);
    let line = "the answer of step `count` lost, behind record 2, when the run had begun:";
    assert!(done.out.contains(line), "{}", done.out);
}

//! Nothing in the repository shows what is wrong: a model writes a test, which must fail, and is then frozen.

use tau_tests::step;

use crate::place::{Place, block, mend};
use crate::programs::{PYTHON, Program};
use crate::provider::Answer;
use crate::row::{Row, python as row, told};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("a test from a model", "succeeded", written),
        row(
            "a test that a person approves",
            "waiting, then succeeded",
            approved,
        ),
        row("tests that show nothing, then one", "succeeded", third_time),
        row(
            "a test in place of an old one",
            "failed freeze-other",
            old_test,
        ),
        row(
            "a model that changes its own test",
            "blocked edit-protected",
            own_test,
        ),
        row(
            "a check that tells no tests",
            "failed verify-already-green",
            untold,
        ),
        row(
            "no test, and none wanted",
            "failed verify-already-green",
            none,
        ),
    ]
}

/// The program without the test that fails.
fn untested() -> Program {
    let files: Vec<(&str, &str)> = PYTHON
        .files
        .iter()
        .map(|(name, text)| {
            let end = text
                .find("    def test_words")
                .filter(|_| name.starts_with("tests/"));
            let text = end.map_or(*text, |end| &text[..end]);
            (*name, text)
        })
        .collect();
    Program {
        files: files.leak(),
        ..PYTHON
    }
}

const TEST: &str = "tests/test_words.py";

/// A file of tests that asserts this.
fn test(assertion: &str) -> Answer {
    let text = format!(
        "import unittest\n\nfrom tally.count import words\n\n\nclass Words(unittest.TestCase):\n    def test_two_spaces(self):\n        {assertion}"
    );
    Answer::says(format!("It shows it.\n\n{}", block(TEST, "", &text)))
}

const GOOD: &str = "self.assertEqual(words(\"a  b\"), 2)";

#[track_caller]
fn decided_by_the_test(place: &Place, result: &serde_json::Value) {
    place.assert_mended(result);
    let commit = result["commit"].as_str().unwrap();
    let text = place.sandbox.git(&["show", &format!("{commit}:{TEST}")]);
    assert!(text.contains(GOOD), "{text}");
    assert_eq!(result["outputs"]["tests"][0]["path"], TEST);
    let proof = &step(result, "work/proof")["result"];
    let limits = proof["limits"].to_string();
    assert!(
        limits.contains("written in this run") && limits.contains(TEST),
        "{limits}"
    );
    assert_eq!(proof["changed"], serde_json::json!(["src/tally/count.py"]));
    let receipt = place.sandbox.tau(&["receipt", "@"]).ends(0).out;
    place.sandbox.write("../receipt.jsonl", receipt);
    let verify = ["verify", "../receipt.jsonl", "--repo", "."];
    let verified = place.sandbox.tau(&verify).ends(0).out;
    let red = "fails on the base with what was frozen, passes on the commit, fails with the change taken back";
    assert!(verified.contains(red), "{verified}");
}

fn written() -> String {
    let place = Place::new(&untested(), vec![test(GOOD), mend(&PYTHON)]);
    let result = place.fix(&["--set", "test=written"]);
    decided_by_the_test(&place, &result);
    told(&result)
}

fn approved() -> String {
    let place = Place::new(&untested(), vec![test(GOOD), mend(&PYTHON)]);
    let first = place.fix(&[]);
    place.assert_untouched();
    let shown = place.sandbox.tau(&["show", "@"]).ends(0).out;
    assert!(shown.contains(GOOD), "{shown}");
    let _ = place.sandbox.tau(&["approve", "@"]).ends(0);
    let then = place.sandbox.tau(&["resume", "@", "--json"]).json();
    decided_by_the_test(&place, &then);
    format!("{}, then {}", told(&first), told(&then))
}

/// One passes already, one fails by an error that asserts nothing, one shows it.
fn third_time() -> String {
    let again = |from: &str, to: &str| {
        let line = |it: &str| format!("        {it}");
        Answer::says(block(TEST, &line(from), &line(to)))
    };
    let passes = "self.assertEqual(words(\"a b\"), 2)";
    let errs = "self.assertEqual(words(None), 2)";
    let answers = vec![
        test(passes),
        again(passes, errs),
        again(errs, GOOD),
        mend(&PYTHON),
    ];
    let place = Place::new(&untested(), answers);
    let result = place.fix(&["--set", "test=written"]);
    decided_by_the_test(&place, &result);
    told(&result)
}

fn came_to_nothing(answers: Vec<Answer>, test: &str) -> String {
    let place = Place::new(&untested(), answers);
    let result = place.fix(&["--set", test]);
    place.assert_untouched();
    told(&result)
}

fn old_test() -> String {
    let old = "        self.assertEqual(lines(\"a\\nb\\n\"), 2)";
    let change = block("tests/test_count.py", old, "        pass");
    came_to_nothing(vec![Answer::says(change)], "test=written")
}

fn own_test() -> String {
    let change = |to: &str| Answer::says(block(TEST, &format!("        {GOOD}"), to));
    let answers = vec![test(GOOD), change("        pass"), change("        return")];
    came_to_nothing(answers, "test=written")
}

fn none() -> String {
    came_to_nothing(vec![mend(&PYTHON)], "test=none")
}

/// Of a command like this nobody knows how a test fails, so no model is asked for one.
fn untold() -> String {
    let place = Place::new(&untested(), vec![test(GOOD)]);
    let tests = "python3 -m unittest discover -s tests >/dev/null 2>&1";
    place
        .sandbox
        .write_script("check.sh", &format!("#!/bin/sh\nPYTHONPATH=src {tests}\n"));
    place.sandbox.commit("a check");
    let result = place.fix(&["--set", "test=written", "--set", "check=./check.sh"]);
    assert_eq!(result["spent"]["model_calls"], 0, "{result:#}");
    told(&result)
}

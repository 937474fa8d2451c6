//! How repairs end that come to nothing: blocked, with what was tried, and nothing touched.

use serde_json::{Value, json};
use tau_tests::step;

use super::provider::Answer;
use super::{block, last_turn, repair, untouched};

#[track_caller]
fn blocked<'r>(result: &'r Value, kind: &str, code: &str) -> &'r Value {
    assert_eq!(result["outcome"], "blocked", "{result:#}");
    assert_eq!(result["blocked"]["kind"], kind, "{result:#}");
    assert_eq!(result["blocked"]["code"], code, "{result:#}");
    assert_eq!(result["blocked"]["mutations"], 0);
    &result["blocked"]
}

#[test]
fn answers_that_are_no_edits_change_nothing() {
    let talk = ["I would change it.", "Really.", "It is easy.", "Bye."];
    let (result, sandbox, asked) = repair(talk.map(Answer::says).into());
    blocked(&result, "budget", "attempts-exhausted");
    assert_eq!(asked.len(), 4);
    assert!(last_turn(&asked[1]).contains("There is no edit in your answer"));
    let tried = &step(&result, "edit#1")["failure"]["detail"]["tried"];
    assert_eq!(
        tried[0]["refusals"].as_array().unwrap().len(),
        4,
        "{tried:#}"
    );
    untouched(&sandbox);
    let run = result["run"].as_str().unwrap();
    assert_eq!(sandbox.tau(&["diff", run]).ends(0).out, "");
}

#[test]
fn an_edit_that_does_not_fit_is_refused_with_what_is_there() {
    let good = block("src/a.txt", "broken", "fixed") + &block("src/b.txt", "broken", "fixed");
    let half = block("src/a.txt", "broken", "fixed") + &block("src/b.txt", "brken", "fixed");
    let (result, _, asked) = repair(vec![Answer::says(half), Answer::says(good)]);
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
    let why = last_turn(&asked[1]);
    assert!(
        why.contains("`brken` does not occur in `src/b.txt`"),
        "{why}"
    );
    assert!(why.contains("    broken"), "{why}");
    assert_eq!(step(&result, "edit#1")["result"]["added"], 2);
}

#[test]
fn the_same_edit_for_ever_is_no_progress() {
    let edit = || Answer::says(block("src/a.txt", "first", "second"));
    let (result, sandbox, asked) = repair(vec![edit(), edit(), edit()]);
    blocked(&result, "budget", "progress-exhausted");
    assert_eq!(asked.len(), 2);
    let best = &step(&result, "edit#2")["failure"]["detail"]["best"];
    assert!(best.as_str().unwrap().contains("+second\n"), "{best}");
    untouched(&sandbox);
}

#[test]
fn the_same_failure_after_two_changes_is_no_progress() {
    let edit = |from: &str, to: &str| Answer::says(block("src/a.txt", from, to));
    let (result, _, asked) = repair(vec![edit("first", "1"), edit("1", "2"), edit("2", "3")]);
    blocked(&result, "budget", "progress-exhausted");
    assert_eq!(asked.len(), 2);
    let failed = &step(&result, "edit#3")["failure"];
    assert!(
        failed["message"]
            .as_str()
            .unwrap()
            .contains("same way after two changes")
    );
}

#[test]
fn a_protected_file_is_refused_once_and_the_second_time_is_the_end() {
    let cheat = |with: &str| Answer::says(block("tests/expected.txt", "fixed", with));
    let (result, sandbox, asked) = repair(vec![cheat("broken"), cheat("anything")]);
    let blocked = blocked(&result, "authority", "edit-protected");
    assert!(
        blocked["message"]
            .as_str()
            .unwrap()
            .contains("`tests/expected.txt`")
    );
    let why = last_turn(&asked[1]);
    assert!(why.contains("is what verifier `tests` protects"), "{why}");
    untouched(&sandbox);

    // The check's own command, what nobody grants, and, within what is granted, what decides what others
    // run.
    for path in ["check.sh", "README.md", "src/conftest.py", "src/AGENTS.md"] {
        let try_again = |time: u32| Answer::says(block(path, "", &format!("{time}")));
        let (result, sandbox, asked) = repair([1, 2].map(try_again).into());
        self::blocked(&result, "authority", "edit-protected");
        assert_eq!(asked.len(), 2, "{path}");
        untouched(&sandbox);
    }
    // What is no path here.
    for path in [".git/config", "../outside"] {
        let twice = |_| Answer::says(block(path, "x", "y"));
        let (result, sandbox, _) = repair([1, 2].map(twice).into());
        self::blocked(&result, "budget", "progress-exhausted");
        untouched(&sandbox);
    }
}

#[test]
fn who_asks_for_more_authority_gets_none() {
    let asks = "\
fix.tau
<<<<<<< SEARCH
    write \"src/**\"
=======
    write \"**\"
    run   \"sh\"
>>>>>>> REPLACE
";
    let (result, sandbox, _) = repair(vec![Answer::says(asks), Answer::says(format!("{asks}!"))]);
    blocked(&result, "authority", "edit-protected");
    untouched(&sandbox);
}

#[test]
fn rounds_that_are_used_up_fail_and_leave_the_best_attempt() {
    let edits = [
        ("first", "fixed"),
        ("fixed", "broken"),
        ("broken\nbroken", "1\n2"),
    ];
    let edits = edits.map(|(from, to)| Answer::says(block("src/a.txt", from, to)));
    let (result, sandbox, asked) = repair(edits.into());
    assert_eq!(asked.len(), 3);
    assert_eq!(result["outcome"], "failed", "{result:#}");
    assert_eq!(result["spent"]["model_calls"], json!(3));
    let run = result["run"].as_str().unwrap();
    assert!(sandbox.tau(&["diff", run]).ends(0).out.contains("+2\n"));
    untouched(&sandbox);
}

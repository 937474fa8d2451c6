use insta::assert_snapshot;

use crate::fake::Fake;
use crate::model::answer::{Format, parse};

fn fake() -> Fake {
    Fake::with(&[
        (
            "src/a.py",
            "def f():\n    return 1\n\n\ndef g():\n    return 1\n",
        ),
        ("src/w.txt", "one\r\ntwo\r\nthree"),
        ("tests/t.py", "assert 1\n"),
    ])
}

fn make(fake: &Fake, answer: &str) -> Result<(), String> {
    let edits = parse(Format::SearchReplace, answer)?;
    let made = super::make(&edits, fake).unwrap();
    made.map(drop).map_err(|refused| refused.reasons.join("\n"))
}

fn block(path: &str, find: &str, replace: &str) -> String {
    format!("{path}\n<<<<<<< SEARCH\n{find}=======\n{replace}>>>>>>> REPLACE\n")
}

#[test]
fn lines_take_the_place_of_lines_with_the_ends_of_the_file() {
    let fake = fake();
    let answer = [
        block(
            "src/a.py",
            "def f():\n    return 1   \n",
            "def f():\n    return 2\n",
        ),
        block("src/w.txt", "two\nthree\n", "2\n3\n4\n"),
        block("src/w.txt", "one\n", ""),
        block("src/n.py", "", "x\n"),
    ]
    .concat();
    make(&fake, &answer).unwrap();
    assert_eq!(
        fake.text("src/a.py").unwrap(),
        "def f():\n    return 2\n\n\ndef g():\n    return 1\n"
    );
    assert_eq!(fake.text("src/w.txt").unwrap(), "2\r\n3\r\n4");
    assert_eq!(fake.text("src/n.py").unwrap(), "x\n");
}

#[test]
fn files_are_removed_and_renamed() {
    let fake = fake();
    make(
        &fake,
        "<<<<<<< DELETE src/w.txt\n<<<<<<< RENAME src/a.py => src/b.py\n",
    )
    .unwrap();
    let files: Vec<String> = fake.files().into_keys().collect();
    assert_eq!(files, ["src/b.py", "tests/t.py"]);
}

#[test]
fn what_is_wrong_is_told_all_of_it_and_nothing_is_changed() {
    let fake = fake();
    let before = fake.files();
    let answer = [
        block("src/a.py", "    return 1\n", "    return 2\n"),
        block("src/a.py", "def f():\n  return 1\n", "x\n"),
        block("src/none.py", "a\n", "b\n"),
        block("src/w.txt", "", "b\n"),
    ]
    .concat();
    assert_snapshot!(make(&fake, &answer).unwrap_err(), @r"
    The text `    return 1` occurs 2 times in `src/a.py`, at lines 2, 6. It must occur exactly once. Send more of the lines around it, so that it occurs once.
    The text `def f():…` does not occur in `src/a.py`. Lines 1 to 2 are the same but for white space:
        def f():
            return 1
    Send the text exactly as it is in the file, with its indentation and line ends.
    There is no file `src/none.py`.
    `src/w.txt` is there already, and an empty SEARCH part, or a part that adds it, is for a new file. Find the lines of it that shall change.
    ");
    assert_eq!(fake.files(), before);
    let same = block("src/a.py", "def f():\n", "def f():\n");
    assert!(
        make(&fake, &same)
            .unwrap_err()
            .starts_with("Your edits change nothing")
    );
    let out = block("../x", "", "b\n");
    assert!(
        make(&fake, &out)
            .unwrap_err()
            .starts_with("The path `../x` has a `.` or `..` part")
    );
}

#[test]
fn a_path_that_may_not_be_written_is_named() {
    let fake = fake();
    fake.protects("tests/");
    let answer = [
        block("tests/t.py", "assert 1\n", "assert True\n"),
        block("src/a.py", "def f():\n", "def h():\n"),
    ]
    .concat();
    let edits = parse(Format::SearchReplace, &answer).unwrap();
    let refused = super::make(&edits, &fake).unwrap().unwrap_err();
    assert_eq!(refused.protected, ["tests/t.py"]);
    assert!(fake.text("src/a.py").unwrap().starts_with("def f"));
}

#[test]
fn a_diff_is_applied_as_a_patch_is() {
    let fake = fake();
    let diff = "--- a/src/a.py\n+++ b/src/a.py\n@@ -99,1 +99,1 @@\n def f():\n-    return 1\n+    return 2\n \n";
    make(&fake, diff).unwrap();
    assert!(
        fake.text("src/a.py")
            .unwrap()
            .starts_with("def f():\n    return 2\n")
    );
    let why = make(&fake, diff).unwrap_err();
    assert!(why.starts_with("The patch does not fit the tree"), "{why}");
}

#[test]
fn what_a_part_stands_behind_says_which_lines_are_meant() {
    let fake = fake();
    let patch = "*** Begin Patch\n*** Update File: src/a.py\n@@ def g():\n-    return 1\n+    return 3\n*** End Patch\n";
    make(&fake, patch).unwrap();
    assert_eq!(
        fake.text("src/a.py").unwrap(),
        "def f():\n    return 1\n\n\ndef g():\n    return 3\n"
    );
}

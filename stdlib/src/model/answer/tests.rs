use proptest::prelude::*;

use super::*;

fn lines(path: &str, find: &[&str], replace: &[&str]) -> Op {
    let owned = |all: &[&str]| all.iter().map(|line| (*line).to_owned()).collect();
    Op::Lines {
        path: path.to_owned(),
        after: None,
        find: owned(find),
        replace: owned(replace),
    }
}

fn each(wanted: Format, text: &str) -> Vec<Op> {
    match parse(wanted, text).unwrap() {
        Edits::Each(all) => all,
        Edits::Diff(diff) => panic!("a diff: {diff}"),
    }
}

#[test]
fn blocks_are_read_with_talk_and_fences_around_them() {
    let text = "\
I change **both**.

`src/a.py`
```python
<<<<<<< SEARCH
    x = 1
=======
    x = 2
>>>>>>> REPLACE
```

And again, in the same file:

<<<<<<< SEARCH
gone
=======
>>>>>>> REPLACE

### src/new.py
<<<<<<< SEARCH
=======
print(1)
>>>>>>> REPLACE
<<<<<<< DELETE src/old.py
<<<<<<< RENAME a.py => b.py
";
    assert_eq!(
        each(Format::SearchReplace, text),
        [
            lines("src/a.py", &["    x = 1"], &["    x = 2"]),
            lines("src/a.py", &["gone"], &[]),
            Op::Create {
                path: "src/new.py".to_owned(),
                text: "print(1)\n".to_owned()
            },
            Op::Remove {
                path: "src/old.py".to_owned()
            },
            Op::Move {
                from: "a.py".to_owned(),
                to: "b.py".to_owned()
            },
        ]
    );
}

#[test]
fn blocks_that_could_mean_two_things_are_refused() {
    let why = |text: &str| parse(Format::SearchReplace, text).unwrap_err();
    let unnamed = why("<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n");
    assert!(
        unnamed.starts_with("Block 1 does not name its file"),
        "{unnamed}"
    );
    let open = why("a.py\n<<<<<<< SEARCH\na\n=======\nb\n");
    assert!(open.starts_with("Block 1 (`a.py`) has no end"), "{open}");
    let open = why("a.py\n<<<<<<< SEARCH\na\n=======\n<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE\n");
    assert!(open.starts_with("Block 1 (`a.py`) has no end"), "{open}");
    let twice = why("a.md\n<<<<<<< SEARCH\nT\n=======\n=======\nU\n>>>>>>> REPLACE\n");
    assert!(twice.contains("has several lines `=======`"), "{twice}");
    let none = why("a.md\n<<<<<<< SEARCH\nT\n>>>>>>> REPLACE\n");
    assert!(none.contains("has no line `=======`"), "{none}");
    let talk = why("I would change x to 2.");
    assert!(
        talk.starts_with("There is no edit in your answer"),
        "{talk}"
    );
    assert!(talk.contains("<<<<<<< SEARCH"), "{talk}");
}

#[test]
fn whole_files_stand_behind_their_paths() {
    let text = "\
Run this first:
```sh
pip install x
```
src/a.py
````python
```
x
```
````
**README.md**:
```
# T
```
";
    let file = |path: &str, text: &str| Op::Write {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    assert_eq!(
        each(Format::Whole, text),
        [
            file("src/a.py", "```\nx\n```\n"),
            file("README.md", "# T\n")
        ]
    );
    assert!(
        parse(Format::Whole, "a.py\n```\nx\n")
            .unwrap_err()
            .contains("has no end")
    );
}

#[test]
fn what_hunks_count_is_counted_again() {
    let text = "\
Here it is:
```diff
--- a/x.py
+++ b/x.py
@@ -1,9 +1,2 @@ def f():
 a

-b
+c
+d
--- a/y.py
+++ b/y.py
@@ -4 +4 @@
-b
+c
```
Done.
";
    let Edits::Diff(diff) = parse(Format::SearchReplace, text).unwrap() else {
        panic!("no diff");
    };
    assert!(
        diff.contains("@@ -1,3 +1,4 @@ def f():\n a\n \n-b\n+c\n+d\n--- a/y.py\n"),
        "{diff}"
    );
    assert!(diff.contains("@@ -4,1 +4,1 @@\n-b\n+c\nDone.\n"), "{diff}");
    assert!(!diff.contains("```"));
}

#[test]
fn parts_of_apply_patch_are_read() {
    let text = "\
*** Begin Patch
*** Update File: a.py
*** Move to: b.py
@@ def f():
 x
-y
+z
*** Add File: n.py
+1
+2
*** Delete File: o.py
*** End Patch
";
    let mut changed = lines("a.py", &["x", "y"], &["x", "z"]);
    if let Op::Lines { after, .. } = &mut changed {
        *after = Some("def f():".to_owned());
    }
    let path = |path: &str| path.to_owned();
    assert_eq!(
        each(Format::SearchReplace, text),
        [
            changed,
            Op::Move {
                from: path("a.py"),
                to: path("b.py")
            },
            Op::Create {
                path: path("n.py"),
                text: path("1\n2\n")
            },
            Op::Remove { path: path("o.py") },
        ]
    );
    let why = |text: &str| parse(Format::ApplyPatch, text).unwrap_err();
    assert!(why("*** Begin Patch\n*** Delete File: a\n").contains("has no end"));
    let adds = "*** Begin Patch\n*** Update File: a\n@@\n+x\n*** End Patch\n";
    assert!(why(adds).contains("does not say where"));
}

#[test]
fn json_is_read_as_it_is_asked_for() {
    let text = "```json\n{\"edits\": [{\"path\": \"a\", \"find\": \"x\", \"replace\": \"y\"}], \"delete\": [\"b\"]}\n```";
    assert_eq!(
        each(Format::SearchReplace, text),
        [
            Op::Text {
                path: "a".to_owned(),
                find: "x".to_owned(),
                replace: "y".to_owned()
            },
            Op::Remove {
                path: "b".to_owned()
            }
        ]
    );
    let why = |text: &str| parse(Format::Json, text).unwrap_err();
    assert!(why("{\"edits\": [{\"path\": \"a\"").contains("is no JSON"));
    assert!(why("{\"edits\": [{\"path\": \"a\", \"fnd\": \"\"}]}").contains("unknown field `fnd`"));
    assert!(why("{\"diff\": \"x\", \"delete\": [\"b\"]}").contains("one or the other"));
    assert!(why("{\"edits\": []}").starts_with("There is no edit"));
}

proptest! {
    #[test]
    fn no_answer_is_too_odd(
        parts in prop::collection::vec(prop::sample::select(vec![
            "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "<<<<<<< DELETE a", "<<<<<<< RENAME a => b",
            "```", "````python", "a.py", "--- a/x", "+++ b/x", "@@ -1 +1 @@", "@@ -é,1 +1 @@", "+é", "-x", " ", "",
            "*** Begin Patch", "*** Update File: a", "*** End Patch", "@@", "{\"edits\":[", "]}", "\u{feff}",
        ]), 0..24),
        end in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let text = parts.join(end);
        for format in [Format::SearchReplace, Format::Whole, Format::Diff, Format::ApplyPatch, Format::Json] {
            let _ = parse(format, &text);
        }
    }
}

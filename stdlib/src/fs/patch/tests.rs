use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};
use tau_interpreter::action::FileMode;

use super::{LARGEST, paths};
use crate::fake::Fake;

fn apply(tree: &Fake, diff: &str) -> Result<Value, String> {
    tree.call("fs.patch", json!({ "diff": diff }))
        .map_err(|failure| format!("{}: {}", failure.code, failure.message))
}

const NUMBERS: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

#[test]
fn one_patch_creates_changes_moves_and_removes() {
    let tree = Fake::with(&[
        ("src/a.rs", "one\ntwo\nthree"),
        ("old name", "same\n"),
        ("gone", "bye\n"),
        ("tool", "x\n"),
    ]);
    let diff = "\
From 0123 Mon Sep 17 00:00:00 2001
Subject: [PATCH] what a mail says before

---
 src/a.rs | 2 +-

diff --git a/src/a.rs b/src/a.rs
index 111..222 100644
--- a/src/a.rs
+++ b/src/a.rs
@@ -1,3 +1,3 @@
 one
-two
+2
 three
\\ No newline at end of file
diff --git a/old name b/d/new name
similarity index 100%
rename from old name
rename to d/new name
diff --git a/gone b/gone
deleted file mode 100644
index 111..000
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-bye
diff --git \"a/\\303\\244.sh\" \"b/\\303\\244.sh\"
new file mode 100755
index 000..111
--- /dev/null
+++ \"b/\\303\\244.sh\"
@@ -0,0 +1 @@
+#!/bin/sh
diff --git a/empty b/empty
new file mode 100644
index 000..000
diff --git a/link b/link
new file mode 120000
--- /dev/null
+++ b/link
@@ -0,0 +1 @@
+src/a.rs
\\ No newline at end of file
diff --git a/tool b/tool
old mode 100644
new mode 100755
-- \n2.47.3

";
    let result = apply(&tree, diff).unwrap();
    let named = [
        "d/new name",
        "empty",
        "gone",
        "link",
        "old name",
        "src/a.rs",
        "tool",
        "ä.sh",
    ];
    assert_eq!(result, json!({ "paths": named, "added": 3, "removed": 2 }));
    assert_eq!(paths(diff).unwrap(), named);
    assert_eq!(tree.text("src/a.rs").unwrap(), "one\n2\nthree");
    assert_eq!(tree.text("d/new name").unwrap(), "same\n");
    assert_eq!(
        tree.file("ä.sh").unwrap(),
        ("#!/bin/sh\n".into(), FileMode::Executable)
    );
    assert_eq!(
        tree.file("link").unwrap(),
        ("src/a.rs".into(), FileMode::Link)
    );
    assert_eq!(
        tree.file("tool").unwrap(),
        ("x\n".into(), FileMode::Executable)
    );
    assert_eq!(tree.text("empty").unwrap(), "");
    assert_eq!((tree.text("gone"), tree.text("old name")), (None, None));
}

#[test]
fn a_bare_diff_is_applied() {
    let tree = Fake::with(&[("src/x", "a\n"), ("gone", "g\n")]);
    let diff = "\
--- src/x\t2024-01-01 00:00:00 +0000
+++ src/x\t2024-01-02 00:00:00 +0000
@@ -1 +1 @@
-a
+b
--- /dev/null
+++ b/made
@@ -0,0 +1 @@
+m
--- a/also made
+++ b/also made
@@ -0,0 +1 @@
+m
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-g";
    apply(&tree, diff).unwrap();
    assert_eq!(tree.text("src/x").unwrap(), "b\n");
    assert_eq!(tree.text("made").unwrap(), "m\n");
    assert_eq!(tree.text("also made").unwrap(), "m\n");
    assert_eq!(tree.text("gone"), None);
}

#[test]
fn crlf_lines_and_modes_are_kept() {
    let tree = Fake::default();
    tree.put("x", b"a\r\nb\r\n\xff\n", FileMode::Executable);
    apply(
        &tree,
        "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\r\n+A\r\n b\r\n",
    )
    .unwrap();
    assert_eq!(
        tree.files()["x"].bytes,
        b"A\r\nb\r\n\xff\n",
        "bytes that are no text are left alone"
    );
    assert_eq!(tree.files()["x"].mode, FileMode::Executable);
}

#[test]
fn a_hunk_that_has_moved_goes_to_the_only_place_where_it_fits() {
    let tree = Fake::with(&[("x", &format!("new\nnew\n{NUMBERS}"))]);
    apply(
        &tree,
        "--- a/x\n+++ b/x\n@@ -3,3 +3,3 @@\n 3\n-4\n+four\n 5\n",
    )
    .unwrap();
    assert_eq!(
        tree.text("x").unwrap(),
        format!("new\nnew\n{}", NUMBERS.replace('4', "four"))
    );
}

#[test]
fn a_hunk_that_fits_in_several_places_is_refused() {
    let hunk = "--- a/x\n+++ b/x\n@@ -5,3 +5,3 @@\n a\n-b\n+c\n a\n";
    let tree = Fake::with(&[("x", "0\na\nb\na\n0\n0\na\nb\na\n0\n")]);
    assert_snapshot!(apply(&tree, hunk).unwrap_err(), @"patch-conflict: The patch does not fit the tree. `x`: the hunk `@@ -5,3 +5,3 @@` does not fit where it says, but in several other places, such as lines 2 and 7.");

    // Where it says is where it goes, even if there are other places.
    let tree = Fake::with(&[("x", "0\na\nb\na\na\nb\na\n0\n")]);
    apply(&tree, hunk).unwrap();
    assert_eq!(tree.text("x").unwrap(), "0\na\nb\na\na\nc\na\n0\n");
}

#[test]
fn every_misfit_is_told_at_once() {
    let tree = Fake::with(&[
        ("x", NUMBERS),
        ("there", "t\n"),
        ("tabs", "if x:\n\ty\nz\n"),
    ]);
    let diff = "\
diff --git a/x b/x
--- a/x
+++ b/x
@@ -2,3 +2,3 @@
 2
-drei
+3!
 4
@@ -7,3 +7,3 @@
 7
-acht
+8!
 9
diff --git a/there b/there
new file mode 100644
--- /dev/null
+++ b/there
@@ -0,0 +1 @@
+t
--- a/tabs
+++ b/tabs
@@ -1,3 +1,3 @@
 if x:
-    y
+    Y
 z
--- a/x
+++ b/x
@@ -8,3 +8,3 @@
 8
-9
+neun
 10
@@ -4,2 +4,3 @@
 4
 5
+5½
diff --git a/missing b/missing
old mode 100644
new mode 100755
";
    let failure = tree.call("fs.patch", json!({ "diff": diff })).unwrap_err();
    assert_snapshot!(failure.message, @r#"
    The patch does not fit the tree. `x`: the hunk `@@ -2,3 +2,3 @@` expects `drei` at line 3; found `3`.
    `x`: the hunk `@@ -7,3 +7,3 @@` expects `acht` at line 8; found `8`.
    `there`: is new in the patch, but it is there already.
    `tabs`: the hunk `@@ -1,3 +1,3 @@` expects `    y` at line 2; found "\ty\n", which differs in white space only (expected "    y\n").
    `x`: the hunk `@@ -8,3 +8,3 @@` expects `10` at line 10; the file ends before it.
    `x`: the hunk `@@ -4,2 +4,3 @@` has no line of context after its change, so it must fit at the end of the file, but its lines are at line 4.
    `missing`: does not exist.
    "#);
    assert_eq!(failure.detail["conflicts"][0]["path"], "x");
    assert_eq!(
        failure.detail["conflicts"][0]["hunk"],
        json!({ "hunk": "@@ -2,3 +2,3 @@", "line": 3, "expected": "drei\n", "found": "3\n" })
    );
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let tree = Fake::default();
    tree.put("x", b"a\n", FileMode::Regular);
    tree.put("link", b"x", FileMode::Link);
    let rename = |from: &str, to: &str| {
        format!("diff --git a/{from} b/{to}\nrename from {from}\nrename to {to}\n")
    };
    let modify = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n";
    let create = "diff --git a/n b/n\nnew file mode 100644\n";
    let delete = "diff --git a/x b/x\ndeleted file mode 100644\n";
    let told: Vec<String> = [
        delete.to_owned(),
        format!("{modify}{}", rename("x", "y")),
        format!("{}{modify}", rename("x", "y")),
        format!("{}{}", rename("x", "y"), rename("x", "z")),
        format!("{create}{create}"),
        rename("nothing", "y"),
        rename("x", "link"),
        "diff --git a/link b/link\nindex 1..2 100644\n--- a/link\n+++ b/link\n@@ -1 +1 @@\n-x\n+y\n".to_owned(),
        "diff --git a/x b/x\nold mode 120000\nnew mode 100644\n".to_owned(),
        "diff --git a/x b/x\nold mode 100644\nnew mode 120000\n".to_owned(),
        "--- a/x\n+++ b/x\n@@ -1,0 +1 @@\n+new\n".to_owned(),
        "--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+new\n".to_owned(),
    ]
    .iter()
    .map(|diff| apply(&tree, diff).unwrap_err().replace("patch-conflict: The patch does not fit the tree. ", ""))
    .collect();
    assert_snapshot!(told.join("\n"), @r"
    `x`: is deleted by the patch, but it has more lines than the patch removes.
    `x`: is changed by the patch and then deleted or renamed; send two patches.
    `x`: is changed by the patch after it was deleted or renamed.
    `x`: is deleted or renamed twice by the patch.
    `n`: is created twice by the patch.
    `nothing`: does not exist.
    `link`: is new in the patch, but it is there already.
    `link`: is a symbolic link, which the patch does not expect.
    `x`: is not a symbolic link, as the patch expects.
    `x`: cannot become a symbolic link or cease to be one without being deleted and created.
    `x`: the hunk `@@ -1,0 +1 @@` adds lines without any context, which fits an empty file only.
    `x`: the hunk `@@ -0,0 +1 @@` adds lines without any context, which fits an empty file only.
    ");
}

#[test]
fn a_hunk_without_context_stays_where_it_says() {
    let tree = Fake::with(&[("x", "a\ny\ny\n")]);
    let told = apply(&tree, "--- a/x\n+++ b/x\n@@ -2 +2 @@\n-y\n+z\n").unwrap_err();
    assert!(told.contains("must fit exactly where it says"), "{told}");
    apply(&tree, "--- a/x\n+++ b/x\n@@ -3 +3 @@\n-y\n+z\n").unwrap();
    assert_eq!(tree.text("x").unwrap(), "a\ny\nz\n");
}

#[test]
fn very_long_and_very_many_misfits_are_told_shortly() {
    let long = "x".repeat(100_000);
    let tree = Fake::with(&[("x", &format!("{long}\nend\n"))]);
    let hunk = format!("@@ -1,2 +1,2 @@\n-y{long}\n+z\n end\n");
    let diff = format!("--- a/x\n+++ b/x\n{}", hunk.repeat(60));
    let told = apply(&tree, &diff).unwrap_err();
    assert!(
        told.ends_with("And 10 more.") && told.len() < 50_000,
        "{}",
        told.len()
    );
}

#[test]
fn patches_of_several_commits_build_on_each_other() {
    let tree = Fake::with(&[("x", "a\n")]);
    let change = |from: &str, to: &str| {
        format!(
            "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-{from}\n+{to}\n-- \n2.47.3\n\n"
        )
    };
    apply(&tree, &(change("a", "b") + &change("b", "c"))).unwrap();
    assert_eq!(tree.text("x").unwrap(), "c\n");
}

#[test]
fn malformed_patches_are_refused_with_their_line() {
    let git = "diff --git a/x b/x\n";
    let pair = "--- a/x\n+++ b/x\n";
    let told: Vec<String> = [
        "just text".to_owned(),
        String::new(),
        git.to_owned(),
        format!("{git}index 1..2 160000\n"),
        format!("{git}new file mode 1x\n"),
        format!("{git}--- a/y\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"),
        format!("{git}rename from y\n"),
        format!("{git}new file mode 100644\ndeleted file mode 100644\n"),
        format!("{git}new file mode 100644\n@@ -1 +1 @@\n-a\n+b\n"),
        format!("{git}deleted file mode 100644\n@@ -1 +1 @@\n-a\n+b\n"),
        "diff --git a/x b/y\n".to_owned(),
        "diff --cc x\n".to_owned(),
        pair.to_owned(),
        "--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n".to_owned(),
        "@@ -1 +1 @@\n-a\n+b\n".to_owned(),
        format!("{pair}@@ -1 +1\n-a\n+b\n"),
        format!("{pair}@@ -1 +99999999999 @@\n-a\n+b\n"),
        format!("{pair}@@ -1,2 +1,2 @@\n a\n-b\n"),
        format!("{pair}@@ -1,2 +1,2 @@\n a\n-b\n+c\n+d\n\n"),
        format!("{pair}@@ -1,2 +1,1 @@\n a\n-b\n+c\n"),
        format!("{pair}@@ -1 +1 @@\n a\n"),
        format!("{git}GIT binary patch\nliteral 0\n"),
        format!("{git}index 1..2\nBinary files a/x and b/x differ\n"),
    ]
    .iter()
    .map(|diff| apply(&Fake::with(&[("x", "a\n")]), diff).unwrap_err())
    .collect();
    assert_snapshot!(told.join("\n"), @r"
    patch-empty: The patch changes nothing: it holds no `diff --git` and no `---` and `+++` lines.
    patch-empty: The patch changes nothing: it holds no `diff --git` and no `---` and `+++` lines.
    patch-invalid: Line 1 of the patch begins a part for `x` that changes nothing.
    patch-invalid: Line 2 of the patch changes a submodule, which a patch cannot do here.
    patch-invalid: Line 2 of the patch has an unknown file mode: `1x`.
    patch-invalid: Line 1 of the patch begins a part whose `---` line names another file.
    patch-invalid: Line 1 of the patch begins a rename or copy of which one side is missing.
    patch-invalid: Line 1 of the patch says that a file is created, deleted, renamed and copied at once.
    patch-invalid: Line 1 of the patch creates `x`, but its hunks expect lines that are there already.
    patch-invalid: Line 1 of the patch deletes `x`, but its hunks leave lines in it.
    patch-invalid: Line 1 of the patch names two different files, but no rename follows.
    patch-invalid: Line 1 of the patch begins the combined diff of a merge, which cannot be applied.
    patch-invalid: Line 1 of the patch begins a part, but no hunk (`@@ -…`) follows.
    patch-invalid: Line 1 of the patch and the next do not name one file: `a/x` and `b/y`.
    patch-invalid: Line 1 of the patch is a hunk without the names of its file before it.
    patch-invalid: Line 3 of the patch is not the head of a hunk: `@@ -1 +1`.
    patch-invalid: Line 3 of the patch is not the head of a hunk: `@@ -1 +99999999999 @@`.
    patch-invalid: Line 3 of the patch says `@@ -1,2 +1,2 @@`, so the hunk of `x` should have 2 old and 2 new lines, but it has 2 and 1.
    patch-invalid: Line 3 of the patch says `@@ -1,2 +1,2 @@`, so the hunk of `x` should have 2 old and 2 new lines, but it has 2 and 3.
    patch-invalid: Line 3 of the patch says `@@ -1,2 +1,1 @@`, so the hunk of `x` should have 2 old and 1 new lines, but it has 2 and 2.
    patch-invalid: Line 3 of the patch says `@@ -1 +1 @@`, but this hunk of `x` changes nothing.
    patch-binary: The patch changes `x`, a binary file, at line 2. Only text can be patched.
    patch-binary: The patch changes `x`, a binary file, at line 3. Only text can be patched.
    ");
}

#[test]
fn hostile_paths_are_refused_wherever_they_stand() {
    for path in [
        "../x",
        "/etc/x",
        ".git/config",
        "d/.git/hooks/x",
        ".GIT/x",
        "d/../../x",
        "d//x",
        "d/",
    ] {
        let diffs = [
            format!("--- a/{path}\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n"),
            format!("--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n"),
            format!("--- a/{path}\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"),
            format!("diff --git a/{path} b/{path}\nnew file mode 100644\n"),
            format!("diff --git a/x b/y\nrename from x\nrename to {path}\n"),
            format!("diff --git a/x b/y\ncopy from {path}\ncopy to y\n"),
        ];
        for diff in diffs {
            let failure = apply(&Fake::with(&[("x", "x\n")]), &diff).unwrap_err();
            assert!(failure.starts_with("path-refused: "), "{failure}\n{diff}");
            assert!(paths(&diff).is_err());
        }
    }
    for quoted in [
        r#""b/a\\b""#,
        r#""b/a\000b""#,
        r#""b/.git/a\tb""#,
        r#""../\303\244""#,
    ] {
        let failure = apply(
            &Fake::default(),
            &format!("--- /dev/null\n+++ {quoted}\n@@ -0,0 +1 @@\n+x\n"),
        );
        assert!(
            failure.unwrap_err().starts_with("path-refused: "),
            "{quoted}"
        );
    }
}

#[test]
fn the_largest_patch_is_ten_megabytes() {
    let start = "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+";
    let fits = format!("{start}{}\n", "x".repeat(LARGEST - start.len() - 1));
    apply(&Fake::default(), &fits).unwrap();
    let failure = apply(&Fake::default(), &format!("{fits}\n")).unwrap_err();
    assert_snapshot!(failure, @"patch-too-large: The patch has 10000001 bytes; the limit is 10000000.");
    assert!(paths(&format!("{fits}\n")).is_err());
}

#[test]
fn a_search_that_is_made_to_take_long_is_given_up() {
    let tree = Fake::with(&[("x", &"a\nb\n".repeat(50_000))]);
    let body = " a\n b\n".repeat(2_000);
    let diff = format!("--- a/x\n+++ b/x\n@@ -3,4002 +3,4001 @@\n{body}-b\n a\n");
    assert!(apply(&tree, &diff).unwrap_err().contains("took too long"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(
        parts in prop::collection::vec(prop::sample::select(&[
            "diff --git a/x b/x\n", "diff --git ", "--- a/x\n", "+++ b/x\n", "--- \"a/\\303\n", "--- /dev/null\n",
            "+++ /dev/null\n", "@@ -1,2 +1,2 @@\n", "@@ -0,0 +1 @@ f\n", "@@ -1 +0,0 @@\n", "@@ -4294967295,4294967295 +1 @@\n",
            " a\n", "-a\n", "+b\n", "\\ No newline at end of file\n", "\n", "-- \n", "rename from x\n", "rename to y\n",
            "copy from x\n", "copy to z\n", "new file mode 100644\n", "deleted file mode 100644\n", "old mode 100644\n",
            "new mode 120000\n", "index 1..2 100644\n", "ä\n", "\r\n", "similarity index 9%\n",
        ][..]), 0..14),
        junk in "\\PC{0,4}",
    ) {
        let diff = parts.concat() + &junk;
        let tree = Fake::with(&[("x", "a\na\n")]);
        if apply(&tree, &diff).is_ok() {
            let named = paths(&diff).unwrap();
            let before = Fake::with(&[("x", "a\na\n")]).files();
            for (path, file) in tree.files() {
                prop_assert!(before.get(&path) == Some(&file) || named.contains(&path), "{}", path);
            }
        }
    }
}

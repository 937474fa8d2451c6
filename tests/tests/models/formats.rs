//! The forms in which models answer.

use super::provider::{Answer, Provider};
use super::{FILES, REPAIR, apply, mission, repair, sandbox_with};

const DIFF: &str = "\
```diff
--- a/src/a.txt
+++ b/src/a.txt
@@ -1,9 +1,9 @@
 first
-broken
+fixed
 last
--- a/src/b.txt
+++ b/src/b.txt
@@ -1 +1 @@
 one
-broken
+fixed
```
";

const PATCH: &str = "\
*** Begin Patch
*** Update File: src/a.txt
@@
 first
-broken
+fixed
*** Update File: src/b.txt
@@ one
-broken
+fixed
*** End Patch
";

const JSON: &str = r#"{
  "edits": [{ "path": "src/a.txt", "find": "broken", "replace": "fixed" }],
  "files": [{ "path": "src/b.txt", "text": "one\nfixed\n" }]
}"#;

const WHOLE: &str = "\
src/a.txt
````
first
fixed
last
````

`src/b.txt`
```
one
fixed
```
";

#[test]
fn every_form_is_taken_when_it_is_asked_for_and_when_it_is_not() {
    for (format, answer) in [
        ("diff", DIFF),
        ("apply-patch", PATCH),
        ("json", JSON),
        ("whole", WHOLE),
    ] {
        let statements = REPAIR.replace("goal:", &format!("format: \"{format}\", goal:"));
        for statements in [statements.as_str(), REPAIR] {
            // Whole files look like examples, so they are taken only when they are asked for.
            if format == "whole" && statements == REPAIR {
                continue;
            }
            let provider = Provider::new(vec![Answer::says(answer)]);
            let sandbox = sandbox_with(&provider, FILES, "");
            let done = apply(&sandbox, &mission("\"local/m\" up to $5", statements));
            let result = done.ends(0).json();
            assert_eq!(
                sandbox.committed(&result, "src/a.txt"),
                b"first\nfixed\nlast\n"
            );
            assert_eq!(
                sandbox.committed(&result, "src/b.txt"),
                b"one\nfixed\n",
                "{format}"
            );
        }
    }
}

#[test]
fn files_are_made_renamed_and_removed() {
    let answer = "\
src/new.txt
<<<<<<< SEARCH
=======
new
>>>>>>> REPLACE
<<<<<<< DELETE src/b.txt
<<<<<<< RENAME src/a.txt => src/c.txt
";
    let (result, sandbox, _) = repair(vec![Answer::says(answer)]);
    let run = result["run"].as_str().unwrap();
    let diff = sandbox.tau(&["diff", run]).ends(0).out;
    for part in ["+++ b/src/new.txt", "--- a/src/b.txt", "src/c.txt"] {
        assert!(diff.contains(part), "{diff}");
    }
}

//! What the file actions do to the bytes of a commit.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use serde_json::{Value, json};
use tau_tests::{Sandbox, mission, step};

/// The mission with these edits between RED and the proof, whatever they are: the verifier
/// wants a file `src/done`.
fn edited(sandbox: &Sandbox, statements: &str) -> Value {
    sandbox.write_script("check.sh", "#!/bin/sh\ntest -e src/done\n");
    sandbox.commit("second");
    let text = format!(
        "  step red = verify.red(tests)\n{statements}\n  step done = fs.write(path: \"src/done\", text: \"\")\n  step green = verify.check(tests)\n  step proof = verify.prove(tests, red: red, green: green)\n  step commit = git.commit(proof, message: \"x\")\n"
    );
    sandbox.write("edits.diff", "");
    sandbox.apply(&mission(&text)).ends(0).json()
}

/// The mode and name of each file that the commit changes, and how.
fn changes(sandbox: &Sandbox, result: &Value) -> String {
    let commit = result["commit"].as_str().unwrap();
    let raw = sandbox.git(&[
        "show",
        "--raw",
        "--no-renames",
        "--no-abbrev",
        "--format=",
        commit,
    ]);
    raw.lines()
        .map(|line| {
            let words: Vec<&str> = line[1..].split([' ', '\t']).collect();
            format!("{} {} {} {}\n", words[4], words[0], words[1], words[5])
        })
        .collect()
}

#[test]
fn whole_files() {
    let sandbox = Sandbox::broken();
    sandbox.write_script("src/tool", "#!/bin/sh\n");
    let result = edited(
        &sandbox,
        r##"
  step a = fs.write(path: "src/tool", text: "new")
  step b = fs.write(path: "src/deep/er/new", text: "no end")
  step c = fs.write(path: "src/run", text: "#!/bin/sh\n", executable: true)
  step d = fs.write_many(files: [{ path: "src/one", text: "1\r\n" }, { path: "src/two", text: "" }])
  step e = fs.move(from: "src/one", to: "src/moved")
  step f = fs.remove(path: "src/a.txt")
"##,
    );
    assert_eq!(
        changes(&sandbox, &result),
        "D 100644 000000 src/a.txt\n\
         A 000000 100644 src/deep/er/new\n\
         A 000000 100644 src/done\n\
         A 000000 100644 src/moved\n\
         A 000000 100755 src/run\n\
         M 100755 100755 src/tool\n\
         A 000000 100644 src/two\n"
    );
    assert_eq!(sandbox.committed(&result, "src/deep/er/new"), b"no end");
    assert_eq!(sandbox.committed(&result, "src/moved"), b"1\r\n");
    assert_eq!(
        step(&result, "e")["result"]["paths"],
        json!(["src/moved", "src/one"])
    );
}

#[test]
fn pieces_of_files_keep_line_ends_modes_and_the_missing_last_newline() {
    let sandbox = Sandbox::broken();
    sandbox.write_script("src/dos", "one\r\ntwo\r\nthree");
    sandbox.write("src/bom", "\u{feff}one\ntwo");
    sandbox.write("src/mixed", "one\r\ntwo\nthree\r\n");
    let result = edited(
        &sandbox,
        r#"
  step a = fs.edit(path: "src/dos", find: "one\ntwo\n", replace: "1\n2\n2b\n")
  step b = fs.edit(path: "src/bom", find: "two", replace: "2")
  step c = fs.edit_many(edits: [
    { path: "src/mixed", find: "one", replace: "1" },
    { path: "src/mixed", find: "1\ntwo", replace: "1\n2" },
    { path: "src/a.txt", find: "broken\n", replace: "" },
  ])
"#,
    );
    assert_eq!(
        sandbox.committed(&result, "src/dos"),
        b"1\r\n2\r\n2b\r\nthree"
    );
    assert_eq!(
        sandbox.committed(&result, "src/bom"),
        "\u{feff}one\n2".as_bytes()
    );
    assert_eq!(
        sandbox.committed(&result, "src/mixed"),
        b"1\r\n2\nthree\r\n"
    );
    assert_eq!(sandbox.committed(&result, "src/a.txt"), b"first\nlast\n");
    assert!(changes(&sandbox, &result).contains("M 100755 100755 src/dos\n"));
}

#[test]
fn several_edits_are_all_or_none() {
    let sandbox = Sandbox::broken();
    let text = mission(
        r#"
  step c = fs.edit_many(edits: [
    { path: "src/a.txt", find: "broken", replace: "fixed" },
    { path: "src/a.txt", find: "nowhere", replace: "x" },
    { path: "src/missing", find: "x", replace: "y" },
  ])
"#,
    );
    let result = sandbox.apply(&text).ends(1).json();
    let failure = step(&result, "c")["failure"].to_string();
    assert!(
        failure.contains("nowhere") && failure.contains("src/missing"),
        "{failure}"
    );
    assert_eq!(sandbox.tau(&["diff", "@"]).ends(0).out, "");
}

/// What git's own `git diff` says between two states is applied, and gives the second state.
#[test]
fn a_patch_of_git_with_everything_in_it() {
    let sandbox = Sandbox::broken();
    sandbox.write("src/dos", "one\r\ntwo\r\n");
    sandbox.write("src/no-end", "one\ntwo");
    sandbox.write("src/gets-end", "one");
    sandbox.write("src/old name", "a\nb\nc\nd\ne\n");
    sandbox.write("src/delete", "gone\n");
    sandbox.write("src/tool", "#!/bin/sh\n");
    sandbox.write("src/\u{e4} \"quoted\"", "x\n");
    sandbox.write_script("check.sh", "#!/bin/sh\ntest -e src/done\n");
    sandbox.commit("second");
    sandbox.write("src/dos", "one\r\n2\r\n");
    sandbox.write("src/no-end", "1\ntwo");
    sandbox.write("src/gets-end", "one\n");
    std::fs::remove_file(sandbox.path().join("src/delete")).unwrap();
    sandbox.git(&["mv", "src/old name", "src/new name"]);
    sandbox.write("src/new name", "a\nb\nc\nd\nE\n");
    sandbox.write_script("src/tool", "#!/bin/sh\n");
    sandbox.write("src/\u{e4} \"quoted\"", "y\n");
    sandbox.write("src/done", "");
    sandbox.write("src/-dash", "--\n");
    sandbox.git(&["add", "--all"]);
    let wanted = sandbox.git(&["write-tree"]);
    sandbox.write("all.diff", sandbox.git(&["diff", "--cached"]));
    sandbox.git(&["reset", "--quiet", "--hard"]);
    let arguments = [
        "apply",
        "std/prove-patch",
        "--set",
        "patch=@all.diff",
        "--set",
        "check=./check.sh",
        "--yes",
        "--json",
    ];
    let result = sandbox.tau(&arguments).ends(0).json();
    let tree = format!("{}^{{tree}}", result["commit"].as_str().unwrap());
    assert_eq!(
        sandbox.git(&["rev-parse", &tree]),
        wanted,
        "{}",
        changes(&sandbox, &result)
    );
}

#[test]
fn binary_files_are_refused_and_stay() {
    let sandbox = Sandbox::broken();
    sandbox.write("src/bin", [0u8, 1, 2, 0xff]);
    sandbox.commit("second");
    let refused = |statement: &str, code: &str| {
        let result = sandbox.apply(&mission(statement)).ends(1).json();
        assert_eq!(step(&result, "a")["failure"]["code"], code, "{result:#}");
    };
    refused("  step a = fs.read(path: \"src/bin\")\n", "file-binary");
    refused(
        "  step a = fs.edit(path: \"src/bin\", find: \"x\", replace: \"y\")\n",
        "file-binary",
    );
    let patch = "diff --git a/src/bin b/src/bin\nindex 1..2 100644\nGIT binary patch\nliteral 1\nIcmZPo000310RR91\n\n";
    refused(
        &format!("  step a = fs.patch(diff: \"\"\"\n{patch}\"\"\")\n"),
        "patch-binary",
    );
    // Moving one does not look into it.
    let result = edited(
        &sandbox,
        "  step a = fs.move(from: \"src/bin\", to: \"src/b2\")\n",
    );
    assert_eq!(sandbox.committed(&result, "src/b2"), [0u8, 1, 2, 0xff]);
}

#[test]
fn looking_at_files_sees_the_base_and_the_edits_and_not_the_checkout() {
    let sandbox = Sandbox::broken();
    sandbox.write("lib/x.rs", "fn x() {}\n// broken\n");
    sandbox.write("src/bin", [0u8, b'b', b'r', b'o', b'k', b'e', b'n']);
    sandbox.commit("second");
    sandbox.write("src/a.txt", "not committed: broken broken\n");
    sandbox.write("src/untracked", "broken\n");
    let result = sandbox
        .apply(&mission(
            r#"
  step put  = fs.write(path: "src/new", text: "broken, too\n")
  step read = fs.read(path: "src/a.txt")
  step all  = fs.glob(pattern: "**")
  step some = fs.glob(pattern: "src/*.txt")
  step find = fs.search(text: "broken")
  step rx   = fs.search(text: "^fn \\w+", files: "lib/**", regex: true)
  step one  = fs.search(text: "broken", limit: 1)
  output read = read.text
  output size = read.size
  output all  = all
  output some = some
  output find = find
  output rx   = rx.matches
  output one  = one.complete
"#,
        ))
        .ends(0)
        .json();
    assert_eq!(
        result["outputs"],
        json!({
            "read": "first\nbroken\nlast\n",
            "size": 18,
            "all": ["check.sh", "lib/x.rs", "src/a.txt", "src/bin", "src/new", "tests/expected.txt"],
            "some": ["src/a.txt"],
            "find": {
                "matches": [
                    { "path": "lib/x.rs", "line": 2, "text": "// broken" },
                    { "path": "src/a.txt", "line": 2, "text": "broken" },
                    { "path": "src/new", "line": 1, "text": "broken, too" },
                ],
                "complete": true,
            },
            "rx": [{ "path": "lib/x.rs", "line": 1, "text": "fn x() {}" }],
            "one": false,
        })
    );
}

#[test]
fn a_glob_shows_no_file_that_may_not_be_read() {
    let sandbox = Sandbox::broken();
    let text = mission("  step all = fs.glob(pattern: \"src/**\")\n  output all = all\n").replace(
        "read  \"**\"",
        "read \"src/**\"\n    deny read \"src/secret/**\"",
    );
    sandbox.write("src/secret/key", "x");
    sandbox.commit("second");
    let result = sandbox.apply(&text).ends(0).json();
    assert_eq!(result["outputs"]["all"], json!(["src/a.txt"]));
}

#[test]
fn paths_that_are_no_paths_here() {
    let sandbox = Sandbox::broken();
    for path in [
        "/etc/passwd",
        "../up",
        "src/../../up",
        "src/.git/config",
        ".git/hooks/x",
        "src\\\\x",
        "",
    ] {
        // Given as an input, so that nothing can be said when the file is checked.
        let text = mission("  step a = fs.write(path: where, text: \"x\")\n")
            .replace("write \"src/**\"", "write \"**\"")
            .replace("authority {", "input where : string\n  authority {");
        sandbox.write("fix.tau", text);
        let before = sandbox.snapshot();
        let set = format!("where={path}");
        let done = sandbox.tau(&["apply", "fix.tau", "--set", &set, "--yes", "--json"]);
        assert!([1, 2, 3].contains(&done.code), "`{path}`: {done:?}");
        sandbox.assert_untouched(&before);
    }
}

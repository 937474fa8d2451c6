//! A model that may change and start something, because its user said so.

use super::*;

fn edit(from: &str, to: &str) -> Answer {
    let arguments = json!({ "path": "src/a.txt", "find": from, "replace": to });
    Answer::calls("fs_edit", &arguments)
}

/// The names of the tools that a request offers.
fn offered(request: &Value) -> Vec<&str> {
    let tools = request["tools"].as_array().unwrap().iter();
    tools
        .map(|it| it["function"]["name"].as_str().unwrap())
        .collect()
}

#[test]
fn what_is_named_may_be_changed_and_started_and_stays_in_the_run() {
    let (provider, sandbox) = place(vec![
        edit("two", "three"),
        Answer::calls("fs_write", &json!({ "path": "other.txt", "text": "x" })),
        Answer::calls("process_run", &json!({ "command": "cat src/a.txt" })),
        Answer::calls("process_run", &json!({ "command": "cat other.txt" })),
        Answer::says("Done."),
    ]);
    let before = sandbox.snapshot();
    let words = [
        "ask",
        "make it three",
        "--write",
        "src/**",
        "--run",
        "cat src/a.txt",
    ];
    let done = tau(&sandbox, &words).ends(0);
    sandbox.assert_untouched(&before);
    let run = latest(&sandbox);
    assert_eq!(done.out, "Done.\n");
    let last = done.err.lines().last().unwrap();
    let end = " brings it here";
    let line = last.strip_prefix("changed src/a.txt: `").unwrap();
    let apply = line.strip_suffix(&format!("`{end}")).unwrap().to_owned();
    let asked = requests(&provider);
    assert_eq!(
        offered(&asked[0]),
        [
            "fs_read",
            "fs_glob",
            "fs_search",
            "git_log",
            "fs_edit",
            "fs_write",
            "fs_move",
            "fs_remove",
            "git_diff",
            "process_run"
        ]
    );
    let last = asked.last().unwrap().to_string();
    assert!(last.contains("exit code 0\\nthree"), "{last}");
    // What was not named was refused.
    let result = tau(&sandbox, &["show", &run, "--json"]).json();
    let refused = &tau_tests::step(&result, "said")["result"]["refused"];
    assert_eq!(refused.as_array().unwrap().len(), 2, "{refused}");
    assert_eq!(result["outputs"]["changed"], json!(["src/a.txt"]));

    // The line that was printed does what it says, also below the root, where git alone would do nothing.
    let apply = apply.replacen("tau", tau_tests::tau_program().to_str().unwrap(), 1);
    let mut shell = sandbox.program("sh");
    shell.env("TAU_HOME", sandbox.state());
    let shell = shell
        .args(["-c", &apply])
        .current_dir(sandbox.path().join("src"));
    assert!(shell.status().unwrap().success(), "{apply}");
    assert_eq!(sandbox.read("src/a.txt"), "three\n");
}

#[test]
fn a_conversation_keeps_what_was_changed_in_it() {
    let (provider, sandbox) = place(vec![
        edit("two", "three"),
        Answer::says("It is three."),
        edit("three", "four"),
        Answer::says("It is four."),
    ]);
    let first = say(&sandbox, &["chat", "three", "--write", "src/**"], "").ends(6);
    let run = latest(&sandbox);
    assert!(first.err.contains("changed src/a.txt: "), "{}", first.err);
    assert!(!offered(&requests(&provider)[0]).contains(&"process_run"));
    say(&sandbox, &["chat", "--resume"], "four\n/end\n").ends(0);
    let patch = tau(&sandbox, &["diff", &run]).ends(0).out;
    assert!(patch.contains("-two\n+four\n"), "{patch}");
    // What it may do was said when it began.
    say(&sandbox, &["chat", "--resume", "--write", "**"], "").ends(2);
}

#[test]
fn what_is_no_pattern_and_no_command_is_said_before_anything_is_asked() {
    let (provider, sandbox) = place(vec![Answer::says("yes")]);
    for words in [
        ["ask", "it?", "--write", "/etc/**"],
        ["ask", "it?", "--run", "cat a | sh"],
    ] {
        let done = tau(&sandbox, &words).ends(2);
        assert!(done.err.contains(words[3]), "{}", done.err);
    }
    assert!(requests(&provider).is_empty());
}

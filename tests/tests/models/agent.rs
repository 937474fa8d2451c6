//! A model that works with tools.

mod killed;
mod limits;
mod refused;
mod thoughts;

use serde_json::{Value, json};
use tau_tests::{Done, Sandbox, step};

use super::provider::{Answer, Provider};
use super::{KEY, sandbox_with, tau};

const FILES: &[(&str, &str)] = &[
    ("src/a.txt", "one\ntwo\n"),
    ("src/b.txt", "three\n"),
    (
        "test.sh",
        "#!/bin/sh\ngrep -q 2 src/a.txt && echo fine || { echo \"FAILED: no 2\"; exit 1; }\n",
    ),
];

/// A mission with one step, which has these tools, and these further lines of authority and arguments.
fn mission(tools: &str, authority: &str, more: &str) -> String {
    format!(
        r#"use std.model

mission work {{
  authority {{
    read  "**"
    model "local/*" up to 900k tokens, $5
    {authority}
  }}

  step work = model.agent("Make it 2.", tools: [{tools}]{more})

  output text = work.text
}}
"#
    )
}

/// What became of a mission with these answers of its model.
struct Worked {
    done: Done,
    sandbox: Sandbox,
    provider: Provider,
}

impl Worked {
    fn with(mission: &str, answers: Vec<Answer>) -> Worked {
        Worked::in_files(FILES, mission, answers)
    }

    fn in_files(files: &[(&str, &str)], mission: &str, answers: Vec<Answer>) -> Worked {
        let provider = Provider::new(answers);
        let sandbox = sandbox_with(&provider, files, "");
        sandbox.write("work.tau", mission);
        let done = tau(&sandbox, &["apply", "work.tau", "--yes", "--json"]);
        Worked {
            done,
            sandbox,
            provider,
        }
    }

    /// That it ended with this code, and with which result.
    #[track_caller]
    fn ends(&self, code: i32) -> Value {
        self.done.clone().ends(code).json()
    }

    /// What the model was asked since somebody has looked.
    fn asked(&self) -> Vec<Value> {
        self.provider
            .asked()
            .into_iter()
            .map(|it| it.body)
            .collect()
    }
}

/// What came of the calls of the last answer, as the model is told.
fn results(request: &Value) -> Vec<&str> {
    let turns = request["messages"].as_array().unwrap();
    let last = turns.iter().rposition(|turn| turn["role"] == "assistant");
    let results = turns[last.unwrap() + 1..].iter();
    let results = results.filter(|turn| turn["role"] == "tool");
    results.map(|it| it["content"].as_str().unwrap()).collect()
}

#[test]
fn it_looks_changes_and_tests_with_tools() {
    let tools = r#""fs.read", "fs.glob", "fs.search", "fs.edit", "fs.write", "fs.move", "fs.remove", "process.run", "git.diff", "git.log""#;
    let worked = Worked::with(
        &mission(tools, "write \"src/**\"\n    run   \"./test.sh\"", ""),
        vec![
            Answer::Calls(vec![
                ("fs_glob", json!({ "pattern": "src/*" }).to_string()),
                (
                    "fs_search",
                    json!({ "text": "t", "files": "src/*" }).to_string(),
                ),
                ("git_log", "{}".to_owned()),
            ]),
            Answer::Calls(vec![
                ("process_run", json!({ "command": "./test.sh" }).to_string()),
                ("fs_read", json!({ "path": "src/a.txt" }).to_string()),
            ]),
            Answer::calls(
                "fs_edit",
                &json!({ "path": "src/a.txt", "find": "two", "replace": "2" }),
            ),
            Answer::Calls(vec![
                ("process_run", json!({ "command": "./test.sh" }).to_string()),
                (
                    "fs_write",
                    json!({ "path": "src/c.txt", "text": "new\n" }).to_string(),
                ),
                (
                    "fs_move",
                    json!({ "from": "src/c.txt", "to": "src/d.txt" }).to_string(),
                ),
                ("fs_remove", json!({ "path": "src/b.txt" }).to_string()),
                ("git_diff", "{}".to_owned()),
            ]),
            Answer::says("It is 2 now."),
        ],
    );
    let result = worked.ends(0);
    let asked = worked.asked();
    assert_eq!(asked.len(), 5);
    // The tools are as the faces of the actions say them.
    let offered = asked[0]["tools"].as_array().unwrap();
    let names: Vec<&str> = offered
        .iter()
        .map(|tool| tool["function"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), 10);
    assert_eq!(names[3], "fs_edit");
    let edit = &offered[3]["function"];
    assert_eq!(
        edit["description"],
        "Replace one exact piece of text in one file."
    );
    assert_eq!(
        edit["parameters"]["required"],
        json!(["path", "find", "replace"])
    );
    assert_eq!(edit["parameters"]["properties"]["all"]["default"], false);
    let run = &offered[7]["function"]["parameters"]["properties"];
    let run: Vec<&String> = run.as_object().unwrap().keys().collect();
    assert_eq!(run, ["command", "writes"]);
    // What came of each call is told in its order, between marks.
    let first = results(&asked[1]);
    assert!(first[0].contains("\nsrc/a.txt\nsrc/b.txt\n"), "{first:?}");
    assert!(first[0].starts_with("<data id=\""), "{first:?}");
    assert!(first[1].contains("src/a.txt:2: two\nsrc/b.txt:1: three\n"));
    assert!(first[2].contains("\"subject\":\"first\""));
    let second = results(&asked[2]);
    assert!(second[0].contains("FAILED: no 2"), "{second:?}");
    assert!(second[1].contains("\none\ntwo\n"));
    // What one tool has changed, the next one sees.
    let last = results(&asked[4]);
    assert!(last[0].contains("exit code 0\nfine"), "{last:?}");
    assert!(
        last[4].contains("+2\n") && last[4].contains("src/d.txt"),
        "{last:?}"
    );
    // Ids are told apart, though the server gave the same one.
    let turns = asked[2]["messages"].as_array().unwrap();
    let answered: Vec<&str> = turns
        .iter()
        .filter_map(|turn| turn["tool_call_id"].as_str())
        .collect();
    assert_eq!(answered.len(), 5);
    assert_ne!(answered[3], answered[4]);

    let work = step(&result, "work");
    assert_eq!(result["outputs"]["text"], "It is 2 now.");
    assert_eq!(
        work["result"]["paths"],
        json!(["src/a.txt", "src/b.txt", "src/c.txt", "src/d.txt"])
    );
    assert_eq!(
        (&work["result"]["turns"], &work["result"]["uses"]),
        (&json!(5), &json!(11))
    );
    assert_eq!(result["spent"]["model_calls"], 5);
    assert_eq!(result["spent"]["tokens"], 5500);
    let diff = worked.sandbox.tau(&["diff", "@"]).ends(0).out;
    assert!(
        diff.contains("-two\n+2\n") && diff.contains("deleted file"),
        "{diff}"
    );
    super::untouched_but(&worked.sandbox, "work.tau");
}

#[test]
fn nothing_that_only_reads_is_held_to_need_more() {
    let sandbox = Sandbox::new();
    sandbox.write("work.tau", mission("\"fs.read\"", "", ""));
    let plan = sandbox.tau(&["lint", "work.tau"]).ends(0);
    assert!(!plan.out.contains("run"), "{}", plan.out);
    sandbox.write("work.tau", mission("\"fs.read\", \"process.run\"", "", ""));
    let lint = sandbox.tau(&["lint", "work.tau"]).ends(1);
    assert!(lint.out.contains("run"), "{}", lint.out);
    sandbox.write("work.tau", mission("\"fs.write\"", "", ""));
    let lint = sandbox.tau(&["lint", "work.tau"]).ends(1);
    assert!(lint.out.contains("write"), "{}", lint.out);
    sandbox.write("work.tau", mission("\"fs.reed\"", "", ""));
    let lint = sandbox.tau(&["lint", "work.tau"]).ends(1);
    assert!(lint.out.contains("fs.read"), "{}", lint.out);
}

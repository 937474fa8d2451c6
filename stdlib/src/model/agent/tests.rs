//! The loop on a tree in memory.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tau_interpreter::action::{Failure, Reply};

use super::toolbox::{Toolbox, agent_reads, agent_runs, agent_writes};
use crate::fake::Fake;

fn reply(message: &Value) -> Result<Reply, Failure> {
    let kind = ("content-type".to_owned(), "application/json".to_owned());
    let body = json!({
        "choices": [{ "message": message, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 100, "completion_tokens": 10 },
    });
    Ok(Reply {
        status: 200,
        headers: BTreeMap::from([kind]),
        body: body.to_string(),
        is_recorded: false,
    })
}

fn agent(fake: &Fake, more: &[(&str, Value)]) -> Result<Value, Failure> {
    let mut args = json!({
        "goal": "Look.", "tools": ["fs.read"], "system": "", "continues": false, "turns": 5,
        "uses": 9, "context": 9000, "command": 1000, "model": "openai/x", "answer": 1000,
        "tokens": 50_000, "calls": 9, "reasoning": "default", "record": "full", "timeout": 1000,
    });
    for (name, value) in more {
        args[*name] = value.clone();
    }
    fake.call("model.agent", args)
}

/// Who said what in the last request, in short.
fn roles(fake: &Fake) -> Vec<String> {
    let (_, request) = fake.asked_models().pop().unwrap();
    let turns = request["messages"].as_array().unwrap().iter();
    turns
        .map(|turn| turn["role"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_later_round_goes_on_with_what_was_said() {
    let fake = Fake::with(&[("a", "x\n")]);
    let call = json!({ "name": "fs_read", "arguments": "{\"path\":\"a\"}" });
    fake.answers_model(reply(
        &json!({ "tool_calls": [{ "id": "1", "function": call }] }),
    ));
    fake.answers_model(reply(&json!({ "content": "It holds x." })));
    let first = agent(&fake, &[("continues", json!(true))]).unwrap();
    assert_eq!(first["text"], "It holds x.");
    assert_eq!((&first["turns"], &first["uses"]), (&json!(2), &json!(1)));
    assert_eq!(first["tokens"], 220);

    fake.gave(first);
    fake.answers_model(reply(&json!({ "content": "x." })));
    let second = [("continues", json!(true)), ("goal", json!("What?"))];
    agent(&fake, &second).unwrap();
    assert_eq!(
        roles(&fake),
        ["system", "user", "assistant", "tool", "assistant", "user"]
    );
    // Who does not go on begins anew.
    fake.answers_model(reply(&json!({ "content": "?" })));
    let third = agent(&fake, &[]).unwrap();
    assert_eq!(roles(&fake), ["system", "user"]);
    assert_eq!(third["talk"], Value::Null);
}

#[test]
fn what_tools_need_is_what_they_can_do() {
    for (tools, reads, writes, runs) in [
        ("", false, false, false),
        ("git.diff git.log", false, false, false),
        ("fs.read fs.glob", true, false, false),
        ("fs.search fs.write", true, true, false),
        ("process.run", false, false, true),
    ] {
        assert_eq!(agent_reads(tools).is_err(), reads, "{tools}");
        assert_eq!(agent_writes(tools).is_err(), writes, "{tools}");
        assert_eq!(agent_runs(tools).is_err(), runs, "{tools}");
    }
}

#[test]
fn every_tool_of_the_face_is_one() {
    let face = include_str!("../model.tau");
    let line = face.lines().find(|it| it.starts_with("type ModelTool"));
    let names = line.unwrap().split('"').skip(1).step_by(2);
    let names: Vec<String> = names.map(str::to_owned).collect();
    let tools = Toolbox::new(&names, 1000).unwrap().tools();
    assert_eq!(tools.len(), names.len());
    for tool in &tools {
        assert!(!tool.description.is_empty());
        assert!(
            tool.name
                .chars()
                .all(|it| it.is_ascii_lowercase() || it == '_')
        );
        let text = tool.parameters.to_string();
        assert!(
            !text.contains("$schema") && !text.contains("\"pattern\":\""),
            "{text}"
        );
    }
    let search = tools.iter().find(|tool| tool.name == "fs_search").unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&search.parameters).unwrap(), @r#"
    {
      "additionalProperties": false,
      "properties": {
        "files": {
          "default": "**",
          "description": "the files to look in",
          "minLength": 1,
          "type": "string"
        },
        "limit": {
          "default": 1000,
          "description": "how many lines to give at most",
          "type": "integer"
        },
        "regex": {
          "default": false,
          "description": "`text` is a regular expression, for each line by itself",
          "type": "boolean"
        },
        "text": {
          "description": "searched for as it is, unless `regex` is true",
          "type": "string"
        }
      },
      "required": [
        "text"
      ],
      "type": "object"
    }
    "#);
}

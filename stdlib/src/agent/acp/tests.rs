//! The protocol against a desk in memory.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use super::*;

/// Files below `/repo/tree`, of which those below `src` may be written.
#[derive(Default)]
struct Table(Mutex<BTreeMap<String, String>>);

impl Table {
    fn own(path: &str) -> String {
        path.trim_start_matches("/repo/tree/").to_owned()
    }
}

impl Desk for Table {
    fn folder(&self) -> &Path {
        Path::new("/repo/tree")
    }

    fn read(&self, path: &str) -> Result<String, String> {
        let files = self.0.lock().unwrap();
        let found = files.get(&Table::own(path)).cloned();
        found.ok_or_else(|| "It is not there.".to_owned())
    }

    fn write(&self, path: &str, text: &str) -> Result<(), String> {
        self.may_write(path)?;
        let mut files = self.0.lock().unwrap();
        files.insert(Table::own(path), text.to_owned());
        Ok(())
    }

    fn may_write(&self, path: &str) -> Result<(), String> {
        match Table::own(path).starts_with("src/") {
            true => Ok(()),
            false => Err("It is not granted.".to_owned()),
        }
    }
}

/// A client that has been prompted.
fn prompted(desk: &Table) -> Client {
    let mut client = Client::new("the task".to_owned(), None);
    let begin = heard(&client.begin(desk));
    assert_eq!(begin["method"], "initialize");
    let new = say(
        &mut client,
        desk,
        json!({ "id": 0, "result": { "protocolVersion": 1 } }),
    );
    assert_eq!(new["method"], "session/new");
    assert_eq!(
        new["params"],
        json!({ "cwd": "/repo/tree", "mcpServers": [] })
    );
    let prompt = say(
        &mut client,
        desk,
        json!({ "id": 1, "result": { "sessionId": "s" } }),
    );
    assert_eq!(prompt["method"], "session/prompt");
    assert_eq!(prompt["params"]["prompt"][0]["text"], "the task");
    client
}

fn heard(said: &Said) -> Value {
    serde_json::from_str(&said.text).unwrap_or(Value::Null)
}

fn say(client: &mut Client, desk: &Table, message: Value) -> Value {
    heard(&client.hear(&message.to_string(), desk))
}

#[test]
fn a_session_ends_with_what_the_agent_said() {
    let desk = Table::default();
    let mut client = prompted(&desk);
    for text in ["Do", "ne."] {
        let update = json!({ "sessionUpdate": "agent_message_chunk", "content": { "type": "text", "text": text } });
        let params = json!({ "sessionId": "s", "update": update });
        say(
            &mut client,
            &desk,
            json!({ "method": "session/update", "params": params }),
        );
    }
    client.hear("a line that is no message", &desk);
    client.hear("[]", &desk);
    let last = json!({ "id": 2, "result": { "stopReason": "max_tokens" } });
    let said = client.hear(&last.to_string(), &desk);
    assert_eq!(said.then, Then::Over);
    assert_eq!(
        client.ended(),
        Stopped::Ended("Done.\n(stopped: max_tokens)".to_owned())
    );
}

#[test]
fn files_are_read_and_written_as_the_step_may() {
    let desk = Table::default();
    let client = RefCell::new(prompted(&desk));
    let ask = |method: &str, params: Value| {
        let mut params = params;
        params["sessionId"] = params.get("sessionId").cloned().unwrap_or("s".into());
        let message = json!({ "id": "x", "method": method, "params": params });
        say(&mut client.borrow_mut(), &desk, message)
    };
    let written = ask(
        "fs/write_text_file",
        json!({ "path": "/repo/tree/src/a", "content": "1\n2\n3\n" }),
    );
    assert_eq!(
        written,
        json!({ "jsonrpc": "2.0", "id": "x", "result": null })
    );
    let read = ask(
        "fs/read_text_file",
        json!({ "path": "/repo/tree/src/a", "line": 2, "limit": 1 }),
    );
    assert_eq!(read["result"]["content"], "2\n");
    for (method, params, code) in [
        (
            "fs/write_text_file",
            json!({ "path": "/repo/tree/tests/t", "content": "" }),
            REFUSED,
        ),
        (
            "fs/read_text_file",
            json!({ "path": "/etc/shadow" }),
            REFUSED,
        ),
        ("fs/read_text_file", json!({}), BAD_PARAMS),
        ("fs/write_text_file", json!({ "path": "src/a" }), BAD_PARAMS),
        (
            "fs/read_text_file",
            json!({ "path": "src/a", "sessionId": "another" }),
            BAD_PARAMS,
        ),
        ("terminal/create", json!({}), NO_METHOD),
    ] {
        let answer = ask(method, params);
        assert_eq!(answer["error"]["code"], code, "{method}: {answer}");
    }
}

#[test]
fn permission_is_what_is_granted_and_never_for_always() {
    let desk = Table::default();
    let options = json!([
        { "optionId": "always", "kind": "allow_always" },
        { "optionId": "yes", "kind": "allow_once" },
        { "optionId": "no", "kind": "reject_once" },
    ]);
    let ask = |call: Value, options: &Value| {
        let params = json!({ "toolCall": call, "options": options });
        permission::answer(&params, &desk)["outcome"].clone()
    };
    let edit = |path: &str| json!({ "kind": "edit", "locations": [{ "path": path }] });
    let diff =
        |path: &str| json!({ "kind": "other", "content": [{ "type": "diff", "path": path }] });
    for (call, chosen) in [
        (edit("/repo/tree/src/a"), "yes"),
        (edit("/repo/tree/tests/t"), "no"),
        (edit("/etc/passwd"), "no"),
        (diff("/repo/tree/src/a"), "yes"),
        (diff("/repo/tree/tests/t"), "no"),
        // What it runs, it runs in its box.
        (json!({ "kind": "execute", "title": "rm -rf /" }), "yes"),
        (
            json!({ "kind": "read", "locations": [{ "path": "/etc" }] }),
            "yes",
        ),
    ] {
        assert_eq!(ask(call.clone(), &options)["optionId"], chosen, "{call}");
    }
    let always = json!([{ "optionId": "always", "kind": "allow_always" }]);
    assert_eq!(
        ask(edit("src/a"), &always),
        json!({ "outcome": "cancelled" })
    );
}

#[test]
fn what_does_not_speak_the_protocol_is_broken() {
    let desk = Table::default();
    let mut old = Client::new(String::new(), None);
    old.begin(&desk);
    say(
        &mut old,
        &desk,
        json!({ "id": 0, "result": { "protocolVersion": 0 } }),
    );
    let Stopped::Broken(why) = old.ended() else {
        panic!("it is not spoken")
    };
    assert_eq!(why, "it speaks version 0 of the protocol, and not 1");

    let mut locked = Client::new(String::new(), None);
    locked.begin(&desk);
    say(
        &mut locked,
        &desk,
        json!({ "id": 0, "error": { "code": LOG_IN, "message": "Log in." } }),
    );
    let Stopped::Broken(why) = locked.ended() else {
        panic!("nobody is logged in")
    };
    assert!(why.contains("log in"), "{why}");
    assert_eq!(
        prompted(&desk).ended(),
        Stopped::Broken("it ended before it had answered".to_owned())
    );
}

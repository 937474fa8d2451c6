//! Agents that speak the Agent Client Protocol.

use tau_tests::{skip, skip_without, step, workspace_root};

use super::{apply, mission, repaired, untouched, with_agent};

/// An agent with the methods of the protocol; `BODY` is what it does when it is prompted.
const AGENT: &str = r##"#!/usr/bin/env python3
import json, os, sys

def send(message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)

def receive():
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)

def ask(method, **params):
    send({"id": method, "method": method, "params": {"sessionId": "s1", **params}})
    return receive()

def say(text):
    update = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}
    send({"method": "session/update", "params": {"sessionId": "s1", "update": update}})

def permission(kind, path):
    call = {"toolCallId": "c", "title": "x", "kind": kind, "locations": [{"path": path}]}
    options = [{"optionId": kind, "name": kind, "kind": kind} for kind in ("allow_once", "allow_always", "reject_once")]
    return ask("session/request_permission", toolCall=call, options=options)["result"]["outcome"]["optionId"]

def read(path):
    return ask("fs/read_text_file", path=path)

def write(path, content):
    return ask("fs/write_text_file", path=path, content=content)

while True:
    message = receive()
    method, params = message["method"], message["params"]
    if method == "initialize":
        assert params["protocolVersion"] == 1, params
        print("a line for people", flush=True)
        result = {"protocolVersion": 1, "agentCapabilities": {}, "authMethods": []}
    elif method == "session/new":
        cwd = params["cwd"]
        assert os.path.samefile(cwd, "."), cwd
        result = {"sessionId": "s1"}
    elif method == "session/prompt":
        prompt = params["prompt"][0]["text"]
        assert "It must say fixed." in prompt, prompt
        result = {"stopReason": "end_turn"}
        BODY
    send({"id": message["id"], "result": result})
"##;

pub(super) fn agent(body: &str) -> String {
    AGENT.replace("BODY", &body.trim().replace('\n', "\n        "))
}

const ACP: &str = ", protocol: \"acp\"";

#[test]
fn an_agent_edits_through_its_client() {
    if skip_without("python3", "an_agent_edits_through_its_client") {
        return;
    }
    let agent = agent(
        r#"
path = cwd + "/src/a.txt"
assert permission("edit", path) == "allow_once"
assert permission("edit", cwd + "/tests/expected.txt") == "reject_once"
assert permission("execute", "/bin/sh") == "allow_once"
text = read(path)["result"]["content"]
assert write(path, text.replace("broken", "fixed"))["result"] is None
assert write(cwd + "/src/new/b.txt", "b\n")["result"] is None
say("I have ")
say("mended it.")
"#,
    );
    let (result, sandbox) = repaired(&agent, ACP);
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
    let edit = &step(&result, "edit#1")["result"];
    assert_eq!(edit["said"], "I have mended it.");
    assert_eq!(
        edit["paths"],
        serde_json::json!(["src/a.txt", "src/new/b.txt"])
    );
    let fixed = sandbox.committed(&result, "src/a.txt");
    assert_eq!(fixed, b"first\nfixed\nlast\n");
}

#[test]
fn what_is_not_granted_is_not_served() {
    if skip_without("python3", "what_is_not_granted_is_not_served") {
        return;
    }
    // What it is refused it says; then it mends what it may.
    let agent = agent(
        r#"
os.symlink("/etc/passwd", "src/link")
os.mkfifo("src/fifo")
os.symlink(cwd, "src/folder")
for path in ("/etc/passwd", "src/link", "src/fifo", "../../journal.jsonl", cwd + "/.git/config", "src/folder/src/a.txt"):
    assert "error" in read(path), path
for path in ("tests/expected.txt", "/tmp/outside", "src/link", "src/fifo", "src/../check.sh", "src/folder/src/a.txt", "src/.git/config"):
    assert "error" in write(path, "x"), path
assert ask("terminal/create", command="sh")["error"]["code"] == -32601
for name in ("link", "fifo", "folder"):
    os.unlink("src/" + name)
open("src/a.txt", "w").write("fixed\n")
"#,
    );
    let (result, sandbox) = repaired(&agent, ACP);
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
    assert_eq!(sandbox.committed(&result, "src/a.txt"), b"fixed\n");

    // Nor is it kept when it does it by itself.
    let cheat = self::agent(
        "open('src/a.txt', 'w').write('fixed\\n')\nopen('tests/expected.txt', 'w').write('x')",
    );
    let (result, sandbox) = repaired(&cheat, ACP);
    assert_eq!(result["blocked"]["code"], "edit-protected", "{result:#}");
    untouched(&sandbox);
}

#[test]
fn what_does_not_speak_the_protocol_fails_the_step() {
    if skip_without("python3", "what_does_not_speak_the_protocol_fails_the_step") {
        return;
    }
    let old = AGENT.replace(
        "\"protocolVersion\": 1, \"agent",
        "\"protocolVersion\": 7, \"agent",
    );
    for (agent, why) in [
        (old, "speaks version 7"),
        (agent("sys.exit(1)"), "ended before it had answered"),
        (agent("result = None"), "ended without a reason"),
        (
            "#!/bin/sh\necho nonsense\n".to_owned(),
            "ended before it had answered",
        ),
    ] {
        let (result, sandbox) = repaired(&agent, ACP);
        let failure = &step(&result, "edit#1")["failure"];
        assert_eq!(failure["code"], "agent-protocol", "{result:#}");
        let message = failure["message"].as_str().unwrap();
        assert!(message.contains(why), "{message}");
        untouched(&sandbox);
    }
    let (result, _) = repaired(&agent("while True: pass"), &format!("{ACP}, timeout: 1s"));
    let failure = &step(&result, "edit#1")["failure"];
    assert_eq!(failure["code"], "agent-timeout", "{result:#}");
}

/// An agent on the protocol's own library for JavaScript, which holds each message that it gets against
/// the protocol's schema.
const OFFICIAL: &str = r#"#!/usr/bin/env node
(async () => {
  const { Readable, Writable } = require("node:stream");
  const { agent, methods, ndJsonStream } = await import("LIBRARY");
  let cwd;
  agent({ name: "mender" })
    .onRequest(methods.agent.initialize, ({ params }) => {
      const { fs } = params.clientCapabilities;
      if (!fs.readTextFile || !fs.writeTextFile) throw new Error("no files");
      return { protocolVersion: params.protocolVersion, agentCapabilities: {} };
    })
    .onRequest(methods.agent.session.new, ({ params }) => {
      cwd = params.cwd;
      return { sessionId: "s1" };
    })
    .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
      const sessionId = params.sessionId;
      const path = cwd + "/src/a.txt";
      const options = [
        { optionId: "yes", name: "Yes", kind: "allow_once" },
        { optionId: "no", name: "No", kind: "reject_once" },
      ];
      const ask = async (path) => {
        const toolCall = { toolCallId: "c", title: "Edit", kind: "edit", locations: [{ path }] };
        const answer = await client.request(methods.client.session.requestPermission, { sessionId, toolCall, options });
        return answer.outcome.optionId;
      };
      if ((await ask(path)) !== "yes" || (await ask(cwd + "/tests/expected.txt")) !== "no") {
        throw new Error("permissions");
      }
      const { content } = await client.request(methods.client.fs.readTextFile, { sessionId, path });
      await client.request(methods.client.fs.writeTextFile, { sessionId, path, content: content.replace("broken", "fixed") });
      const update = { sessionUpdate: "agent_message_chunk", content: { type: "text", text: "Mended." } };
      await client.notify(methods.client.session.update, { sessionId, update });
      return { stopReason: "end_turn" };
    })
    .connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)));
})();
"#;

#[test]
fn an_agent_on_the_official_library_is_understood_and_understands() {
    let name = "an_agent_on_the_official_library_is_understood_and_understands";
    let modules = workspace_root().join("target/node/node_modules");
    let library = modules.join("@agentclientprotocol/sdk/dist/v1/stable/acp.js");
    if skip_without("node", name) {
        return;
    }
    if !library.is_file() {
        skip(
            name,
            "`@agentclientprotocol/sdk`, which is not in `target/node`",
        );
        return;
    }
    let sandbox = with_agent(&OFFICIAL.replace("LIBRARY", &library.display().to_string()));
    let authority = format!("read \"{}/**\"", modules.display());
    let result = apply(&sandbox, &mission(&authority, ACP)).json();
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
    let edit = &step(&result, "edit#1")["result"];
    assert_eq!(edit["said"], "Mended.");
    let fixed = sandbox.committed(&result, "src/a.txt");
    assert_eq!(fixed, b"first\nfixed\nlast\n");
}

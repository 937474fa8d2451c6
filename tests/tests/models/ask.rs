//! `model.ask`, and the forms in which providers are spoken to.

use serde_json::{Value, json};

use super::provider::{Answer, Provider};
use super::{FILES, apply, mission, sandbox_with};

const ASK: &str =
    "  step said = model.ask(\"hi\", system: \"be short\")\n  output text = said.text\n";

fn stream(events: &[Value]) -> Answer {
    let all = events.iter().map(|event| {
        let name = event["type"].as_str().unwrap();
        format!("event: {name}\ndata: {event}\n\n")
    });
    Answer::body("text/event-stream", &all.collect::<String>())
}

fn asked(wire: &str, answer: Answer) -> (Value, super::provider::Asked) {
    let provider = Provider::new(vec![answer]);
    let more = format!(
        "[other]\nurl = \"http://127.0.0.1:{}/v1\"\nwire = \"{wire}\"\nkey = \"LOCAL_KEY\"\nkey_field = \"x-api-key\"\n\
         price = {{ input = 1, output = 10, cached = 0.1 }}\n",
        provider.port
    );
    let sandbox = sandbox_with(&provider, FILES, &more);
    let done = apply(&sandbox, &mission("\"other/m\" up to $1", ASK)).ends(0);
    (done.json(), provider.asked().remove(0))
}

#[test]
fn messages_are_spoken() {
    let answer = stream(&[
        json!({ "type": "message_start", "message": { "model": "c", "usage": { "input_tokens": 100, "cache_read_input_tokens": 900, "output_tokens": 1 } } }),
        json!({ "type": "content_block_delta", "delta": { "type": "text_delta", "text": "hello" } }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn" }, "usage": { "output_tokens": 10 } }),
        json!({ "type": "message_stop" }),
    ]);
    let (result, asked) = asked("messages", answer);
    assert_eq!(result["outputs"]["text"], "hello");
    assert_eq!(result["spent"]["tokens"], 1010);
    // 100 at $1, 900 at $0.1, 10 at $10 for a million.
    assert_eq!(result["spent"]["usd"], 0.00029);
    assert!(
        asked.head.starts_with("POST /v1/messages HTTP/1.1\r\n"),
        "{}",
        asked.head
    );
    assert!(asked.head.contains("x-api-key: key-of-the-provider\r\n"));
    assert!(asked.head.contains("anthropic-version: 2023-06-01\r\n"));
    assert_eq!(asked.body["system"][0]["text"], "be short");
    assert_eq!(asked.body["messages"][0]["content"][0]["text"], "hi");
    assert_eq!(asked.body["max_tokens"], 4000);
}

#[test]
fn responses_are_spoken() {
    let answer = stream(&[
        json!({ "type": "response.created", "response": {} }),
        json!({ "type": "response.completed", "response": {
            "status": "completed", "model": "g",
            "output": [{ "type": "message", "content": [{ "type": "output_text", "text": "hello" }] }],
            "usage": { "input_tokens": 10, "output_tokens": 5 },
        } }),
    ]);
    let (result, asked) = asked("responses", answer);
    assert_eq!(result["outputs"]["text"], "hello");
    assert_eq!(result["spent"]["tokens"], 15);
    assert!(
        asked.head.starts_with("POST /v1/responses HTTP/1.1\r\n"),
        "{}",
        asked.head
    );
    assert_eq!(asked.body["instructions"], "be short");
    assert_eq!(asked.body["store"], false);
}

const REVIEW: &str = "\
type Review = { verdict: \"accept\" or \"reject\", notes: [string] }

mission review {
  authority {
    read  \"**\"
    write \"out.txt\"
    model \"local/m\" up to $1
  }

  step said = model.ask(\"Is it good?\", as: \"Review\", calls: 2)
  if said.value.verdict == \"accept\" {
    step note = fs.write(\"out.txt\", text: said.value.notes | join(\", \"))
  }
  output verdict = said.value.verdict
}
";

#[test]
fn an_answer_of_a_type_is_one_or_is_sent_back() {
    let good = r#"{"verdict": "accept", "notes": ["fine", "short"]}"#;
    let provider = Provider::new(vec![
        Answer::says(r#"{"verdict": "maybe", "notes": []}"#),
        Answer::says(format!("```json\n{good}\n```")),
    ]);
    let sandbox = sandbox_with(&provider, FILES, "");
    let result = apply(&sandbox, REVIEW).ends(0).json();
    assert_eq!(result["outputs"]["verdict"], "accept", "{result:#}");
    let asked = provider.asked();
    let schema = &asked[0].body["response_format"]["json_schema"]["schema"];
    assert_eq!(
        schema["properties"]["verdict"]["enum"],
        json!(["accept", "reject"])
    );
    let again = super::last_turn(&asked[1].body);
    assert!(again.contains("verdict"), "{again}");

    let bad = || Answer::says("It is fine.");
    let provider = Provider::new(vec![bad(), bad()]);
    let sandbox = sandbox_with(&provider, FILES, "");
    let result = apply(&sandbox, REVIEW).ends(1).json();
    let failure = &tau_tests::step(&result, "said")["failure"];
    assert_eq!(failure["code"], "model-answer-invalid", "{failure:#}");

    let sandbox = sandbox_with(&provider, FILES, "");
    let done = apply(&sandbox, &REVIEW.replace("as: \"Review\"", "as: \"Revue\"")).ends(2);
    assert!(done.err.contains("type-unknown"), "{}", done.err);
}

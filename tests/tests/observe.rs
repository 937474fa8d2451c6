//! What a run tells an OpenTelemetry collector, and that a bad one changes nothing.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use tau_tests::{Done, MEND, Sandbox, mission};

/// A collector that answers each request so; what it was sent.
fn collector(answer: &'static [u8]) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, requests) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let Some(request) = request(&mut stream) else {
                continue;
            };
            // A test that has ended does not look at it.
            let _ = sender.send(request);
            // Who is gone does not read it.
            let _ = stream.write_all(answer);
        }
    });
    (address, requests)
}

/// Reads one request: its head and its body.
fn request(stream: &mut TcpStream) -> Option<String> {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        text += &String::from_utf8_lossy(&buffer[..read]);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "));
        if body.len() >= length?.parse().ok()? {
            return Some(text);
        }
    }
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

/// Runs tau with spans sent to `endpoint`.
fn observed(sandbox: &Sandbox, endpoint: &str, arguments: &[&str]) -> Done {
    let mut command = sandbox.command(arguments);
    command
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        .env("OTEL_EXPORTER_OTLP_HEADERS", "api-key=hush")
        .env("OTEL_SERVICE_NAME", "the-tests");
    command.output().unwrap().into()
}

/// The spans of all requests that have come.
fn spans(requests: &Receiver<String>) -> Vec<Value> {
    let mut spans = Vec::new();
    for request in requests.try_iter() {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
        assert!(head.lines().any(|line| line == "api-key: hush"), "{head}");
        let body: Value = serde_json::from_str(body).unwrap();
        let resource = &body["resourceSpans"][0];
        let service = &resource["resource"]["attributes"][0];
        assert_eq!(service["value"]["stringValue"], "the-tests");
        let sent = resource["scopeSpans"][0]["spans"].as_array().unwrap();
        spans.extend(sent.iter().cloned());
    }
    spans
}

fn attribute<'a>(span: &'a Value, key: &str) -> &'a Value {
    let attributes = span["attributes"].as_array().unwrap();
    let found = attributes.iter().find(|attribute| attribute["key"] == key);
    found.map_or(&Value::Null, |found| &found["value"])
}

const APPLY: &[&str] = &["apply", "fix.tau", "--yes", "--json"];

#[test]
fn a_run_and_what_it_does_are_spans_of_one_trace() {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.tau", mission(&MEND.replace("\"fixed\"", "\"worse\"")));
    let (address, requests) = collector(OK);
    observed(&sandbox, &address, APPLY).ends(1);
    sandbox.write("fix.tau", mission(MEND));
    let report = observed(&sandbox, &address, &["resume", "@", "--json"])
        .ends(0)
        .json();

    let spans = spans(&requests);
    let ids: HashMap<&str, &Value> = spans
        .iter()
        .map(|span| (span["spanId"].as_str().unwrap(), span))
        .collect();
    assert_eq!(ids.len(), spans.len(), "every span has an id of its own");
    let parent = |span: &Value| ids.get(span["parentSpanId"].as_str().unwrap()).copied();
    let of = |name: &str| -> Vec<&Value> {
        let prefix = format!("{name} ");
        let named = spans.iter().filter(|span| {
            let own = span["name"].as_str().unwrap();
            own == name || own.starts_with(&prefix)
        });
        named.collect()
    };
    let runs = of("run");
    assert_eq!(runs.len(), 2, "{spans:#?}");
    let outcomes = runs
        .iter()
        .map(|run| &attribute(run, "tau.outcome")["stringValue"]);
    assert_eq!(outcomes.collect::<Vec<_>>(), ["failed", "succeeded"]);
    assert_eq!(
        (&runs[0]["status"]["code"], &runs[1]["status"]["code"]),
        (&2.into(), &0.into())
    );
    for span in &spans {
        assert_eq!(span["traceId"], runs[0]["traceId"]);
        let time = |key: &str| span[key].as_str().unwrap().parse::<u64>().unwrap();
        assert!(time("startTimeUnixNano") <= time("endTimeUnixNano"));
        let expected = match span["name"].as_str().unwrap().split(' ').next().unwrap() {
            "run" => None,
            "step" | "journal.append" => Some("run"),
            "attempt" => Some("step"),
            "journal.sync" => Some("journal.append"),
            other => panic!("`{other}` has no place"),
        };
        let around = parent(span).map(|it| it["name"].as_str().unwrap().split(' ').next().unwrap());
        assert_eq!(around, expected, "{span:#}");
    }
    // What had ended before is not done again, and so is no span of the second owner.
    let steps: Vec<&str> = of("step")
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        steps.iter().filter(|name| **name == "step red").count(),
        1,
        "{steps:?}"
    );
    for step in report["steps"].as_array().unwrap() {
        let name = format!("step {}", step["name"].as_str().unwrap());
        assert!(steps.contains(&name.as_str()), "no {name} in {steps:?}");
    }
    let text = serde_json::to_string(&spans).unwrap();
    assert!(
        !text.contains("mend it") && !text.contains("broken"),
        "{text}"
    );
}

/// Runs a mission observed by `endpoint`, which must change nothing of it.
#[track_caller]
fn changes_nothing(endpoint: &str, says: &str) {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.tau", mission(MEND));
    let began = Instant::now();
    let done = observed(&sandbox, endpoint, &[APPLY, &["--verbose"]].concat()).ends(0);
    assert!(began.elapsed() < Duration::from_secs(20), "it was held up");
    let report = done.json();
    assert_eq!(report["outcome"], "succeeded");
    assert!(done.err.contains("spans were not sent"), "{done:?}");
    assert!(done.err.contains(says), "{done:?}");
    // Nobody who has not asked is told.
    sandbox.git(&["branch", "-D", "-q", report["branch"].as_str().unwrap()]);
    let done = observed(&sandbox, endpoint, APPLY).ends(0);
    assert!(!done.err.contains("spans"), "{done:?}");
}

#[test]
fn a_collector_that_is_not_there_changes_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    changes_nothing(&address, "refused");
}

#[test]
fn a_collector_that_never_answers_holds_up_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    // Connections are taken by the kernel, and by nobody else.
    changes_nothing(&address, "it takes too long");
}

#[test]
fn a_collector_that_answers_nonsense_changes_nothing() {
    changes_nothing(&collector(b"\xff\xfe\0\0nonsense\x1b[2J").0, "not HTTP");
    changes_nothing(&collector(b"HTTP/1.1 503 Busy\r\n\r\n").0, "503");
    changes_nothing(&collector(b"").0, "spans");
}

#[test]
fn what_cannot_be_done_is_said_and_changes_nothing() {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.tau", mission(MEND));
    let done = observed(&sandbox, "https://collector.example", APPLY).ends(0);
    assert!(done.err.contains("http://localhost:4318"), "{done:?}");
    assert_eq!(done.json()["outcome"], "succeeded");
}

//! A provider that answers each request with the next of its answers.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::{Value, json};

/// What is answered.
pub(crate) enum Answer {
    /// A stream of chat completions with this text, and why it ended.
    Says(String, &'static str),
    /// A stream of chat completions with calls of tools: their names and arguments.
    Calls(Vec<(&'static str, String)>),
    /// These bytes.
    Raw(String),
    /// The first text at once, and the second one when somebody says so.
    Held(&'static str, &'static str, Receiver<()>),
    /// The head, and then so many bytes more than anybody wants.
    Endless,
    /// Nothing: the connection ends.
    Closes,
}

impl Answer {
    pub(crate) fn says(text: impl Into<String>) -> Answer {
        Answer::Says(text.into(), "stop")
    }

    /// One call of a tool.
    pub(crate) fn calls(name: &'static str, arguments: &Value) -> Answer {
        Answer::Calls(vec![(name, arguments.to_string())])
    }

    /// Another status, with fields and a body.
    pub(crate) fn status(status: u16, fields: &str, body: &str) -> Answer {
        let length = body.len();
        Answer::Raw(format!(
            "HTTP/1.1 {status} X\r\n{fields}Content-Length: {length}\r\n\r\n{body}"
        ))
    }

    /// A body of this type.
    pub(crate) fn body(kind: &str, body: &str) -> Answer {
        Answer::status(200, &format!("Content-Type: {kind}\r\n"), body)
    }
}

/// What was asked.
pub(crate) struct Asked {
    pub(crate) head: String,
    pub(crate) body: Value,
}

pub(crate) struct Provider {
    pub(crate) port: u16,
    requests: Receiver<Asked>,
}

impl Provider {
    /// What is asked behind the last answer ends with its connection.
    pub(crate) fn new(answers: Vec<Answer>) -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (told, requests) = channel();
        thread::spawn(move || {
            let mut answers = answers.into_iter();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(asked) = read(&stream) else {
                    continue;
                };
                // The test may be over.
                let _ = told.send(asked);
                answer(&mut stream, answers.next().unwrap_or(Answer::Closes));
            }
        });
        Provider { port, requests }
    }

    /// The next thing that it is asked.
    #[allow(dead_code, reason = "only some of the tests that share this wait")]
    pub(crate) fn next(&self) -> Asked {
        self.requests.recv().unwrap()
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.requests.try_iter().collect()
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).unwrap_or(0) == 0 {
            return None;
        }
    }
    let mut lines = head.lines();
    let length = lines.find_map(|line| line.strip_prefix("content-length: "))?;
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    let body = serde_json::from_slice(&body).unwrap();
    Some(Asked { head, body })
}

fn answer(stream: &mut TcpStream, answer: Answer) {
    // Whoever asks may have enough.
    let _ = match answer {
        Answer::Says(text, stop) => stream.write_all(stream_of(&text, stop).as_bytes()),
        Answer::Calls(calls) => stream.write_all(stream_of_calls(&calls).as_bytes()),
        Answer::Raw(bytes) => stream.write_all(bytes.as_bytes()),
        Answer::Endless => {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 100000000\r\n\r\n";
            stream.write_all(head.as_bytes())
        }
        Answer::Held(first, then, go) => held(stream, first, then, &go),
        Answer::Closes => Ok(()),
    };
}

fn held(stream: &mut TcpStream, first: &str, then: &str, go: &Receiver<()>) -> std::io::Result<()> {
    let whole = stream_of(&format!("{first:<40}{then}"), "stop");
    let events: Vec<&str> = whole.split_inclusive("\n\n").collect();
    // The comment, and the event with the first text.
    let (begin, rest) = events.split_at(2);
    stream.write_all(begin.concat().as_bytes())?;
    // A test that is over says nothing any more.
    if go.recv().is_ok() {
        stream.write_all(rest.concat().as_bytes())?;
    }
    Ok(())
}

/// Calls of tools, each in several pieces, and all of them with the same id, as some servers do it.
fn stream_of_calls(calls: &[(&str, String)]) -> String {
    let mut out = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n".to_owned();
    let mut event = |delta: Value| {
        let event = json!({ "model": "m-1", "choices": [{ "delta": delta }] });
        out.push_str(&format!("data: {event}\n\n"));
    };
    for (index, (name, arguments)) in calls.iter().enumerate() {
        let begins = json!({ "name": name, "arguments": "" });
        event(
            json!({ "tool_calls": [{ "index": index, "id": "c", "type": "function", "function": begins }] }),
        );
        let letters: Vec<char> = arguments.chars().collect();
        for piece in letters.chunks(7) {
            let piece: String = piece.iter().collect();
            event(
                json!({ "tool_calls": [{ "index": index, "function": { "arguments": piece } }] }),
            );
        }
    }
    out + &ended("tool_calls")
}

/// In pieces, as they come; the connection ends the stream.
pub(crate) fn stream_of(text: &str, stop: &str) -> String {
    let mut out =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: PROCESSING\n\n".to_owned();
    let letters: Vec<char> = text.chars().collect();
    for piece in letters.chunks(40) {
        let piece: String = piece.iter().collect();
        let event = json!({ "model": "m-1", "choices": [{ "delta": { "content": piece } }] });
        out.push_str(&format!("data: {event}\n\n"));
    }
    out + &ended(stop)
}

/// Why a stream ends, and what it has taken.
fn ended(stop: &str) -> String {
    let end = json!({ "choices": [{ "delta": {}, "finish_reason": stop }] });
    let usage = json!({ "choices": [], "usage": {
        "prompt_tokens": 1000, "completion_tokens": 100,
        "prompt_tokens_details": { "cached_tokens": 250 },
    } });
    format!("data: {end}\n\ndata: {usage}\n\ndata: [DONE]\n\n")
}

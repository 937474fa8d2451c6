//! A host on this machine that has one issue, as GitHub would tell of it.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// What it says to a request, as status, fields and body; no answer ends the connection.
pub(crate) type Answer = Option<(u16, String, String)>;

pub(crate) struct Host {
    pub(crate) port: u16,
    pub(crate) issue: Arc<Mutex<Value>>,
    requests: Receiver<String>,
}

impl Host {
    /// It has this issue, `acme/app#7`, and comments.
    pub(crate) fn with(title: &str, body: &str, comments: &[&str]) -> Host {
        let issue = json!({
            "number": 7, "state": "open", "title": title, "body": body,
            "html_url": "https://github.example/acme/app/issues/7",
            "user": { "login": "ann" }, "author_association": "NONE",
            "labels": [{ "name": "bug" }], "comments": comments.len(),
        });
        let comments: Vec<Value> = comments
            .iter()
            .map(|text| json!({ "body": text, "user": { "login": "ann" }, "author_association": "NONE" }))
            .collect();
        let issue = Arc::new(Mutex::new(issue));
        let held = issue.clone();
        Host::answering(issue, move |line| {
            let path = line.split(' ').nth(1).unwrap();
            let path = path.split('?').next().unwrap();
            match path {
                "/repos/acme/app/issues/7" => ok(&held.lock().unwrap()),
                "/repos/acme/app/issues/7/comments" => ok(&json!(comments)),
                _ => Some((
                    404,
                    String::new(),
                    json!({ "message": "Not Found" }).to_string(),
                )),
            }
        })
    }

    /// It answers so.
    pub(crate) fn saying(answer: impl Fn(&str) -> Answer + Send + 'static) -> Host {
        Host::answering(Arc::default(), answer)
    }

    fn answering(
        issue: Arc<Mutex<Value>>,
        answer: impl Fn(&str) -> Answer + Send + 'static,
    ) -> Host {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (told, requests) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read(&stream);
                let answer = answer(request.lines().next().unwrap_or_default());
                let answer = answer.map(|it| if_changed(&request, it));
                // The test may be over.
                let _ = told.send(request);
                if let Some((status, fields, body)) = answer {
                    let length = body.len();
                    let _ = write!(
                        stream,
                        "HTTP/1.1 {status} X\r\n{fields}Content-Length: {length}\r\n\r\n{body}"
                    );
                }
            }
        });
        Host {
            port,
            issue,
            requests,
        }
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.requests.try_iter().collect()
    }

    /// The address at which it is asked.
    pub(crate) fn api(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// The same with an ETag; nothing of it for whoever has it already.
fn if_changed(request: &str, answer: (u16, String, String)) -> (u16, String, String) {
    let (status, fields, body) = answer;
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    let etag = format!("\"{:x}\"", hasher.finish());
    let fields = format!("{fields}ETag: {etag}\r\n");
    match status {
        200 if request.contains(&format!("if-none-match: {etag}\r\n")) => {
            (304, fields, String::new())
        }
        status => (status, fields, body),
    }
}

fn ok(value: &Value) -> Answer {
    Some((200, String::new(), value.to_string()))
}

fn read(stream: &TcpStream) -> String {
    let mut stream = BufReader::new(stream);
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") {
        if stream.read_line(&mut text).unwrap_or(0) == 0 {
            return text;
        }
    }
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    let _ = stream.read_exact(&mut body);
    text + &String::from_utf8_lossy(&body)
}

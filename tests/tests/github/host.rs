//! A host that holds comments, labels and statuses, and that can be made to misbehave.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};
use tau_tests::{Done, Sandbox};

/// What the host does with the next request that changes something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harm {
    /// It does it and answers.
    None,
    /// It does it, and the answer is lost.
    LostAnswer,
    /// It is not done, and nothing is answered.
    Lost,
    /// It does it, and kills who asked before it answers.
    KillsBehind,
    /// It kills who asked, and does nothing.
    KillsBefore,
    /// It does it, and says that it is broken.
    Broken,
}

#[derive(Default)]
struct Held {
    comments: Vec<Value>,
    labels: Vec<Value>,
    statuses: Vec<Value>,
    pulls: Vec<Value>,
    /// The changes that were made.
    changes: usize,
    harm: Option<Harm>,
    /// Whoever asks.
    asker: Option<u32>,
}

pub(crate) struct Host {
    port: u16,
    held: Arc<Mutex<Held>>,
}

impl Host {
    pub(crate) fn new() -> Host {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let held: Arc<Mutex<Held>> = Arc::default();
        let own = held.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let (line, body) = read(&stream);
                if let Some((status, body)) = answer(&own, &line, &body) {
                    let body = body.to_string();
                    let length = body.len();
                    let _ = write!(
                        stream,
                        "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{body}"
                    );
                }
            }
        });
        Host { port, held }
    }

    /// What it does with the next change.
    pub(crate) fn harms(&self, harm: Harm) {
        self.held.lock().unwrap().harm = Some(harm);
    }

    pub(crate) fn comments(&self) -> Vec<String> {
        let held = self.held.lock().unwrap();
        let text = |it: &Value| it["body"].as_str().unwrap().to_owned();
        held.comments.iter().map(text).collect()
    }

    /// How often something was changed.
    pub(crate) fn changes(&self) -> usize {
        self.held.lock().unwrap().changes
    }

    pub(crate) fn held(&self, what: &str) -> Vec<Value> {
        let held = self.held.lock().unwrap();
        match what {
            "labels" => held.labels.clone(),
            "statuses" => held.statuses.clone(),
            _ => held.pulls.clone(),
        }
    }

    /// A repository with a mission that has these grants and steps; `API` in them is this host's.
    pub(crate) fn sandbox(&self, grants: &str, steps: &str) -> Sandbox {
        let sandbox =
            Sandbox::repository(&[("a.txt", "broken\n"), ("check.sh", "grep -q fixed a.txt\n")]);
        let port = self.port;
        let text = format!(
            "mission tell {{\n  authority {{\n    net    \"127.0.0.1:{port}\"\n    secret GH\n{grants}  }}\n\n{steps}}}\n"
        );
        let text = text.replace("API", &format!("http://127.0.0.1:{port}"));
        sandbox.write("tell.tau", text);
        let secrets = sandbox.outside().join("home/.config/tau");
        std::fs::create_dir_all(&secrets).unwrap();
        let bound = format!("[GH]\nenv = \"GH\"\nhost = \"127.0.0.1:{port}\"\n");
        std::fs::write(secrets.join("secrets.toml"), bound).unwrap();
        sandbox
    }

    /// Runs `tau` with the secret. It may be killed by the host.
    pub(crate) fn tau(&self, sandbox: &Sandbox, arguments: &[&str]) -> Done {
        let mut command = sandbox.command(arguments);
        command.env("GH", "ghp_0123456789abcdefghij");
        command.stdout(std::process::Stdio::piped());
        command.stderr(std::process::Stdio::piped());
        let child = command.spawn().unwrap();
        self.held.lock().unwrap().asker = Some(child.id());
        Done::from(child.wait_with_output().unwrap())
    }

    pub(crate) fn apply(&self, sandbox: &Sandbox) -> Done {
        self.tau(sandbox, &["apply", "tell.tau", "--yes", "--json"])
    }

    pub(crate) fn resume(&self, sandbox: &Sandbox) -> Done {
        self.tau(sandbox, &["resume", "@", "--json"])
    }
}

/// What it answers; nothing ends the connection.
fn answer(held: &Mutex<Held>, line: &str, body: &str) -> Option<(u16, Value)> {
    let mut held = held.lock().unwrap();
    let mut words = line.split(' ');
    let (method, path) = (words.next()?, words.next()?);
    let path = path.split('?').next()?;
    if method == "GET" {
        return Some((200, found(&held, path)));
    }
    let harm = held.harm.take().unwrap_or(Harm::None);
    if harm == Harm::KillsBefore {
        kill(&held);
    }
    if matches!(harm, Harm::Lost | Harm::KillsBefore) {
        return None;
    }
    let answered = change(
        &mut held,
        method,
        path,
        &serde_json::from_str(body).unwrap(),
    );
    held.changes += 1;
    match harm {
        Harm::KillsBehind => {
            kill(&held);
            None
        }
        Harm::LostAnswer => None,
        Harm::Broken => Some((502, json!({ "message": "Bad gateway" }))),
        _ => Some((201, answered)),
    }
}

fn kill(held: &Held) {
    let asker = held.asker.unwrap().to_string();
    let status = std::process::Command::new("kill")
        .args(["-9", &asker])
        .status();
    assert!(status.unwrap().success());
}

fn found(held: &Held, path: &str) -> Value {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        [.., "comments"] => json!(held.comments),
        [.., "labels"] => json!(held.labels),
        // The newest first.
        [.., "statuses"] => held.statuses.iter().rev().cloned().collect(),
        [.., "pulls"] => json!(held.pulls),
        [.., "pulls", number] => {
            let number: u64 = number.parse().unwrap();
            let is = |it: &&Value| it["number"] == number;
            held.pulls.iter().find(is).cloned().unwrap_or_default()
        }
        _ => Value::Null,
    }
}

fn change(held: &mut Held, method: &str, path: &str, body: &Value) -> Value {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (method, parts.as_slice()) {
        ("POST", [.., "comments"]) => {
            let id = held.comments.len() + 1;
            let comment =
                json!({ "id": id, "html_url": format!("https://x/{id}"), "body": body["body"] });
            held.comments.push(comment.clone());
            comment
        }
        ("PATCH", [.., "comments", id]) => {
            let at = id.parse::<usize>().unwrap() - 1;
            held.comments[at]["body"] = body["body"].clone();
            held.comments[at].clone()
        }
        ("POST", [.., "labels"]) => {
            for name in body["labels"].as_array().unwrap() {
                held.labels.push(json!({ "name": name }));
            }
            json!(held.labels)
        }
        ("POST", [.., "statuses", sha]) => {
            let mut status = body.clone();
            status["sha"] = json!(sha);
            held.statuses.push(status.clone());
            status
        }
        ("POST", [.., "pulls"]) => {
            let number = held.pulls.len() + 1;
            let pull = json!({
                "number": number, "html_url": "https://x/p", "draft": body["draft"], "node_id": "N",
                "title": body["title"], "body": body["body"], "base": body["base"],
                "head": { "ref": body["head"], "sha": held.statuses.last().map(|it| it["sha"].clone()) },
            });
            held.pulls.push(pull.clone());
            pull
        }
        ("PATCH", [.., "pulls", number]) => {
            let at = number.parse::<usize>().unwrap() - 1;
            held.pulls[at]["body"] = body["body"].clone();
            held.pulls[at].clone()
        }
        ("POST", [.., "graphql"]) => {
            held.pulls[0]["draft"] = json!(false);
            json!({ "data": {} })
        }
        _ => Value::Null,
    }
}

fn read(stream: &TcpStream) -> (String, String) {
    let mut stream = BufReader::new(stream);
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") {
        if stream.read_line(&mut text).unwrap_or(0) == 0 {
            return (String::new(), String::new());
        }
    }
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    let _ = stream.read_exact(&mut body);
    let line = text.lines().next().unwrap_or_default().to_owned();
    (line, String::from_utf8_lossy(&body).into_owned())
}

//! A host that holds repositories, pull requests, comments, labels and statuses, and that can be made to
//! misbehave.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};
use tau_tests::{Asked, Done, Sandbox, git_backend};

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
    /// It does it, answers, and kills who asked.
    KillsAfter,
    /// It does it, and says that it is broken.
    Broken,
}

/// What whoever asks is told instead of being let in.
pub(crate) type Door = Box<dyn FnMut(&Asked) -> Option<(u16, Value)> + Send>;

#[derive(Default)]
struct Held {
    comments: Vec<Value>,
    labels: Vec<Value>,
    statuses: Vec<Value>,
    pulls: Vec<Value>,
    /// Where repositories are: `acme/app.git`.
    root: PathBuf,
    /// The changes that were made.
    changes: usize,
    harm: Option<Harm>,
    /// The harm of the first request of its kind, and the kinds that had theirs.
    first: Option<Harm>,
    harmed: BTreeSet<String>,
    /// How many requests that change something come before the harm.
    spared: usize,
    /// What was asked of GraphQL, and of everything else but git.
    queries: Vec<Value>,
    asked: Vec<Value>,
    /// Whether the base has a merge queue, and whether a head moves when auto-merge is enabled.
    has_queue: bool,
    moves: bool,
    /// What the base requires, and how ready pull requests are.
    checks: Vec<&'static str>,
    readiness: Option<&'static str>,
    /// Who is let in; everybody without.
    door: Option<Door>,
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
                let Some(asked) = Asked::read(&stream) else {
                    continue;
                };
                let (answer, is_killed) = answer(&own, &asked);
                let _ = stream.write_all(&answer.unwrap_or_default());
                let _ = stream.flush();
                drop(stream);
                if is_killed {
                    kill(&own.lock().unwrap());
                }
            }
        });
        Host { port, held }
    }

    /// What it does with the next change.
    pub(crate) fn harms(&self, harm: Harm) {
        self.held.lock().unwrap().harm = Some(harm);
    }

    /// What it does with the change that comes behind so many others.
    pub(crate) fn harms_behind(&self, changes: usize, harm: Harm) {
        let mut held = self.held.lock().unwrap();
        (held.spared, held.harm) = (changes, Some(harm));
    }

    /// What it does with the first request of every kind.
    pub(crate) fn harms_first(&self, harm: Harm) {
        self.held.lock().unwrap().first = Some(harm);
    }

    /// The base requires these checks from now on, and pull requests are that ready.
    pub(crate) fn requires(&self, checks: &[&'static str], readiness: &'static str) {
        let mut held = self.held.lock().unwrap();
        (held.checks, held.readiness) = (checks.to_vec(), Some(readiness));
    }

    /// The base has a merge queue.
    pub(crate) fn queues(&self) {
        self.held.lock().unwrap().has_queue = true;
    }

    /// Somebody pushes to a pull request when auto-merge is enabled for it.
    pub(crate) fn moves(&self) {
        self.held.lock().unwrap().moves = true;
    }

    /// Asks this of everybody before.
    pub(crate) fn guards(&self, door: Door) {
        self.held.lock().unwrap().door = Some(door);
    }

    /// What was asked of GraphQL, with its variables.
    pub(crate) fn queries(&self) -> Vec<Value> {
        self.held.lock().unwrap().queries.clone()
    }

    /// What was asked beside GraphQL and git: method, path, fields and body.
    pub(crate) fn asked(&self) -> Vec<Value> {
        self.held.lock().unwrap().asked.clone()
    }

    /// Changes a pull request, as others may.
    pub(crate) fn changes_pull(&self, name: &str, value: Value) {
        self.held.lock().unwrap().pulls[0][name] = value;
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
        let text = text.replace("API", &self.api());
        sandbox.write("tell.tau", text);
        self.serves(&sandbox, "GH");
        sandbox
    }

    /// The repository's remote `acme/app` is here, and this secret is for it.
    pub(crate) fn serves(&self, sandbox: &Sandbox, secret: &str) {
        let port = self.port;
        let bare = sandbox.outside().join("acme/app.git");
        sandbox.git(&["init", "--quiet", "--bare", bare.to_str().unwrap()]);
        let url = format!("http://127.0.0.1:{port}/acme/app.git");
        sandbox.git(&["remote", "add", "origin", &url]);
        self.held.lock().unwrap().root = sandbox.outside().to_owned();
        let secrets = sandbox.outside().join("home/.config/tau");
        std::fs::create_dir_all(&secrets).unwrap();
        let bound = format!("[{secret}]\nenv = \"GH\"\nhost = \"127.0.0.1:{port}\"\n");
        std::fs::write(secrets.join("secrets.toml"), bound).unwrap();
    }

    /// Where it is asked.
    pub(crate) fn api(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
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

/// What it answers, and whether it kills who asked then; nothing ends the connection.
fn answer(held: &Mutex<Held>, asked: &Asked) -> (Option<Vec<u8>>, bool) {
    let mut held = held.lock().unwrap();
    if !asked.path.contains(".git/") && !asked.path.ends_with("/graphql") {
        held.asked.push(json!({
            "method": asked.method,
            "path": asked.path,
            "accept": asked.field("accept"),
            "type": asked.field("content-type"),
            "body": String::from_utf8_lossy(&asked.body),
        }));
    }
    if let Some(door) = &mut held.door
        && let Some((status, body)) = door(asked)
    {
        return (Some(http(status, &body)), false);
    }
    let path = asked.path.split('?').next().unwrap();
    let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
    let query = body["query"].as_str().unwrap_or_default();
    let is_git = path.contains(".git/");
    let is_change = match is_git {
        true => path.ends_with("/git-receive-pack"),
        false => asked.method != "GET" && !query.starts_with("query"),
    };
    if path.ends_with("/graphql") {
        held.queries.push(body.clone());
    }
    let harm = match is_change {
        true => harm(&mut held, &format!("{} {path} {query}", asked.method)),
        false => Harm::None,
    };
    if harm == Harm::KillsBefore {
        kill(&held);
    }
    if matches!(harm, Harm::Lost | Harm::KillsBefore) {
        return (None, false);
    }
    let answered = if is_git {
        git_backend(&held.root, asked)
    } else {
        let (status, body) = match (is_change, asked.method.as_str()) {
            (true, method) => (201, change(&mut held, method, path, &body)),
            (false, "GET") => (200, found(&held, path)),
            (false, _) => (200, state(&held)),
        };
        http(status, &body)
    };
    held.changes += usize::from(is_change);
    match harm {
        Harm::KillsBehind => {
            kill(&held);
            (None, false)
        }
        Harm::LostAnswer => (None, false),
        Harm::Broken => (Some(http(502, &json!({ "message": "Bad gateway" }))), false),
        harm => (Some(answered), harm == Harm::KillsAfter),
    }
}

/// The harm of this change.
fn harm(held: &mut Held, kind: &str) -> Harm {
    if let Some(first) = held.first {
        return match held.harmed.insert(kind.to_owned()) {
            true => first,
            false => Harm::None,
        };
    }
    if held.spared > 0 {
        held.spared -= 1;
        return Harm::None;
    }
    held.harm.take().unwrap_or(Harm::None)
}

fn http(status: u16, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
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
        [.., "issues", number] => json!({
            "number": number, "title": "Add is wrong", "body": "It subtracts.", "state": "open",
            "html_url": "https://x/i", "labels": [], "user": { "login": "ann" },
            "author_association": "OWNER", "comments": held.comments.len(),
        }),
        [.., "rules", "branches", _] => json!([]),
        [.., "branches", name] => json!({
            "name": name,
            "protection": { "required_status_checks": { "contexts": held.checks } },
        }),
        _ => Value::Null,
    }
}

/// What GraphQL tells of the one pull request.
fn state(held: &Held) -> Value {
    let pull = &held.pulls[0];
    let merged_as = &pull["merge_commit_sha"];
    let oid = || json!({ "oid": merged_as });
    json!({ "data": { "repository": {
        "nameWithOwner": "acme/app", "autoMergeAllowed": true, "mergeCommitAllowed": true,
        "squashMergeAllowed": true, "rebaseMergeAllowed": true,
        "pullRequest": {
            "id": "N", "state": if merged_as.is_null() { "OPEN" } else { "MERGED" },
            "isDraft": pull["draft"], "body": pull["body"], "headRefOid": pull["head"]["sha"],
            "headRefName": pull["head"]["ref"], "baseRefName": pull["base"],
            "headRepository": { "nameWithOwner": "acme/app" },
            "mergeStateStatus": held.readiness.unwrap_or("BLOCKED"), "isMergeQueueEnabled": held.has_queue,
            "isInMergeQueue": pull["queued"] == true, "autoMergeRequest": pull["auto"],
            "mergeCommit": if merged_as.is_null() { Value::Null } else { oid() },
        },
    } } })
}

/// Where a branch of the repository is.
fn branch(held: &Held, name: &str) -> Value {
    let told = std::process::Command::new("git")
        .arg("--git-dir")
        .arg(held.root.join("acme/app.git"))
        .args(["rev-parse", "--verify", "--quiet", name])
        .output();
    let sha = String::from_utf8(told.unwrap().stdout).unwrap();
    json!(sha.trim())
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
                "head": { "ref": body["head"], "sha": branch(held, body["head"].as_str().unwrap()) },
            });
            held.pulls.push(pull.clone());
            pull
        }
        ("PATCH", [.., "pulls", number]) => {
            let at = number.parse::<usize>().unwrap() - 1;
            held.pulls[at]["body"] = body["body"].clone();
            held.pulls[at].clone()
        }
        ("PUT", [.., "pulls", _, "merge"]) => {
            assert_eq!(body["sha"], held.pulls[0]["head"]["sha"]);
            held.pulls[0]["merge_commit_sha"] = json!("5ca1ab1e");
            json!({ "sha": "5ca1ab1e", "merged": true })
        }
        ("POST", [.., "graphql"]) => {
            let query = body["query"].as_str().unwrap();
            let moves = held.moves;
            let pull = &mut held.pulls[0];
            if query.contains("markPullRequestReadyForReview") {
                pull["draft"] = json!(false);
            } else if query.contains("enqueuePullRequest") {
                pull["queued"] = json!(true);
            } else if query.contains("disablePullRequestAutoMerge") {
                pull["auto"] = Value::Null;
            } else {
                pull["auto"] = json!({ "enabledAt": "now" });
                if moves {
                    pull["head"]["sha"] = json!("0bad");
                }
            }
            json!({ "data": {} })
        }
        _ => Value::Null,
    }
}

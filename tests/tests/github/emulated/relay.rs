//! What stands before the emulator: git, which it does not have, and everything else as it comes. What is pushed is
//! carried into the emulator's own store, which names commits as git does.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};
use tau_tests::{Asked, Served, git_backend, workspace_root};

/// The emulator and what stands before it.
pub(super) struct Relay {
    _served: Served,
    port: u16,
    emulator: Arc<Emulator>,
}

/// The emulator behind it.
struct Emulator {
    port: u16,
    /// Where `acme/app.git` is.
    root: PathBuf,
    /// Whether the answer to the first request of every kind that makes something gets lost, and the kinds that
    /// had theirs.
    loses: bool,
    lost: Mutex<BTreeSet<String>>,
}

impl Relay {
    /// Starts it. `loses` says whether the first answer of every kind gets lost.
    pub(super) fn new(node: &Path, api: &Path, root: &Path, loses: bool) -> Relay {
        let here = workspace_root().join("tests/tests/github");
        let mut script = Command::new(node);
        script.args([&here.join("emulated.mjs"), api, &here.join("app.pem")]);
        let served = Served::start(&mut script);
        let emulator = Arc::new(Emulator {
            port: served.port(),
            root: root.to_owned(),
            loses,
            lost: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let behind = emulator.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                if let Some(asked) = Asked::read(&stream) {
                    let _ = stream.write_all(&behind.answer(&asked));
                }
            }
        });
        Relay {
            _served: served,
            port,
            emulator,
        }
    }

    /// Its host and port.
    pub(super) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Where it is asked.
    pub(super) fn api(&self) -> String {
        format!("http://{}", self.host())
    }

    /// Where its repository is.
    pub(super) fn git(&self) -> String {
        format!("{}/acme/app.git", self.api())
    }

    /// Carries a branch of the repository into the emulator.
    pub(super) fn carry(&self, branch: &str) {
        self.emulator.carry(branch);
    }

    /// What ann finds there.
    pub(super) fn look(&self, path: &str) -> Value {
        self.ask("GET", path, &Value::Null)
    }

    /// What ann is answered, who may do everything.
    pub(super) fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        self.emulator.ask(method, path, body)
    }
}

impl Emulator {
    fn answer(&self, asked: &Asked) -> Vec<u8> {
        if asked.path.contains(".git/") {
            let login = asked.field("authorization");
            assert!(login.starts_with("Basic "), "{login}");
            let answer = git_backend(&self.root, asked);
            if asked.path.ends_with("/git-receive-pack") {
                let all = self.git(&[
                    "for-each-ref",
                    "--format=%(refname:short)",
                    "refs/heads/tau/",
                ]);
                all.lines().for_each(|branch| self.carry(branch));
            }
            return answer;
        }
        let fields = ["authorization", "accept", "content-type", "if-none-match"];
        let fields = fields.map(|name| (name, asked.field(name)));
        let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
        let answer = self.exchange(&asked.method, &asked.path, fields, &asked.body);
        let is_change = asked.method != "GET" && !asked.path.contains("/access_tokens");
        let kind = format!("{} {}", asked.method, asked.path);
        match self.loses && is_change && self.lost.lock().unwrap().insert(kind) {
            true => Vec::new(),
            false => answer,
        }
    }

    fn exchange<'a>(
        &self,
        method: &str,
        path: &str,
        fields: impl Iterator<Item = (&'a str, &'a str)>,
        body: &[u8],
    ) -> Vec<u8> {
        // What is answered to this version comes in one piece.
        let mut head = format!(
            "{method} {path} HTTP/1.0\r\nHost: localhost:{}\r\n",
            self.port
        );
        for (name, value) in fields {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", body.len());
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let fields = [
            ("Authorization", "Bearer ann-token"),
            ("Content-Type", "application/json"),
        ];
        let answer = self.exchange(method, path, fields.into_iter(), body.as_bytes());
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let is_good = head.split(' ').nth(1).unwrap().starts_with('2');
        assert!(is_good, "{method} {path}: {answer}");
        serde_json::from_str(body).unwrap()
    }

    /// Makes the branch's commits there, and the branch itself.
    fn carry(&self, branch: &str) {
        let commits = self.git(&["rev-list", "--reverse", branch]);
        for commit in commits.lines() {
            self.carry_commit(commit);
        }
        let (sha, name) = (
            commits.lines().last().unwrap(),
            format!("refs/heads/{branch}"),
        );
        self.ask(
            "POST",
            "/repos/acme/app/git/refs",
            &json!({ "ref": name, "sha": sha }),
        );
    }

    fn carry_commit(&self, commit: &str) {
        let there = |what: &str, body: Value| {
            let made = self.ask("POST", &format!("/repos/acme/app/git/{what}"), &body);
            made["sha"].as_str().unwrap().to_owned()
        };
        let files = self.git(&["ls-tree", "-r", commit]);
        let entries = files.lines().map(|line| {
            let (about, path) = line.split_once('\t').unwrap();
            let [mode, kind, sha] = about.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{line}");
            };
            let content = self.git(&["cat-file", "blob", sha]);
            assert_eq!(
                there("blobs", json!({ "content": content, "encoding": "utf-8" })),
                sha
            );
            json!({ "path": path, "mode": mode, "type": kind, "sha": sha })
        });
        let entries: Vec<Value> = entries.collect();
        let tree = there("trees", json!({ "tree": entries }));
        let part = |format: &str| {
            let text = self.git(&["show", "--no-patch", &format!("--format={format}"), commit]);
            text.trim_end().to_owned()
        };
        let by = |who: &str| {
            let of = |what: &str| part(&format!("%{who}{what}"));
            json!({ "name": of("n"), "email": of("e"), "date": of("I") })
        };
        let parents = part("%P");
        let parents: Vec<&str> = parents.split_whitespace().collect();
        let made = json!({
            "message": part("%B"), "tree": tree, "parents": parents, "author": by("a"), "committer": by("c"),
        });
        assert_eq!(there("commits", made), commit, "it is another commit there");
    }

    fn git(&self, arguments: &[&str]) -> String {
        let told = Command::new("git")
            .arg("--git-dir")
            .arg(self.root.join("acme/app.git"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(told.status.success(), "{arguments:?}");
        String::from_utf8(told.stdout).unwrap()
    }
}

//! Everything that is asked beside GraphQL, against the description of its interface that GitHub publishes, as the
//! npm package `@stoplight/prism-cli` serves it: it refuses what the description does not allow, and answers with
//! its examples. `.ci/run` puts both into `target/node`.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use serde_json::{Value, json};
use tau_tests::{Sandbox, Served, step, workspace_root};

use crate::app::{Installed, configure, enterprise};
use crate::effects::{GRANTS, STEPS};
use crate::host::Host;
use crate::merge::merging;
use crate::schema::modules;

/// What is asked, by a run that does everything.
const KINDS: &[&str] = &[
    "GET /repos/acme/app/branches/main",
    "GET /repos/acme/app/commits/COMMIT/statuses",
    "GET /repos/acme/app/installation",
    "GET /repos/acme/app/issues/7",
    "GET /repos/acme/app/issues/7/comments",
    "GET /repos/acme/app/issues/7/labels",
    "GET /repos/acme/app/pulls",
    "GET /repos/acme/app/pulls/1",
    "GET /repos/acme/app/rules/branches/main",
    "PATCH /repos/acme/app/issues/comments/1",
    "PATCH /repos/acme/app/pulls/1",
    "POST /app/installations/678/access_tokens",
    "POST /repos/acme/app/issues/7/comments",
    "POST /repos/acme/app/issues/7/labels",
    "POST /repos/acme/app/pulls",
    "POST /repos/acme/app/statuses/COMMIT",
    "PUT /repos/acme/app/pulls/1/merge",
];

/// The mock.
struct Published(Served);

impl Published {
    /// One of GitHub's own host or of an `enterprise`, which has the paths of these requests; `None` where it is not
    /// installed.
    fn new(kind: &str, asked: &[Value], sandbox: &Sandbox) -> Option<Published> {
        let packages = ["@octokit/openapi", "@stoplight/prism-cli"];
        let modules = modules("the published description", &packages)?;
        let file = sandbox.outside().join("asked.json");
        fs::write(&file, json!(asked).to_string()).unwrap();
        let script = workspace_root().join("tests/tests/github/published.cjs");
        let mut node = Command::new("node");
        node.arg(script).args([modules, file, kind.into()]);
        Some(Published(Served::start(&mut node)))
    }

    /// What it says against a request; nothing if it is as described.
    fn refuses(&self, asked: &Value) -> Option<String> {
        let text = |name: &str| asked[name].as_str().unwrap();
        let body = text("body");
        let mut request = format!(
            "{} {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: {}\r\n",
            text("method"),
            text("path"),
            text("accept"),
        );
        if !body.is_empty() {
            let (kind, length) = (text("type"), body.len());
            request += &format!("Content-Type: {kind}\r\nContent-Length: {length}\r\n");
        }
        let mut stream = TcpStream::connect(("127.0.0.1", self.0.port())).unwrap();
        write!(stream, "{request}\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let is_good = answer.starts_with("HTTP/1.1 2") && !answer.contains("sl-violations");
        (!is_good).then_some(answer)
    }
}

/// All that tau asks of GitHub beside GraphQL, by an App, from an issue to the merge.
fn everything() -> (Vec<Value>, Sandbox) {
    let (before, _) = STEPS.split_once("  step pr  ").unwrap();
    let all = "  step issue = issue.read(\"acme/app#7\", api: \"API\", token: \"GH\")\n  \
        step label = github.label(\"acme/app#7\", labels: [\"done\"], api: \"API\", token: \"GH\") after issue\n  \
        for n in [1, 2] {\n    \
          step say = github.comment(\"acme/app#7\", text: \"Round {{ n }}\", api: \"API\", token: \"GH\") after label\n    \
          step pr  = github.draft_pr(\"acme/app\", commit: commit, proof: proof, title: \"Fix a\", text: \"Round {{ n }}\", api: \"API\", token: \"GH\") after push\n  \
        }\n";
    let host = Host::new();
    let sandbox = host.sandbox(GRANTS, &enterprise(&format!("{before}{all}")));
    configure(&sandbox, &format!("{}/api/v3", host.api()), 0o600);
    let _app = Installed::at(&host, 3600);
    let _ = host.apply(&sandbox).ends(0);
    let mut asked = host.asked();

    let (host, merging) = merging();
    host.requires(&["ci"], "CLEAN");
    let _ = host.apply(&merging).ends(0);
    asked.extend(host.asked());
    for it in &mut asked {
        let path = it["path"].as_str().unwrap();
        it["path"] = json!(path.trim_start_matches("/api/v3"));
    }
    (asked, sandbox)
}

#[test]
fn everything_that_is_asked_is_as_described_and_what_is_answered_is_understood() {
    let (asked, sandbox) = everything();
    let kinds: BTreeSet<String> = asked.iter().map(kind).collect();
    let kinds: Vec<String> = kinds.into_iter().collect();
    assert_eq!(kinds, KINDS);
    let Some(enterprise) = Published::new("enterprise", &asked, &sandbox) else {
        return;
    };
    let Some(published) = Published::new("own", &asked, &sandbox) else {
        return;
    };
    for it in &asked {
        for host in [&published, &enterprise] {
            let why = host.refuses(it);
            assert!(why.is_none(), "{it:#}\n{}", why.unwrap_or_default());
        }
    }
    refuses_what_is_wrong(&published, &asked);

    // An App that gets its token there reads an issue there: both are what GitHub publishes as its answers.
    let api = published.0.url();
    configure(&sandbox, api, 0o600);
    let read = format!(
        "mission read {{\n  authority {{\n    net    \"127.0.0.1:{}\"\n    secret GH\n  }}\n\n  \
         step issue = issue.read(\"acme/app#7\", api: \"{api}\", token: \"GH\")\n}}\n",
        published.0.port()
    );
    sandbox.write("read.tau", read);
    let result = sandbox
        .tau(&["apply", "read.tau", "--yes", "--json"])
        .ends(0)
        .json();
    let issue = &step(&result, "issue")["result"];
    assert_eq!(issue["title"], "Found a bug", "{result:#}");
    assert_eq!(issue["author"], "octocat");
    assert_eq!(issue["labels"], json!(["bug"]));
}

/// It would tell a request that is not as described.
fn refuses_what_is_wrong(published: &Published, asked: &[Value]) {
    let of = |wanted: &str| asked.iter().find(|it| kind(it) == wanted).unwrap();
    let comment = || of("POST /repos/acme/app/issues/7/comments").clone();
    let changed = |name: &str, value: &str| {
        let mut it = comment();
        it[name] = json!(value);
        it
    };
    let wrong = [
        (changed("body", "{}"), "must have required property 'body'"),
        (changed("body", "{\"body\": 3}"), "body must be string"),
        (
            changed("path", "/repos/acme/app/issues/7/comment"),
            "no path matched",
        ),
        (
            changed("path", "/repos/acme/app/issues/x/comments"),
            "issue_number must be integer",
        ),
        (changed("method", "PUT"), "no method matched"),
        (
            changed("path", "/repos/acme/app/issues/7/comments?per_page=3"),
            "not described: per_page",
        ),
        (
            changed("body", "{\"body\": \"a\", \"labels\": []}"),
            "not described: labels",
        ),
        (changed("accept", "text/html"), "accept header"),
    ];
    for (it, words) in wrong {
        let why = published.refuses(&it).unwrap_or_default();
        assert!(
            why.to_lowercase().contains(&words.to_lowercase()),
            "{words}: {why}"
        );
    }
}

/// The method and the path, without what differs from run to run.
fn kind(asked: &Value) -> String {
    let path = asked["path"].as_str().unwrap().split('?').next().unwrap();
    let is_commit = |part: &&str| part.len() == 40;
    let parts = path.split('/');
    let parts: Vec<&str> = parts
        .map(|part| if is_commit(&part) { "COMMIT" } else { part })
        .collect();
    format!("{} {}", asked["method"].as_str().unwrap(), parts.join("/"))
}

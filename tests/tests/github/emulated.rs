//! Against a GitHub that is not ours and keeps what it is told: the npm package `emulate`, with the Node that it needs,
//! which `.ci/run` puts into `target/emulate`. It has issues, comments, labels, pull requests and Apps; it has no
//! git, no commit statuses and no GraphQL, so nothing is made ready or merged there.

mod relay;

use serde_json::json;
use tau_tests::{Sandbox, holds, skip, step, workspace_root};

use self::relay::Relay;
use crate::app::{configure, configure_as};

const GRANTS: &str = "    read   \"**\"\n    write  \"a.txt\"\n    run    \"sh check.sh\"\n    git    commit on \"tau/*\"\n    git    push on \"tau/*\"\n    github comment, draft_pr, label\n    secret GH\n";

const STEPS: &str = "  verifier tests {\n    run     \"sh check.sh\"\n    protect \"check.sh\"\n  }\n\n  \
    step issue  = issue.read(\"acme/app#1\", HOST)\n  \
    step label  = github.label(\"acme/app#1\", labels: [\"bug\", \"tau\"], HOST)\n  \
    step red    = verify.red(tests)\n  \
    step edit   = fs.write(\"a.txt\", text: \"fixed\")\n  \
    step green  = verify.check(tests)\n  \
    step proof  = verify.prove(tests, red: red, green: green)\n  \
    step commit = git.commit(proof, message: \"fix: a\")\n  \
    step push   = git.push(commit, token: \"GH\")\n  \
    for n in [1, 2] {\n    \
      step say = github.comment(\"acme/app#1\", text: \"Round {{ n }}\", HOST) after push\n    \
      step pr  = github.draft_pr(\"acme/app\", commit: commit, proof: proof, title: \"Fix a\", text: \"Round {{ n }}\", HOST) after push\n  \
    }\n";

/// The emulator with a repository that is also at `origin`, and an issue in it; `None` where it is not installed.
/// `loses` says whether the first answer of every kind gets lost.
fn emulated(test: &str, loses: bool) -> Option<(Relay, Sandbox)> {
    let folder = workspace_root().join("target/emulate/node_modules");
    let node = folder.join("node/bin/node");
    let api = folder.join("emulate/dist/api.js");
    if !node.is_file() || !api.is_file() {
        skip(test, "`emulate`, which is not in `target/emulate`");
        return None;
    }
    let sandbox =
        Sandbox::repository(&[("a.txt", "broken\n"), ("check.sh", "grep -q fixed a.txt\n")]);
    let relay = Relay::new(&node, &api, sandbox.outside(), loses);
    let bare = sandbox.outside().join("acme/app.git");
    sandbox.git(&["init", "--quiet", "--bare", bare.to_str().unwrap()]);
    sandbox.git(&["remote", "add", "origin", &relay.git()]);
    sandbox.git(&["push", "--quiet", bare.to_str().unwrap(), "HEAD:main"]);
    relay.carry("main");
    let issue = json!({ "title": "It is broken", "body": "It should be fixed." });
    relay.ask("POST", "/repos/acme/app/issues", &issue);
    Some((relay, sandbox))
}

/// A mission with these steps, in which `HOST` is whom they ask and with what.
fn mission(relay: &Relay, steps: &str) -> String {
    let host = format!("api: \"{}\", token: \"GH\"", relay.api());
    let steps = steps.replace("HOST", &host);
    let at = relay.host();
    format!("mission tell {{\n  authority {{\n    net    \"{at}\"\n{GRANTS}  }}\n\n{steps}}}\n")
}

#[test]
fn an_app_reads_an_issue_labels_it_and_keeps_one_comment_and_one_draft() {
    delivers(false);
}

#[test]
fn what_is_there_although_its_answer_got_lost_is_found_again() {
    delivers(true);
}

fn delivers(loses: bool) {
    let Some((relay, sandbox)) = emulated("the emulated GitHub", loses) else {
        return;
    };
    configure(&sandbox, &relay.api(), 0o600);
    sandbox.write("tell.tau", mission(&relay, STEPS));
    let result = sandbox.tau(&["apply", "tell.tau", "--yes", "--json"]);
    let result = result.ends(0).json();
    assert_eq!(step(&result, "issue")["result"]["title"], "It is broken");
    assert_eq!(step(&result, "label")["effect"]["adopted"] == true, loses);

    let has_one_of_each = || {
        let comments = relay.look("/repos/acme/app/issues/1/comments");
        let pulls = relay.look("/repos/acme/app/pulls?state=all");
        for (what, all) in [("comments", &comments), ("pulls", &pulls)] {
            assert_eq!(all.as_array().unwrap().len(), 1, "{what}: {all:#}");
        }
        assert!(comments[0]["body"].as_str().unwrap().starts_with("Round "));
        assert_eq!(comments[0]["user"]["login"], "tau[bot]");
        assert_eq!(pulls[0]["draft"], true);
        assert_eq!(pulls[0]["head"]["sha"], result["commit"]);
        assert_eq!(pulls[0]["head"]["ref"], result["branch"]);
        let text = pulls[0]["body"].as_str().unwrap();
        assert!(
            text.starts_with("Round ") && text.contains("| GREEN |"),
            "{text}"
        );
        let labels = relay.look("/repos/acme/app/issues/1/labels");
        let names = labels.as_array().unwrap().iter().map(|it| &it["name"]);
        assert_eq!(names.collect::<Vec<_>>(), ["bug", "tau"]);
    };
    has_one_of_each();
    let _ = sandbox.tau(&["resume", "@", "--json"]);
    has_one_of_each();

    // The token was for this repository, and for what tau can use.
    let minted = relay.look("/_emulate/installation-tokens");
    let minted = minted["installation_tokens"].as_array().unwrap();
    let permissions = json!({
        "contents": "write", "issues": "write", "metadata": "read", "pull_requests": "write",
    });
    assert!(!minted.is_empty());
    for token in minted {
        assert_eq!(token["permissions"], permissions, "{token:#}");
        assert_eq!(
            token["repository_ids"].as_array().unwrap().len(),
            1,
            "{token:#}"
        );
    }
    assert!(!holds(&sandbox.state(), "ghs_"));
}

#[test]
fn what_an_app_does_not_get_is_told() {
    let Some((relay, sandbox)) = emulated("what an emulated GitHub refuses", false) else {
        return;
    };
    let say = "  step say = github.comment(\"acme/app#1\", text: \"Done.\", HOST)\n";
    sandbox.write("tell.tau", mission(&relay, say));
    for (app, words) in [
        ("repository = \"ann/own\"", "is not installed on `ann/own`"),
        (
            "repository = \"acme/none\"",
            "is not installed on `acme/none`",
        ),
        (
            "repository = [\"acme/app\", \"acme/none\"]",
            "gets no token for `acme/app`, `acme/none`",
        ),
        (
            "repository = \"acme/app\", permissions = { administration = \"write\" }",
            "gets no token",
        ),
        ("installation = 679", "is not installed as installation 679"),
    ] {
        configure_as(&sandbox, &relay.api(), 0o600, app);
        let result = sandbox.tau(&["apply", "tell.tau", "--yes", "--json"]);
        let result = result.ends(3).json();
        let message = result["blocked"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{app}: {message}");
    }
    assert_eq!(relay.look("/repos/acme/app/issues/1/comments"), json!([]));
}

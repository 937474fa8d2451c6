use serde_json::{Value, json};
use tau_interpreter::action::{FailureKind, Fetched, Found};

use crate::fake::{Fake, told};

/// The answers of a host, and the mission's tree.
fn host(answers: &[Value]) -> Fake {
    let hands = Fake::with(&[("src/a.rs", "fixed")]);
    for body in answers {
        let status = body["STATUS"].as_u64().unwrap_or(200);
        let text = body.to_string();
        hands.answers_web(Ok(Fetched {
            status: u16::try_from(status).unwrap(),
            url: "https://api.github.com/x".to_owned(),
            headers: [].into(),
            size: text.len() as u64,
            text,
            is_whole: true,
            body: "blob".to_owned(),
        }));
    }
    hands
}

/// The arguments of a merge that everything allows.
fn merge() -> Value {
    let tree = Fake::with(&[("src/a.rs", "fixed")]).base();
    let verdict = |word: &str, passed: bool, tree: &str| {
        json!({
            "passed": passed, "verdict": word, "why": "", "verifier": "tests", "digest": "d",
            "tree": tree, "environment": "e", "tier": "full", "runner": null, "sentinels": false,
            "tests": null, "exit": 0, "runs": 1, "seconds": 1.0, "log": "", "log_ref": null,
        })
    };
    json!({
        "pr": { "repo": "acme/app", "number": 3, "url": "u", "draft": false, "head": "c0ffee" },
        "commit": { "sha": "c0ffee", "branch": "tau/m-1", "tree": tree },
        "proof": {
            "tree": tree, "base": "ba5e", "verifier": "tests", "digest": "d", "protect": [],
            "level": "tested", "limits": [], "confidence": 1.0, "changed": [], "idle": [],
            "heldout": false, "red": verdict("red", false, "ba5e"),
            "green": verdict("green", true, &tree), "taken_back": verdict("red", false, "t"),
        },
        "method": "squash", "api": null, "token": "GH", "timeout": 1000,
    })
}

/// The state of a pull request that is ready, and what is different.
fn state(changed: &Value) -> Value {
    let mut repository = json!({
        "nameWithOwner": "acme/app", "autoMergeAllowed": true, "mergeCommitAllowed": true,
        "squashMergeAllowed": true, "rebaseMergeAllowed": false,
        "pullRequest": {
            "id": "N", "state": "OPEN", "isDraft": false, "body": "x\n<!-- tau: mark/pr/abc -->\n",
            "headRefOid": "c0ffee", "headRefName": "tau/m-1", "baseRefName": "main",
            "headRepository": { "nameWithOwner": "acme/app" }, "mergeStateStatus": "CLEAN",
            "isMergeQueueEnabled": false, "isInMergeQueue": false, "autoMergeRequest": null,
            "mergeCommit": null,
        },
    });
    for (name, value) in changed.as_object().unwrap() {
        let of = match repository.get(name) {
            Some(_) => &mut repository,
            None => &mut repository["pullRequest"],
        };
        of[name] = value.clone();
    }
    json!({ "data": { "repository": repository } })
}

fn merged() -> Value {
    state(&json!({ "state": "MERGED", "mergeCommit": { "oid": "5ca1ab1e" } }))
}

fn protected() -> Value {
    let checks = json!({ "enforcement_level": "non_admins", "contexts": ["ci"] });
    json!({ "name": "main", "protection": { "enabled": true, "required_status_checks": checks } })
}

/// What is asked before anything is sent: the state and what the base requires, twice.
fn read(state: &Value) -> Vec<Value> {
    let once = [state.clone(), protected(), json!([])];
    [once.clone(), once].concat()
}

/// The changes that were asked for.
fn sent(hands: &Fake) -> Vec<String> {
    let asked = hands.asked_web().into_iter();
    let changes = asked.filter(|it| it.method != "GET" && !it.body.contains("\"query\":\"query("));
    let short = changes.map(|it| match serde_json::from_str::<Value>(&it.body) {
        Ok(body) if body["query"].is_string() => format!(
            "{} {}",
            body["query"]
                .as_str()
                .unwrap()
                .split(['{', '('])
                .nth(2)
                .unwrap()
                .trim(),
            body["variables"]
        ),
        _ => format!("{} {} {}", it.method, it.to.url, it.body),
    });
    short.collect()
}

#[test]
fn what_is_ready_is_merged_at_the_proven_commit() {
    let answers = [
        read(&state(&json!({}))),
        vec![json!({ "sha": "5ca1ab1e", "merged": true }), merged()],
    ];
    let hands = host(&answers.concat());
    let given = hands.call("github.auto_merge", merge()).unwrap();
    assert_eq!(
        given,
        json!({ "merged": true, "way": "direct", "sha": "5ca1ab1e" })
    );
    insta::assert_snapshot!(sent(&hands).join("\n"), @r#"
    PUT https://api.github.com/repos/acme/app/pulls/3/merge {"merge_method":"squash","sha":"c0ffee"}
    "#);
}

#[test]
fn what_is_still_to_be_checked_is_left_to_the_host() {
    let blocked = json!({ "mergeStateStatus": "BLOCKED" });
    let auto = state(
        &json!({ "mergeStateStatus": "BLOCKED", "autoMergeRequest": { "enabledAt": "now" } }),
    );
    let answers = [
        read(&state(&blocked)),
        vec![json!({ "data": {} }), auto.clone(), auto],
    ];
    let hands = host(&answers.concat());
    let given = hands.call("github.auto_merge", merge()).unwrap();
    assert_eq!(
        given,
        json!({ "merged": false, "way": "auto", "sha": null })
    );
    insta::assert_snapshot!(sent(&hands).join("\n"), @r#"
    enablePullRequestAutoMerge {"head":"c0ffee","id":"N","method":"SQUASH"}
    "#);

    let queue = json!({ "isMergeQueueEnabled": true, "mergeStateStatus": "BEHIND" });
    let queued = state(&json!({ "isMergeQueueEnabled": true, "isInMergeQueue": true }));
    let answers = [
        read(&state(&queue)),
        vec![json!({ "data": {} }), queued.clone(), queued],
    ];
    let hands = host(&answers.concat());
    let given = hands.call("github.auto_merge", merge()).unwrap();
    assert_eq!(
        given,
        json!({ "merged": false, "way": "queue", "sha": null })
    );
    insta::assert_snapshot!(sent(&hands).join("\n"), @r#"enqueuePullRequest {"head":"c0ffee","id":"N"}"#);
}

#[test]
fn a_head_that_moves_while_it_is_asked_for_is_not_left_to_the_host() {
    let blocked = json!({ "mergeStateStatus": "BLOCKED" });
    let moved = state(&json!({ "headRefOid": "bad", "autoMergeRequest": { "enabledAt": "now" } }));
    let answers = [
        read(&state(&blocked)),
        vec![json!({ "data": {} }), moved, json!({ "data": {} })],
    ];
    let hands = host(&answers.concat());
    let failure = hands.call("github.auto_merge", merge()).unwrap_err();
    assert_eq!(failure.code, "merge-head-moved");
    assert_eq!(
        sent(&hands)[1],
        "disablePullRequestAutoMerge {\"id\":\"N\"}"
    );
}

#[test]
fn required_checks_are_found_in_rules_too_and_without_any_nothing_is_merged() {
    let bare = json!({ "name": "main", "protection": { "enabled": false } });
    let rule = |checks: Value| json!([{ "type": "required_status_checks", "parameters": { "required_status_checks": checks } }]);
    let ready = state(&json!({}));
    let none = json!({ "STATUS": 404, "message": "Not Found" });
    for (rules, may) in [
        (rule(json!([{ "context": "ci" }])), true),
        (json!([{ "type": "merge_queue" }]), true),
        (rule(json!([])), false),
        (json!([{ "type": "deletion" }]), false),
        (none, false),
    ] {
        let hands = host(&[ready.clone(), bare.clone(), rules.clone()]);
        let call = hands.tries("github.auto_merge", merge());
        let code = call.err().map(|failure| failure.code);
        let expected = (!may).then(|| "merge-unprotected".to_owned());
        assert_eq!(code, expected, "{rules}");
        assert_eq!(sent(&hands), [""; 0]);
    }
}

#[test]
fn every_gate_has_its_code_and_sends_nothing() {
    let mut all = Vec::new();
    let mut tell = |args: Value, changed: Value| {
        let now = state(&changed);
        let hands = host(&[read(&now), vec![now.clone(); 5]].concat());
        let failure = hands.call("github.auto_merge", args).unwrap_err();
        assert!(
            matches!(failure.kind, FailureKind::Blocked(_)),
            "{failure:?}"
        );
        assert_eq!(sent(&hands), [""; 0]);
        all.push(told(&failure));
    };
    for changed in [
        json!({ "nameWithOwner": "acme/renamed" }),
        json!({ "headRepository": { "nameWithOwner": "mallory/app" } }),
        json!({ "headRepository": null }),
        json!({ "body": "<!-- tau: another/pr/abc -->" }),
        json!({ "headRefName": "main" }),
        json!({ "headRefOid": "bad" }),
        json!({ "headRefOid": "bad", "autoMergeRequest": { "enabledAt": "now" } }),
        json!({ "state": "CLOSED" }),
        json!({ "isDraft": true }),
        json!({ "squashMergeAllowed": false }),
        json!({ "mergeStateStatus": "DIRTY" }),
        json!({ "mergeStateStatus": "BEHIND" }),
        json!({ "mergeStateStatus": "BLOCKED", "autoMergeAllowed": false }),
    ] {
        tell(merge(), changed);
    }
    for (at, value) in [
        ("/commit/tree", json!("other")),
        ("/proof/green/passed", json!(false)),
        ("/proof/red/verdict", json!("flaky")),
        ("/proof/taken_back/passed", json!(true)),
        ("/proof/level", json!("claimed")),
        ("/pr/head", json!("bad")),
    ] {
        let mut args = merge();
        *args.pointer_mut(at).unwrap() = value;
        tell(args, json!({}));
    }
    insta::assert_snapshot!(all.join("\n"), @"
    merge-other-repository: acme/app#3 is of `acme/renamed`, and its branch is in `acme/app`.
    => Only a branch of the repository itself is merged: name it as it is called now.
    merge-other-repository: acme/app#3 is of `acme/app`, and its branch is in `mallory/app`.
    => Only a branch of the repository itself is merged: name it as it is called now.
    merge-other-repository: acme/app#3 is of `acme/app`, and its branch is in `no repository any more`.
    => Only a branch of the repository itself is merged: name it as it is called now.
    merge-other-run: acme/app#3 does not carry the mark of this run.
    => Open it with `github.draft_pr` in the same run, and leave its mark in its text.
    merge-other-branch: acme/app#3 is of the branch `main`, and `tau/m-1` was proven.
    => Open one of the run's branch with `github.draft_pr`.
    merge-head-moved: acme/app#3 is at bad, and c0ffee is what was proven.
    => See who has pushed there; the proof says nothing of what they pushed.
    merge-head-moved: acme/app#3 is at bad, and c0ffee is what was proven.
    => The host is to merge it: turn that off on its page, and see who has pushed there.
    merge-closed: acme/app#3 is closed, and was not merged.
    => Ask who has closed it; open it again if it is still wanted.
    merge-draft: acme/app#3 is a draft.
    => Mark it as ready before, with `github.ready` or on its page.
    merge-method: The repository does not allow `squash`.
    => It allows `merge`.
    merge-conflict: acme/app#3 is in conflict with its base.
    => Run the mission again on the base as it is now.
    merge-behind: `main` has moved on, and requires that a branch is up to date.
    => What was proven is no proof of the two together: run the mission again on it.
    merge-not-ready: Not all that is required of acme/app#3 is there.
    => Go on with `tau resume` when its checks have passed and it is approved, or allow auto-merge in the settings of the repository.
    merge-proof: The proof does not show what was committed: RED, GREEN and RED again of this tree.
    => Give it the proof with which `git.commit` has made the commit.
    merge-proof: The proof does not show what was committed: RED, GREEN and RED again of this tree.
    => Give it the proof with which `git.commit` has made the commit.
    merge-proof: The proof does not show what was committed: RED, GREEN and RED again of this tree.
    => Give it the proof with which `git.commit` has made the commit.
    merge-proof: The proof does not show what was committed: RED, GREEN and RED again of this tree.
    => Give it the proof with which `git.commit` has made the commit.
    merge-proof-level: The proof is only `claimed`: its commands ran in no box.
    => Run the mission where there is a box (`tau doctor` tells), or merge it by hand.
    merge-head-moved: acme/app#3 is at bad, and c0ffee is what was proven.
    => See who has pushed there; the proof says nothing of what they pushed.
    ");
}

#[test]
fn what_the_host_refuses_stops_the_run_and_is_not_forced() {
    for (status, code) in [(405, "merge-not-ready"), (409, "merge-unknown")] {
        let no =
            json!({ "STATUS": status, "message": "Required status check \"ci\" is expected." });
        let hands = host(&[read(&state(&json!({}))), vec![no]].concat());
        let failure = hands.call("github.auto_merge", merge()).unwrap_err();
        assert_eq!(failure.code, code);
        assert_eq!(sent(&hands).len(), 1);
    }
}

#[test]
fn it_is_looked_up_by_its_state() {
    let auto = json!({ "autoMergeRequest": { "enabledAt": "now" } });
    let there = |way: &str, merged: bool| {
        let sha = merged.then_some("5ca1ab1e");
        Found::There(json!({ "merged": merged, "way": way, "sha": sha }))
    };
    for (now, found) in [
        (state(&json!({})), Found::Absent),
        (state(&json!({ "state": "CLOSED" })), Found::Absent),
        (state(&json!({ "headRefOid": "bad" })), Found::Absent),
        (state(&auto), there("auto", false)),
        (
            state(&json!({ "isInMergeQueue": true })),
            there("queue", false),
        ),
        (merged(), there("direct", true)),
    ] {
        let hands = host(&[state(&json!({})), protected(), json!([]), now.clone()]);
        let intended = hands.intends("github.auto_merge", merge());
        assert_eq!(
            hands.looks_up("github.auto_merge", &intended),
            found,
            "{now}"
        );
    }
    // What is merged already is not merged again.
    let hands = host(&[merged(), merged(), merged()]);
    let given = hands.call("github.auto_merge", merge()).unwrap();
    assert_eq!(given["merged"], true);
    assert_eq!(sent(&hands), [""; 0]);
}

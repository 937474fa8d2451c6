use serde_json::{Value, json};
use tau_interpreter::action::{Failure, FailureKind, Fetched, FileMode, Found};
use tau_interpreter::ledger::Amount;

use crate::fake::{Fake, told};

fn answer(status: u16, body: &Value) -> Result<Fetched, Failure> {
    let text = body.to_string();
    Ok(Fetched {
        status,
        url: "https://api.github.com/x".to_owned(),
        headers: [].into(),
        size: text.len() as u64,
        text,
        is_whole: true,
        body: "blob".to_owned(),
    })
}

/// Hands whose host answers so, one request after the other.
fn host(answers: &[(u16, Value)]) -> Fake {
    let hands = Fake::with(&[("src/a.rs", "bug")]);
    for (status, body) in answers {
        hands.answers_web(answer(*status, body));
    }
    hands
}

/// What was asked, as method, address and body.
fn asked(hands: &Fake) -> Vec<String> {
    let asked = hands.asked_web().into_iter();
    asked
        .map(|it| {
            format!("{} {} {}", it.method, it.to.url, it.body)
                .trim_end()
                .to_owned()
        })
        .collect()
}

fn with(args: Value) -> Value {
    let mut all = json!({ "api": null, "token": "GH", "timeout": 1000 });
    let (Value::Object(all_of), Value::Object(args)) = (&mut all, args) else {
        panic!("arguments are objects")
    };
    all_of.extend(args);
    all
}

fn comment() -> Value {
    with(json!({ "on": "acme/app#7", "text": "It is fixed." }))
}

/// A comment with the mark of a step.
fn written(id: u64, mark: &str) -> Value {
    json!({ "id": id, "html_url": format!("u{id}"), "body": format!("x\n\n<!-- tau: {mark} -->\n") })
}

#[test]
fn a_comment_is_written_once_and_confirmed() {
    let own = written(5, "mark/mark");
    let hands = host(&[(200, json!([])), (201, own.clone()), (200, json!([own]))]);
    let given = hands.call("github.comment", comment()).unwrap();
    assert_eq!(given, json!({ "url": "u5", "id": 5 }));
    insta::assert_snapshot!(asked(&hands).join("\n"), @r#"
    GET https://api.github.com/repos/acme/app/issues/7/comments?per_page=100&page=1
    POST https://api.github.com/repos/acme/app/issues/7/comments {"body":"It is fixed.\n\n<!-- tau: mark/mark -->\n"}
    GET https://api.github.com/repos/acme/app/issues/7/comments?per_page=100&page=1
    "#);
    let sent = &hands.asked_web()[1].to;
    assert_eq!(sent.token.as_ref().unwrap().secret, "GH");
    assert_eq!(sent.redirects, 0);
}

#[test]
fn a_comment_of_an_earlier_round_is_edited_and_a_copy_of_it_is_not() {
    let earlier = written(5, "mark/old");
    let own = written(5, "mark/mark");
    let copy = written(9, "mark/old");
    let hands = host(&[
        (200, json!([written(4, "other/old"), earlier, copy])),
        (200, own.clone()),
        (200, json!([own])),
    ]);
    hands.call("github.comment", comment()).unwrap();
    let patch = &asked(&hands)[1];
    let begins = "PATCH https://api.github.com/repos/acme/app/issues/comments/5 ";
    assert!(patch.starts_with(begins), "{patch}");
}

#[test]
fn a_comment_is_looked_up_by_its_mark() {
    for (there, found) in [
        (json!([]), "Absent"),
        (json!([written(5, "mark/old")]), "Absent"),
        (json!([written(5, "mark/mark")]), "There"),
    ] {
        let hands = host(&[(200, there.clone())]);
        let intended = hands.intends("github.comment", comment());
        let is = format!("{:?}", hands.looks_up("github.comment", &intended));
        assert!(is.starts_with(found), "{there}: {is}");
    }
}

#[test]
fn a_no_is_told_and_a_broken_host_decides_nothing() {
    let no = json!({ "message": "Not for you" });
    let tell = |status: u16| {
        let hands = host(&[(200, json!([])), (status, no.clone())]);
        told(&hands.call("github.comment", comment()).unwrap_err())
    };
    insta::assert_snapshot!([tell(403), tell(422), tell(502)].join("\n"), @"
    github-status: `https://api.github.com/x` was answered with status 403. It says: Not for you
    => Look at what the token may do there.
    github-invalid: `https://api.github.com/x` was answered with status 422. It says: Not for you
    => (no help)
    github-status: `https://api.github.com/x` was answered with status 502. It says: Not for you
    => (no help)
    ");
    let text = with(json!({ "on": "Some text", "text": "x" }));
    let failure = host(&[]).call("github.comment", text).unwrap_err();
    assert_eq!(failure.code, "github-target");
    assert_eq!(failure.kind, FailureKind::Failed);
}

fn draft() -> Value {
    let verdict = |why: &str, failed: &[&str]| {
        json!({
            "passed": true, "verdict": "green", "why": why, "verifier": "tests", "digest": "d",
            "tree": "t", "exit": 0, "runs": 1, "seconds": 1.0, "log": "", "log_ref": null,
            "tests": { "passed": [], "failed": failed, "broken": [], "skipped": [] },
        })
    };
    // Whoever writes tests and files chooses their names.
    let failed = ["cut::keeps|last", "` @acme/all closes #1 <img src=x>"];
    with(json!({
        "repo": "acme/app", "base": "main", "title": "Fix cut", "text": "Fixes #7.",
        "commit": { "sha": "c0ffee", "branch": "tau/m-1", "tree": "t" },
        "proof": {
            "tree": "t", "base": "ba5e", "verifier": "tests", "digest": "d", "protect": [],
            "level": "tested", "limits": ["One run for each tree: what `src/@a.rs` does is not known."],
            "red": verdict("2 tests fail.", &failed),
            "green": verdict("It passes, fixes #1 for @acme/all.", &[]),
            "taken_back": verdict("It fails <b>again</b>.", &failed),
        },
    }))
}

fn pull(mark: &str, sha: &str, is_draft: bool) -> Value {
    json!({
        "number": 3, "html_url": "u3", "draft": is_draft, "node_id": "N", "body": format!("<!-- tau: {mark} -->"),
        "head": { "sha": sha, "ref": "tau/m-1" },
    })
}

#[test]
fn a_draft_is_opened_with_what_was_shown() {
    let own = pull("mark/mark", "c0ffee", true);
    let hands = host(&[(200, json!([])), (201, own.clone()), (200, json!([own]))]);
    hands.put("src/a.rs", b"mended\n", FileMode::Regular);
    hands.has_spent(Amount {
        calls: 2,
        tokens: 3400,
        micro_usd: 31_000,
    });
    let given = hands.call("github.draft_pr", draft()).unwrap();
    assert_eq!(
        given,
        json!({ "repo": "acme/app", "number": 3, "url": "u3", "draft": true, "head": "c0ffee" })
    );
    let asked = asked(&hands);
    assert_eq!(
        asked[0],
        "GET https://api.github.com/repos/acme/app/pulls?state=open&head=acme:tau/m-1&per_page=100"
    );
    let (begins, body) = asked[1].split_once(" {").unwrap();
    assert_eq!(begins, "POST https://api.github.com/repos/acme/app/pulls");
    let body: Value = serde_json::from_str(&format!("{{{body}")).unwrap();
    assert_eq!(
        (&body["draft"], &body["base"], &body["head"]),
        (&json!(true), &json!("main"), &json!("tau/m-1"))
    );
    insta::assert_snapshot!(body["body"].as_str().unwrap(), @r"
    Fixes #7.

    ## What was shown

    | | |
    | --- | --- |
    | RED | 2 tests fail. |
    | | `cut::keeps\|last`, `` ` @acme/all closes #1 <img src=x> `` |
    | GREEN | It passes, fixes `#1` for `@acme/all`. |
    | taken back | It fails `<b>again</b>`. |
    | verifier | `tests`, on the base's tree `ba5e` |
    | level | `tested` |
    | | One run for each tree: what `src/@a.rs` does is not known. |
    | cost | 2 calls of models, 3400 tokens, $0.03 |
    | commit | `c0ffee` |
    | run | `mark` |

    1 file changed, 0 lines added, 0 removed:

    - `src/a.rs` +0 −0

    ## How to verify it

    Where the run is, it has a signed receipt when it has ended. In a clone of this repository `tau verify` checks it and runs the verifier again, on the base and on the commit:

    ```console
    $ tau receipt mark > receipt.intoto.jsonl
    $ tau keys > their.keys
    $ tau verify receipt.intoto.jsonl --key their.keys --repo .
    ```

    <!-- tau: mark/mark -->
    ");
}

#[test]
fn a_draft_that_is_there_is_brought_up_to_date_and_one_that_has_moved_is_refused() {
    let own = pull("mark/mark", "c0ffee", true);
    let hands = host(&[
        (200, json!([pull("mark/old", "c0ffee", true)])),
        (200, own.clone()),
        (200, json!([own])),
    ]);
    hands.call("github.draft_pr", draft()).unwrap();
    let asked = asked(&hands);
    assert!(
        asked[1].starts_with("PATCH https://api.github.com/repos/acme/app/pulls/3 "),
        "{}",
        asked[1]
    );
    let hands = host(&[(200, json!([pull("mark/old", "bad", true)]))]);
    let failure = hands.call("github.draft_pr", draft()).unwrap_err();
    assert_eq!(failure.code, "github-head-moved");
    assert_eq!(hands.asked_web().len(), 1);
}

#[test]
fn a_draft_is_marked_as_ready_only_at_the_commit_that_is_meant() {
    let ready = with(json!({
        "pr": { "repo": "acme/app", "number": 3, "url": "u", "draft": true, "head": "c0ffee" },
        "api": "https://git.acme.example/api/v3",
    }));
    let (draft, done) = (pull("m", "c0ffee", true), pull("m", "c0ffee", false));
    let hands = host(&[
        (200, draft.clone()),
        (200, json!({ "data": {} })),
        (200, done.clone()),
    ]);
    let given = hands.call("github.ready", ready.clone()).unwrap();
    assert_eq!(given["draft"], false);
    let asked = asked(&hands);
    assert_eq!(
        asked[0],
        "GET https://git.acme.example/api/v3/repos/acme/app/pulls/3"
    );
    assert!(
        asked[1].starts_with("POST https://git.acme.example/api/graphql {"),
        "{}",
        asked[1]
    );
    let hands = host(&[(200, pull("m", "bad", true))]);
    assert_eq!(
        hands.call("github.ready", ready.clone()).unwrap_err().code,
        "github-head-moved"
    );
    // Whether it is ready is all that there is to look up.
    for (now, found) in [(draft, Found::Absent), (done, Found::There(given))] {
        let hands = host(&[(200, now)]);
        let intended = hands.intends("github.ready", ready.clone());
        assert_eq!(hands.looks_up("github.ready", &intended), found);
    }
}

#[test]
fn labels_are_added_when_one_is_not_there() {
    let label = with(json!({ "on": "acme/app#7", "labels": ["bug", "tau"] }));
    let (some, all) = (
        json!([{ "name": "Bug" }]),
        json!([{ "name": "Bug" }, { "name": "tau" }]),
    );
    let hands = host(&[
        (200, some),
        (200, all.clone()),
        (200, all.clone()),
        (200, all.clone()),
    ]);
    let given = hands.call("github.label", label.clone()).unwrap();
    assert_eq!(given, json!({ "labels": ["Bug", "tau"] }));
    assert_eq!(
        asked(&hands)[1],
        r#"POST https://api.github.com/repos/acme/app/issues/7/labels {"labels":["bug","tau"]}"#
    );
    let hands = host(&[(200, all.clone()), (200, all)]);
    hands.call("github.label", label).unwrap();
    assert!(hands.asked_web().iter().all(|it| it.method == "GET"));
}

#[test]
fn the_newest_status_of_a_name_counts() {
    let status = with(json!({
        "repo": "acme/app", "commit": { "sha": "c0ffee", "branch": "b", "tree": "t" }, "state": "success",
        "context": "tau", "text": "tested", "url": "",
    }));
    let told = |state: &str| json!({ "state": state, "context": "tau", "description": "tested" });
    let hands = host(&[(201, json!({})), (200, json!([told("success")]))]);
    let given = hands.call("github.status", status.clone()).unwrap();
    assert_eq!(given, json!({ "state": "success", "context": "tau" }));
    assert_eq!(
        asked(&hands)[0],
        r#"POST https://api.github.com/repos/acme/app/statuses/c0ffee {"context":"tau","description":"tested","state":"success"}"#
    );
    for (now, found) in [
        (json!([told("pending"), told("success")]), Found::Absent),
        (
            json!([told("success"), told("pending")]),
            Found::There(given),
        ),
    ] {
        let hands = host(&[(200, now)]);
        let intended = hands.intends("github.status", status.clone());
        assert_eq!(hands.looks_up("github.status", &intended), found);
    }
}

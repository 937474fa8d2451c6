use insta::assert_snapshot;
use serde_json::{Value, json};
use tau_interpreter::action::{Exit, Failure, FileMode};

use super::*;
use crate::fake::{Fake, told};

fn call(hands: &Fake, name: &str, args: Value) -> Result<Value, Failure> {
    let all = actions().into_iter().chain(crate::verify::actions());
    let action = all.into_iter().find(|it| it.name == name).unwrap();
    hands.run(&action, args)
}

/// A mission that has proven its change.
fn proven() -> (Fake, Value) {
    let hands = Fake::with(&[("src/a", "bug"), ("tests/a", "test")]);
    hands.put("src/a", b"fix", FileMode::Regular);
    hands.put("tests/a", b"cheat", FileMode::Regular);
    let verifier = json!({
        "name": "tests", "run": "make test", "protect": ["tests/**"], "env": {},
        "timeout": 1000, "runs": 1,
    });
    let fails = || Ok((Exit::Code(1), "1 failed"));
    let passes = || Ok((Exit::Code(0), "ok"));
    hands
        .on_base([fails(), fails()])
        .on_candidate([passes(), passes()]);
    let red = call(&hands, "verify.red", json!({ "verifier": verifier })).unwrap();
    let green = call(&hands, "verify.check", json!({ "verifier": verifier })).unwrap();
    let args = json!({ "verifier": verifier, "red": red, "green": green });
    let proof = call(&hands, "verify.prove", args).unwrap();
    (hands, proof)
}

#[test]
fn exactly_the_proven_tree_is_committed() {
    let (hands, proof) = proven();
    let args = json!({ "proof": proof, "message": "fix it", "at_least": "claimed", "sign": false });
    let commit = call(&hands, "git.commit", args).unwrap();
    let tree = proof["tree"].as_str().unwrap();
    assert_eq!(
        commit,
        json!({ "sha": "c0ffee", "branch": "tau/m-1", "tree": tree })
    );
    assert_eq!(hands.committed(), [(tree.to_owned(), "fix it".to_owned())]);
}

#[test]
fn an_edit_of_a_protected_file_does_not_outdate_a_proof() {
    let (hands, proof) = proven();
    hands.put("tests/b", b"more", FileMode::Regular);
    let args = json!({ "proof": proof, "message": "fix it", "at_least": "claimed", "sign": false });
    assert!(call(&hands, "git.commit", args).is_ok());
}

#[test]
fn commits_are_refused() {
    let (hands, proof) = proven();
    let commit = |message: &str| {
        let args =
            json!({ "proof": proof, "message": message, "at_least": "tested", "sign": false });
        told(&call(&hands, "git.commit", args).unwrap_err())
    };
    let mut all = vec![commit(" \n"), commit("a\0b")];
    hands.put("src/a", b"another fix", FileMode::Regular);
    all.push(commit("fix it"));
    assert_snapshot!(all.join("\n"), @"
    commit-message-empty: The message of the commit is empty.
    => Give `message` a line that says what the change does.
    commit-message-invalid: The message of the commit has a NUL byte, which git cannot keep.
    => Give `message` a text without it.
    proof-outdated: The files were edited after this proof: it is about the tree `TREE`, and the mission's tree is now `TREE`.
    => After the last edit, run `verify.check` and `verify.prove` again.
    ");
    assert_eq!(hands.committed(), []);
}

#[test]
fn a_commit_may_ask_for_a_level() {
    let (hands, proof) = proven();
    let args = json!({ "proof": proof, "message": "fix it", "at_least": "proved", "sign": false });
    let failure = call(&hands, "git.commit", args).unwrap_err();
    assert_eq!(failure.code, "proof-level");
    assert_snapshot!(told(&failure), @"
    proof-level: The proof is only `tested`, and this commit asks for `proved`. Judged by exit codes alone: which tests ran, and which of them passed, is not known. No held-out check: the verifier was known when the change was made. One run for each tree: a check that passes only sometimes would not be noticed.
    => Do away with what the proof names, or ask for less.
    ");
    assert_eq!(hands.committed(), []);
}

#[test]
fn the_difference_names_its_files() {
    let hands = Fake::with(&[("same", "")]);
    hands.put("b b/x", b"", FileMode::Regular);
    hands.put("a", b"", FileMode::Regular);
    let difference = call(&hands, "git.diff", json!({})).unwrap();
    assert_eq!(
        difference,
        json!({
            "text": "diff --git a/a b/a\ndiff --git a/b b/x b/b b/x\n",
            "files": ["a", "b b/x"],
        })
    );
}

#[test]
fn a_difference_without_changes_is_empty() {
    let difference = call(&Fake::with(&[("a", "")]), "git.diff", json!({})).unwrap();
    assert_eq!(difference, json!({ "text": "", "files": [] }));
}

#[test]
fn the_log_is_as_long_as_asked_for() {
    let log = |limit: i64| {
        let log = call(&Fake::default(), "git.log", json!({ "limit": limit })).unwrap();
        log.as_array().unwrap().len()
    };
    assert_eq!((log(2), log(0), log(-1)), (2, 0, 0));
}

fn pushed() -> Value {
    let commit = json!({ "sha": "c0ffee", "branch": "tau/m-1", "tree": "t" });
    json!({ "commit": commit, "remote": "origin", "token": null, "timeout": 1000 })
}

#[test]
fn the_branch_is_moved_from_where_it_was() {
    let hands = Fake::default();
    let result = call(&hands, "git.push", pushed()).unwrap();
    let there = json!({ "remote": "origin", "branch": "tau/m-1", "sha": "c0ffee" });
    assert_eq!(result, there);
    assert_eq!(hands.remote("tau/m-1").as_deref(), Some("c0ffee"));
}

#[test]
fn a_push_that_is_refused_fails() {
    let hands = Fake::default();
    hands.refuses(Failure::new("push-rejected", "No."));
    let failure = call(&hands, "git.push", pushed()).unwrap_err();
    assert_eq!(failure.code, "push-rejected");
    assert_eq!(hands.remote("tau/m-1"), None);
}

/// Where a branch is decides what has become of a push.
#[test]
fn a_push_is_looked_up() {
    let hands = Fake::default();
    for (before, now, found) in [
        (None, Some("c0ffee"), "There"),
        (None, None, "Absent"),
        (Some("a"), Some("a"), "Absent"),
        (Some("a"), Some("b"), "Unclear"),
        (Some("a"), None, "Unclear"),
    ] {
        hands.has_branch("tau/m-1", before);
        let intended = hands.intends("git.push", pushed());
        hands.has_branch("tau/m-1", now);
        let is = format!("{:?}", hands.looks_up("git.push", &intended));
        assert!(is.starts_with(found), "{before:?} {now:?}: {is}");
    }
}

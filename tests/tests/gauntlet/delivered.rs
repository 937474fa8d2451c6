//! Up to the merge, at a host that requires what it should, and at one that does not.

use serde_json::{Value, json};

use crate::host::Host;
use crate::place::{Place, mend};
use crate::programs::PYTHON;
use crate::row::{Row, python as row, told};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("to a pull request that is merged", "succeeded", merged),
        row(
            "an unprotected base",
            "blocked merge-unprotected",
            unprotected,
        ),
        row(
            "a head that moved, then is back",
            "blocked merge-head-moved, then succeeded",
            moved_head,
        ),
        row(
            "a draft again, then is ready",
            "blocked merge-draft, then succeeded",
            draft,
        ),
        row(
            "a pull request of another repository",
            "blocked merge-other-repository",
            other_repository,
        ),
    ]
}

/// A repository with its remote at a host.
struct Delivery {
    host: Host,
    place: Place,
}

impl Delivery {
    fn new(checks: &[&'static str]) -> Delivery {
        let host = Host::new();
        let place = Place::new(&PYTHON, vec![mend(&PYTHON)]);
        host.serves(&place.sandbox, "GITHUB_TOKEN");
        host.requires(checks, "CLEAN");
        Delivery { host, place }
    }

    fn fix(&self, repo: &str) -> Value {
        let api = format!("api={}", self.host.api());
        let repo = format!("repo={repo}");
        let fix = [
            "fix",
            "../issue.md",
            "--yes",
            "--json",
            "--set",
            "deliver=merge",
        ];
        let host = ["--set", &api, "--set", &repo, "--set", "push_by_token=true"];
        self.host
            .tau(&self.place.sandbox, &[&fix[..], &host].concat())
            .json()
    }

    fn resume(&self) -> Value {
        self.host.resume(&self.place.sandbox).json()
    }

    /// The one pull request there is.
    fn pull(&self) -> Value {
        let pulls = self.host.held("pulls");
        assert_eq!(pulls.len(), 1, "{pulls:#?}");
        pulls[0].clone()
    }

    /// What was merged is the proven commit, which does what was asked for.
    fn assert_merged(&self, result: &Value) {
        assert_eq!(result["outcome"], "succeeded", "{result:#}");
        self.place.assert_mended(result);
        let pull = self.pull();
        assert_eq!(pull["head"]["sha"], result["commit"]);
        assert_eq!(pull["draft"], false);
        assert_eq!(pull["merge_commit_sha"], "5ca1ab1e");
    }

    /// Nothing was merged, though all up to there is done.
    fn assert_not_merged(&self, result: &Value) {
        self.place.assert_mended(result);
        assert_eq!(self.pull()["merge_commit_sha"], Value::Null);
    }
}

fn merged() -> String {
    let delivery = Delivery::new(&["ci"]);
    let result = delivery.fix("acme/app");
    delivery.assert_merged(&result);
    assert_eq!(result["outputs"]["url"], "https://x/p");
    told(&result)
}

fn unprotected() -> String {
    let delivery = Delivery::new(&[]);
    let result = delivery.fix("acme/app");
    delivery.assert_not_merged(&result);
    told(&result)
}

/// A gate stops the run, what is otherwise than it was is mended, and the run goes on.
fn changed(name: &str, change: impl Fn(&Value) -> Value) -> String {
    let delivery = Delivery::new(&[]);
    delivery.fix("acme/app");
    let was = delivery.pull()[name].clone();
    delivery.host.requires(&["ci"], "CLEAN");
    delivery.host.changes_pull(name, change(&was));
    let first = delivery.resume();
    delivery.assert_not_merged(&first);
    delivery.host.changes_pull(name, was);
    let then = delivery.resume();
    delivery.assert_merged(&then);
    format!("{}, then {}", told(&first), told(&then))
}

fn moved_head() -> String {
    changed("head", |was| json!({ "ref": was["ref"], "sha": "0bad" }))
}

fn draft() -> String {
    changed("draft", |_| json!(true))
}

fn other_repository() -> String {
    let delivery = Delivery::new(&["ci"]);
    let result = delivery.fix("acme/other");
    delivery.assert_not_merged(&result);
    told(&result)
}

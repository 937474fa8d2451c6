//! What a pull request says of its proof: what was RED, what is GREEN, what was changed, how much that shows,
//! what it took, and how to find out whether it is so.
//!
//! Names of tests and files and what a verifier says come from others. [`words`] keeps them from being
//! Markdown, mentions or links.

mod diffstat;
mod words;

use std::fmt::Write as _;

use serde_json::Value;
use tau_interpreter::ledger::Amount;

pub(super) use self::diffstat::{FileChange, changes};
pub(super) use self::words::title;
use self::words::{code, prose};

/// How many files are named.
const FILES: usize = 30;

/// How many tests are named.
const TESTS: usize = 10;

/// What is told.
pub(super) struct Told<'a> {
    /// What stands above, as the mission has it.
    pub(super) text: &'a str,
    /// The `proof` of the face.
    pub(super) proof: &'a Value,
    pub(super) commit: &'a str,
    pub(super) changes: &'a [FileChange],
    /// What the run has taken of models by then.
    pub(super) spent: Amount,
    pub(super) run: &'a str,
}

/// The whole of it.
pub(super) fn of(told: &Told<'_>) -> String {
    let mut body = told.text.trim_end().to_owned();
    if !body.is_empty() {
        body.push_str("\n\n");
    }
    body.push_str("## What was shown\n\n| | |\n| --- | --- |\n");
    for (name, cell) in rows(told) {
        // A bar ends a cell, wherever it stands.
        let cell = cell.replace('|', "\\|");
        let _ = match name {
            "" => writeln!(body, "| | {cell} |"),
            name => writeln!(body, "| {name} | {cell} |"),
        };
    }
    summary(&mut body, told.changes);
    verifying(&mut body, told.run);
    body
}

fn rows(told: &Told<'_>) -> Vec<(&'static str, String)> {
    let proof = told.proof;
    let text = |name: &str| code(proof[name].as_str().unwrap_or_default());
    let why = |of: &str| prose(proof[of]["why"].as_str().unwrap_or_default());
    let mut rows = vec![("RED", why("red"))];
    rows.extend(failing(&proof["red"]).map(|all| ("", all)));
    rows.push(("GREEN", why("green")));
    rows.push(("taken back", why("taken_back")));
    let verifier = format!("{}, on the base's tree {}", text("verifier"), text("base"));
    rows.push(("verifier", verifier));
    rows.push(("level", text("level")));
    let limits = proof["limits"].as_array().into_iter().flatten();
    rows.extend(limits.map(|limit| ("", prose(limit.as_str().unwrap_or_default()))));
    rows.push(("cost", cost(told.spent)));
    rows.push(("commit", code(told.commit)));
    rows.push(("run", code(told.run)));
    rows
}

/// The tests that fail, where a runner has told their names.
fn failing(red: &Value) -> Option<String> {
    let tests = ["failed", "broken"]
        .iter()
        .filter_map(|of| red["tests"][of].as_array());
    let all: Vec<&str> = tests.flatten().filter_map(Value::as_str).collect();
    let mut named: Vec<String> = all.iter().take(TESTS).map(|name| code(name)).collect();
    if all.len() > TESTS {
        named.push(format!("{} more", all.len() - TESTS));
    }
    (!named.is_empty()).then(|| named.join(", "))
}

fn cost(spent: Amount) -> String {
    match spent.calls {
        0 => "no model was asked".to_owned(),
        calls => format!(
            "{} of models, {} tokens, ${:.2}",
            counted(calls, "call"),
            spent.tokens,
            spent.usd()
        ),
    }
}

fn summary(body: &mut String, changes: &[FileChange]) {
    let sum = |of: fn(&FileChange) -> u64| changes.iter().map(of).sum::<u64>();
    let _ = writeln!(
        body,
        "\n{} changed, {} added, {} removed:\n",
        counted(changes.len() as u64, "file"),
        counted(sum(|it| it.added), "line"),
        sum(|it| it.removed)
    );
    for change in changes.iter().take(FILES) {
        let FileChange {
            path,
            added,
            removed,
        } = change;
        let _ = writeln!(body, "- {} +{added} −{removed}", code(path));
    }
    if changes.len() > FILES {
        let _ = writeln!(body, "- {} more", changes.len() - FILES);
    }
}

fn verifying(body: &mut String, run: &str) {
    let _ = write!(
        body,
        "\n## How to verify it\n\n\
         Where the run is, it has a signed receipt when it has ended. In a clone of this repository `tau verify` \
         checks it and runs the verifier again, on the base and on the commit:\n\n\
         ```console\n\
         $ tau receipt {run} > receipt.intoto.jsonl\n\
         $ tau keys > their.keys\n\
         $ tau verify receipt.intoto.jsonl --key their.keys --repo .\n\
         ```\n"
    );
}

fn counted(number: u64, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    }
}

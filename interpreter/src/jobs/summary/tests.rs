//! What a line of the list says.

use serde_json::json;

use super::*;
use crate::person::Person;
use crate::wait::{Sent, Wait};

/// What a run with these entries is, all of them written by its first owner.
fn summary(entries: Vec<Entry>) -> Summary {
    let begun = serde_json::from_value(json!({
        "kind": "started", "run": "r1", "tau": "1", "mission": "m", "file": "m.tau", "path": null,
        "text": "", "inputs": {}, "repo": "/r", "base": null, "tree": null, "rev": null,
        "branch": "tau/m-r1", "date": 0,
    }))
    .unwrap();
    let all = std::iter::once(begun).chain(entries);
    let records: Vec<Record> = all
        .zip(0..)
        .map(|(entry, seq)| Record {
            synced: 0,
            seq,
            epoch: 1,
            at: "2026-01-01T00:00:00Z".to_owned(),
            ms: 0,
            entry,
        })
        .collect();
    Summary::new(&records).unwrap()
}

fn waits(event: Option<&str>, until: &str) -> Entry {
    Entry::Waits {
        step: "s".to_owned(),
        action: "a".to_owned(),
        key: "k".to_owned(),
        wait: Wait {
            event: event.map(str::to_owned),
            until: until.parse().ok(),
            lasts_ms: None,
        },
    }
}

fn ended(outcome: Outcome) -> Entry {
    Entry::Ended {
        outcome,
        reason: None,
        blocked: None,
        outputs: serde_json::Map::new(),
        left_out: Vec::new(),
    }
}

fn sent(name: &str) -> Entry {
    Entry::Sent(Box::new(Sent {
        id: "1".to_owned(),
        name: name.to_owned(),
        data: serde_json::Value::Null,
        by: Person {
            uid: 1,
            name: "ann".to_owned(),
        },
        at: "2026-01-02T00:00:00Z".parse().unwrap(),
    }))
}

/// 2026-01-03T00:00:00Z
const NOW: i64 = 1_767_398_400_000;

#[test]
fn a_run_waits_until_its_date_has_come() {
    let until = |date| summary(vec![waits(None, date), ended(Outcome::Waiting)]);
    assert!(until("2026-01-03T00:00:00Z").is_due(NOW));
    assert!(!until("2026-01-03T00:00:01Z").is_due(NOW));
    assert!(!until("2026-01-02T00:00:00Z").is_over());
}

#[test]
fn a_run_waits_until_its_event_has_come() {
    let entries = || vec![waits(Some("go"), ""), ended(Outcome::Waiting)];
    let with = |name| summary([entries(), vec![sent(name)]].concat());
    assert!(!summary(entries()).is_due(NOW));
    assert!(!with("other").is_due(NOW));
    assert!(with("go").is_due(NOW));
    assert_eq!(with("go").outcome(false), "waiting");
}

#[test]
fn what_others_write_begins_nothing() {
    assert_eq!(summary(vec![]).standing, Standing::Queued);
    assert_eq!(summary(vec![sent("go")]).standing, Standing::Queued);
    assert!(summary(vec![]).is_due(NOW));
    let begun = summary(vec![waits(None, "")]);
    assert_eq!(begun.outcome(false), report::STALE);
    assert_eq!(begun.outcome(true), report::RUNNING);
    let over = [
        (Outcome::Succeeded, true),
        (Outcome::Failed, true),
        (Outcome::Cancelled, true),
        (Outcome::Blocked, true),
        (Outcome::Waiting, false),
        (Outcome::Uncertain, false),
    ];
    for (outcome, is_over) in over {
        assert_eq!(
            summary(vec![ended(outcome)]).is_over(),
            is_over,
            "{outcome:?}"
        );
    }
}

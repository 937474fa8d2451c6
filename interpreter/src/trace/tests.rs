use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Map;

use super::*;
use crate::action::Failure;
use crate::journal::{Outcome, Started};
use crate::used::Uses;

fn started() -> Entry {
    Entry::Started(Box::new(Started {
        run: "r1".to_owned(),
        tau: "1".to_owned(),
        mission: "fix".to_owned(),
        file: "fix.tau".to_owned(),
        path: None,
        texts: crate::journal::FileTexts::default(),
        inputs: Map::new(),
        secrets: BTreeMap::new(),
        repo: "/srv/repo".to_owned(),
        base: None,
        tree: None,
        rev: None,
        branch: "tau/fix".to_owned(),
        date: 0,
        by: None,
        policies: Vec::new(),
        tier: None,
        replays: None,
    }))
}

fn begins(step: &str, attempt: u32) -> Entry {
    Entry::StepStarted {
        step: step.to_owned(),
        action: "process.run".to_owned(),
        attempt,
    }
}

fn fails(step: &str, attempt: u32, pause_ms: u64) -> Entry {
    Entry::AttemptFailed {
        step: step.to_owned(),
        attempt,
        left: 1,
        pause_ms,
        key: "k".to_owned(),
        failure: Failure::new("c", "it broke"),
        used: Uses::default(),
        refused: Vec::new(),
    }
}

fn ends(step: &str) -> Entry {
    let finished = json!({
        "kind": "step_finished",
        "step": step,
        "action": "process.run",
        "state": "succeeded",
        "attempts": 1,
        "seconds": 0.5,
        "key": "k",
        "result": null,
        "edits": [],
        "commit": null,
        "logs": ["b"],
        "failure": null,
    });
    serde_json::from_value(finished).unwrap()
}

fn resumed(killed: Vec<i32>) -> Entry {
    let mut json = json!({ "kind": "resumed", "text": null, "base": null });
    json["killed"] = json!(killed);
    serde_json::from_value(json).unwrap()
}

fn ended() -> Entry {
    Entry::Ended {
        outcome: Outcome::Succeeded,
        reason: None,
        blocked: None,
        outputs: Map::new(),
        left_out: Vec::new(),
    }
}

/// Records of these owners at these milliseconds, the wall clock showing `second` when an owner
/// begins.
fn records(all: Vec<(u64, u64, u64, Entry)>) -> Vec<Record> {
    let record = |(seq, (epoch, second, ms, entry)): (usize, (u64, u64, u64, Entry))| Record {
        seq: seq as u64,
        epoch,
        at: format!(
            "2026-01-01T00:{:02}:{:02}.{:03}Z",
            (second + ms / 1000) / 60,
            (second + ms / 1000) % 60,
            ms % 1000
        ),
        ms,
        synced: 0,
        entry,
    };
    all.into_iter().enumerate().map(record).collect()
}

/// Lines such as `0 owner 1  0..500`, with the lane before and the times in milliseconds.
fn drawn(records: &[Record]) -> String {
    let trace = chrome(records).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let lines = events
        .iter()
        .filter(|event| event["ph"] != "M")
        .map(|event| {
            let from = event["ts"].as_u64().unwrap();
            let to = from + event["dur"].as_u64().unwrap_or_default();
            let name = event["name"].as_str().unwrap();
            let times = match event["ph"].as_str() {
                Some("i") => format!("at {}", from / 1000),
                _ => format!("{}..{}", from / 1000, to / 1000),
            };
            format!("{} {name}  {times}\n", event["tid"])
        });
    lines.collect()
}

#[test]
fn steps_at_the_same_time_have_lanes_of_their_own() {
    let all = records(vec![
        (1, 0, 0, started()),
        (1, 0, 10, begins("a", 1)),
        (1, 0, 20, begins("b", 1)),
        (1, 0, 30, ends("a")),
        (1, 0, 40, begins("c", 1)),
        (1, 0, 50, ends("b")),
        (1, 0, 60, ends("c")),
        (1, 0, 70, ended()),
    ]);
    insta::assert_snapshot!(drawn(&all), @r"
    0 fix  0..70
    0 owner 1  0..70
    1 a  10..30
    2 b  20..50
    1 c  40..60
    0 succeeded  at 70
    ");
}

#[test]
fn attempts_and_their_pauses_are_inside_of_their_step_and_steps_of_their_call() {
    let all = records(vec![
        (1, 0, 0, started()),
        (1, 0, 10, begins("call/s", 1)),
        (1, 0, 20, fails("call/s", 1, 10)),
        (1, 0, 30, begins("call/s", 2)),
        (1, 0, 40, ends("call/s")),
        (1, 0, 41, begins("call/t", 1)),
        (1, 0, 50, ends("call/t")),
        (1, 0, 51, fails("call", 1, 9)),
        (1, 0, 60, begins("call~2/s", 1)),
        (1, 0, 70, ends("call~2/s")),
        (1, 0, 80, ended()),
    ]);
    insta::assert_snapshot!(drawn(&all), @r"
    0 fix  0..80
    0 owner 1  0..80
    1 call  10..50
    1 call/s  10..40
    1 attempt 1  10..20
    1 call/s waits for its next attempt  20..30
    1 attempt 2  30..40
    1 call/t  41..50
    1 call waits for its next attempt  51..60
    1 call~2  60..70
    1 call~2/s  60..70
    0 call: attempt 1 failed  at 51
    0 succeeded  at 80
    ");
}

#[test]
fn what_an_owner_left_ends_with_it_and_the_next_one_comes_behind_it() {
    let all = records(vec![
        (1, 100, 0, started()),
        (1, 100, 10, begins("a", 1)),
        (1, 100, 20, begins("b", 1)),
        (1, 100, 30, ends("b")),
        // Somebody has set the clock back by a minute.
        (2, 40, 0, resumed(vec![7])),
        (2, 40, 5, begins("a", 1)),
        (2, 40, 15, ends("a")),
        (2, 40, 20, ended()),
    ]);
    insta::assert_snapshot!(drawn(&all), @r"
    0 fix  0..50
    0 owner 1  0..30
    0 owner 2  30..50
    1 a  10..30
    2 b  20..30
    1 a  35..45
    0 resumed  at 30
    0 what the owner before had left behind was killed  at 30
    0 succeeded  at 50
    ");
}

#[test]
fn nothing_is_drawn_of_what_has_no_beginning() {
    assert_eq!(chrome(&[]), None);
    assert_eq!(chrome(&records(vec![(1, 0, 0, ended())])), None);
}

/// What a run may record in any order that one can think of.
fn any_entry() -> impl Strategy<Value = Entry> {
    let step = prop::sample::select(vec!["a", "b", "c", "call/a", "call/b", "call~2/a", "o/i/a"]);
    (step, 0..6, 1u32..4, 0u64..20).prop_map(|(step, kind, attempt, pause)| match kind {
        0 | 1 => begins(step, attempt),
        2 => fails(step, attempt, pause),
        3 => resumed(vec![1]),
        _ => ends(step),
    })
}

proptest! {
    /// Whatever a journal says: no two spans of a lane cross, and nothing ends before it begins.
    #[test]
    fn spans_of_a_lane_follow_or_hold_each_other(
        entries in prop::collection::vec((1u64..4, 0u64..50, any_entry()), 0..60)
    ) {
        let mut all = vec![(1, 0, 0, started())];
        let (mut epoch, mut ms) = (1, 0);
        for (step, more, entry) in entries {
            if matches!(entry, Entry::Resumed { .. }) {
                epoch += step;
                ms = 0;
            }
            ms += more;
            all.push((epoch, 60 / epoch, ms, entry));
        }
        let trace = chrome(&records(all)).unwrap();
        let mut lanes: std::collections::BTreeMap<u64, Vec<(u64, u64)>> = Default::default();
        for event in trace["traceEvents"].as_array().unwrap() {
            if event["ph"] == "X" {
                let from = event["ts"].as_u64().unwrap();
                let to = from + event["dur"].as_u64().unwrap();
                lanes.entry(event["tid"].as_u64().unwrap()).or_default().push((from, to));
            }
        }
        for spans in lanes.values() {
            for (index, (from, to)) in spans.iter().enumerate() {
                for (other_from, other_to) in &spans[index + 1..] {
                    let apart = to <= other_from || other_to <= from;
                    let held = from <= other_from && other_to <= to
                        || other_from <= from && to <= other_to;
                    prop_assert!(apart || held, "{spans:?}");
                }
            }
        }
    }
}

use serde_json::Map;

use super::*;
use crate::used::Uses;

fn attempt_failed(attempt: u32, left: u32) -> Entry {
    Entry::AttemptFailed {
        step: "s".to_owned(),
        attempt,
        left,
        pause_ms: 0,
        key: "k".to_owned(),
        failure: Failure::new("c", "m"),
        used: Uses::default(),
        refused: Vec::new(),
    }
}

fn failed(attempts: u32) -> Entry {
    Entry::StepFinished(std::sync::Arc::new(Finished {
        state: State::Failed,
        attempts,
        ..Finished::skipped("s", "a", "k")
    }))
}

fn ended(outcome: Outcome) -> Entry {
    Entry::Ended {
        outcome,
        reason: None,
        blocked: None,
        outputs: Map::new(),
        left_out: Vec::new(),
    }
}

/// The attempt that is on, how many there may be behind it, and whether it is over.
fn past(entries: &[Entry], key: &str, forgiven: bool) -> (u32, Option<u32>, bool) {
    let records = entries.iter().map(|entry| Record {
        seq: 0,
        epoch: 1,
        synced: 0,
        at: String::new(),
        ms: 0,
        entry: entry.clone(),
    });
    let recorded = Recorded::new(&records.collect::<Vec<_>>());
    let past = recorded.past("s", key, forgiven);
    (past.number, past.left, past.over.is_some())
}

#[test]
fn the_attempt_behind_one_that_has_failed_is_on() {
    assert_eq!(past(&[], "k", false), (1, None, false));
    let one = [attempt_failed(1, 2)];
    assert_eq!(past(&one, "k", false), (2, Some(1), false));
    assert_eq!(past(&one, "other", false), (1, None, false));
    let two = [attempt_failed(1, 2), attempt_failed(2, 1)];
    assert_eq!(past(&two, "k", false), (3, Some(0), false));
}

#[test]
fn who_goes_on_with_a_failed_run_has_all_attempts_again() {
    let failed = [attempt_failed(2, 1), failed(3), ended(Outcome::Failed)];
    assert_eq!(past(&failed, "k", false), (4, None, false));
    let call = [attempt_failed(2, 1), ended(Outcome::Failed)];
    assert_eq!(past(&call, "k", false), (3, None, false));
    // Not when nothing was asked of it, or it was only told to end.
    assert_eq!(past(&call, "k", true), (3, Some(0), false));
    let told = [attempt_failed(2, 1), ended(Outcome::Cancelled)];
    assert_eq!(past(&told, "k", false), (3, Some(0), false));
    let more = [&failed[..], &[attempt_failed(4, 2)]].concat();
    assert_eq!(past(&more, "k", false), (5, Some(1), false));
}

#[test]
fn a_call_that_was_cut_for_the_last_time_is_over() {
    let cut = [attempt_failed(2, 0)];
    assert_eq!(past(&cut, "k", false), (2, Some(0), true));
    let failed = [attempt_failed(2, 0), ended(Outcome::Failed)];
    assert_eq!(past(&failed, "k", true), (2, Some(0), true));
    assert_eq!(past(&failed, "k", false), (2, None, false));
}

/// How many seconds of a pause of a minute are left when the run is gone on with `later` seconds
/// after it began by the date, its owner having been heard of `heard` seconds after.
fn pause_left(later: i64, heard: u64) -> f64 {
    let mut paused = attempt_failed(1, 2);
    if let Entry::AttemptFailed { pause_ms, .. } = &mut paused {
        *pause_ms = 60_000;
    }
    let began: Timestamp = "2026-11-27T12:00:00Z".parse().unwrap();
    let record = |ms, entry| Record {
        seq: 0,
        epoch: 1,
        synced: 0,
        at: began.to_string(),
        ms,
        entry,
    };
    let other = Entry::StepStarted {
        step: "other".to_owned(),
        action: "a".to_owned(),
        attempt: 1,
    };
    let records = [record(5_000, paused), record(5_000 + heard * 1000, other)];
    let recorded = Recorded::new(&records);
    let (clock, _) = Clock::simulated(began + jiff::SignedDuration::from_secs(later), 0);
    recorded
        .past("s", "k", false)
        .pause_left(&clock)
        .as_secs_f64()
}

#[test]
fn what_is_left_of_a_pause_is_waited() {
    assert_eq!(pause_left(0, 0), 60.0);
    assert_eq!(pause_left(20, 0), 40.0);
    assert_eq!(pause_left(20, 30), 30.0);
    assert_eq!(pause_left(90, 0), 0.0);
    assert_eq!(pause_left(0, 90), 0.0);
}

#[test]
fn a_clock_that_was_set_makes_no_pause_longer() {
    let hour = 3600;
    assert_eq!(pause_left(20 - hour, 0), 60.0);
    assert_eq!(pause_left(20 - hour, 30), 30.0);
    assert_eq!(pause_left(20 + hour, 0), 0.0);
}

//! Waiting without a process: for time, for dates and for events, and clocks that are set meanwhile.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tau_interpreter::control;
use tau_interpreter::person::Person;
use tau_interpreter::report::{self, Report};
use tau_interpreter::wait::Sent;

use crate::bench::Bench;
use crate::hands::Shared;

const HOUR: Duration = Duration::from_secs(3600);

fn mission(statements: &str) -> String {
    format!("mission m {{\n{statements}\n  output done = \"yes\"\n}}\n")
}

/// A run that somebody looks at, at dates of the test's choosing.
struct Run {
    bench: Bench,
    text: String,
    shared: Shared,
    report: Report,
}

impl Run {
    fn begin(statements: &str) -> Run {
        let bench = Bench::new();
        let text = mission(statements);
        let shared = Shared::new(0);
        let report = bench.apply(&text, &shared);
        Run {
            bench,
            text,
            shared,
            report,
        }
    }

    fn resume(&mut self) -> String {
        self.report = self
            .bench
            .resume(&self.text, &self.shared, &self.report.run);
        self.report.outcome.clone()
    }

    fn wake(&self) -> Option<Timestamp> {
        report::wake(&self.bench.records(&self.report.run))
    }

    fn send(&self, name: &str, data: Value) {
        let sent = Sent {
            id: self.bench.clock.id(),
            name: name.to_owned(),
            data,
            by: Person::here(),
            at: self.bench.clock.now(),
        };
        control::send(&self.bench.run(&self.report.run), &sent).unwrap();
    }

    fn result(&self, step: &str) -> &Value {
        let mut steps = self.report.steps.iter();
        &steps.find(|it| it.name == step).unwrap().result
    }
}

#[test]
fn a_short_sleep_holds_the_process_and_a_long_one_does_not() {
    let run = Run::begin("step a = t.nap(60s)");
    assert_eq!(run.report.outcome, "succeeded");
    assert_eq!(run.report.spent.seconds.round(), 60.0);
    let mut run = Run::begin("step a = t.nap(61s)\n  step b = t.flaky(0)");
    assert_eq!(run.report.outcome, "waiting");
    let reason = "step `a` waits until 2026-11-27T12:01:01Z";
    assert_eq!(run.report.reason.as_deref(), Some(reason));
    // What does not rest on it is done.
    assert_eq!(run.shared.performed(), 2);
    let until = run.wake().unwrap();
    assert_eq!(until.to_string(), "2026-11-27T12:01:01Z");
    // Somebody comes too soon, twice, and then in time.
    run.bench.time.set(until - Duration::from_secs(61));
    assert_eq!(
        (run.resume(), run.wake()),
        ("waiting".to_owned(), Some(until))
    );
    assert_eq!(
        (run.resume(), run.wake()),
        ("waiting".to_owned(), Some(until))
    );
    run.bench.time.set(until);
    assert_eq!(run.resume(), "succeeded");
    assert_eq!(run.wake(), None);
    // It is time that the mission took, once.
    assert_eq!(run.report.spent.seconds.round(), 61.0);
}

#[test]
fn a_sleep_is_never_longer_than_it_was() {
    let mut run = Run::begin("step a = t.nap(10m)");
    let began = run.bench.clock.now();
    // The clock is set back by an hour: without a bound it would sleep 70 minutes.
    run.bench.time.set(began - HOUR);
    assert_eq!(run.resume(), "waiting");
    let until = began - HOUR + 10 * Duration::from_secs(60);
    assert_eq!(run.wake(), Some(until));
}

#[test]
fn a_date_is_what_the_clock_says() {
    let text = "step a = t.date(\"2026-11-27T15:00:00Z\")";
    let mut run = Run::begin(text);
    assert_eq!(run.report.outcome, "waiting");
    let until = run.wake().unwrap();
    assert_eq!(until.to_string(), "2026-11-27T15:00:00Z");
    // Two hours pass, then the clock is set forward by another one, and back again.
    run.bench.time.pass(2 * HOUR);
    assert_eq!(run.resume(), "waiting");
    let now = run.bench.clock.now();
    run.bench.time.set(now - HOUR);
    assert_eq!(run.resume(), "waiting");
    run.bench.time.set(now + HOUR);
    assert_eq!(run.resume(), "succeeded");
    // The time until a date is nobody's.
    assert!(
        run.report.spent.seconds < 1.0,
        "{}",
        run.report.spent.seconds
    );
    // What is near is waited for.
    let near = Run::begin("step a = t.date(\"2026-11-27T12:00:30Z\")");
    assert_eq!(near.report.outcome, "succeeded");
    assert_eq!(near.bench.clock.now().to_string(), "2026-11-27T12:00:30Z");
}

#[test]
fn clocks_that_are_set_change_nothing_that_lasts() {
    // A timeout that must not be reached, a sleep, a pause and the mission's time.
    let text = "mission m {\n  authority {\n    time 30m\n  }\n  \
                step a = t.nap(50s) timeout 1m\n  \
                step b = t.flaky(2) retry 2 every 40s after a\n  \
                step c = t.nap(2m) timeout 30s may fail after b\n}\n";
    let steady = Bench::new();
    let expected = steady.apply(text, &Shared::new(0));
    assert_eq!(expected.outcome, "succeeded", "{expected:#?}");
    for jump in [3600, -3600] {
        let bench = Bench::new();
        bench.jumping(jump);
        let report = bench.apply(text, &Shared::new(0));
        assert_eq!(report.outcome, "succeeded", "{report:#?}");
        assert_eq!(report.spent.seconds, expected.spent.seconds);
        for (step, other) in report.steps.iter().zip(&expected.steps) {
            assert_eq!(
                (&step.name, step.state, step.seconds),
                (&other.name, other.state, other.seconds)
            );
        }
    }
}

#[test]
fn a_long_pause_between_attempts_holds_no_process() {
    let mut run = Run::begin("step a = t.flaky(2) retry 2 every 1h");
    assert_eq!(run.report.outcome, "waiting");
    assert_eq!(run.shared.performed(), 1);
    assert_eq!(run.wake().unwrap().to_string(), "2026-11-27T13:00:00Z");
    assert_eq!(run.report.steps[0].state.word(), "waiting");
    run.bench.time.pass(HOUR / 2);
    assert_eq!(run.resume(), "waiting");
    assert_eq!(run.wake().unwrap().to_string(), "2026-11-27T13:00:00Z");
    run.bench.time.pass(HOUR / 2);
    assert_eq!(
        (run.resume(), run.shared.performed()),
        ("waiting".to_owned(), 2)
    );
    assert_eq!(run.report.steps[0].attempts, 2);
    run.bench.time.pass(HOUR);
    assert_eq!(
        (run.resume(), run.shared.performed()),
        ("succeeded".to_owned(), 3)
    );
    assert_eq!(run.report.spent.seconds.round(), 7200.0);
}

#[test]
fn events_go_to_one_step_each_in_order() {
    let text =
        "repeat up to 3 {\n    step e = t.event(\"ping\")\n  }\n  step other = t.event(\"pong\")";
    let mut run = Run::begin(text);
    assert_eq!((run.report.outcome.as_str(), run.wake()), ("waiting", None));
    assert_eq!(
        run.report.next,
        Some(format!("tau send {} ping", run.report.run))
    );
    run.send("pong", json!("p"));
    run.send("ping", json!("one"));
    run.send("ping", json!("two"));
    assert!(run.wake().is_some());
    assert_eq!(run.resume(), "waiting");
    assert_eq!(
        (run.result("e#1"), run.result("e#2")),
        (&json!("one"), &json!("two"))
    );
    assert_eq!((run.result("other"), run.wake()), (&json!("p"), None));
    run.send("ping", json!("three"));
    assert_eq!(run.resume(), "succeeded");
    assert_eq!(run.result("e#3"), &json!("three"));
}

#[test]
fn an_event_that_does_not_come_in_time_fails_the_step() {
    let mut run = Run::begin("step a = t.event(\"ping\", within: 2h)");
    assert_eq!(run.wake().unwrap().to_string(), "2026-11-27T14:00:00Z");
    run.bench.time.pass(HOUR);
    assert_eq!(
        (run.resume(), run.wake().is_some()),
        ("waiting".to_owned(), true)
    );
    run.bench.time.pass(HOUR);
    assert_eq!(run.resume(), "failed");
    let reason = run.report.reason.clone().unwrap();
    assert!(reason.contains("`ping` has not come in time"), "{reason}");
    // Who goes on then waits as long again.
    assert_eq!(run.resume(), "waiting");
    run.send("ping", json!("late"));
    assert_eq!(run.resume(), "succeeded");
}

#[test]
fn a_cut_behind_any_record_hands_each_event_to_the_same_step() {
    let text =
        "repeat up to 2 {\n    step e = t.event(\"ping\")\n    step p = t.flaky(0) after e\n  }";
    let mut run = Run::begin(text);
    run.send("ping", json!("one"));
    run.send("ping", json!("two"));
    assert_eq!(run.resume(), "succeeded");
    let (one, two) = (run.result("e#1").clone(), run.result("e#2").clone());
    assert_eq!((&one, &two), (&json!("one"), &json!("two")));
    let journal = run.bench.run(&run.report.run).journal();
    let whole = std::fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let sent = |line: &str| line.contains("\"kind\":\"sent\"");
    let first = lines.iter().rposition(|line| sent(line)).unwrap();
    for kept in first + 1..lines.len() {
        std::fs::write(&journal, lines[..kept].concat()).unwrap();
        assert_eq!(run.resume(), "succeeded", "behind record {kept}");
        assert_eq!(
            (run.result("e#1"), run.result("e#2")),
            (&one, &two),
            "behind record {kept}"
        );
    }
}

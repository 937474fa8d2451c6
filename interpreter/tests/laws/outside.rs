//! What happens outside happens at most once, whatever is lost on the way; and as long as nobody
//! knows whether it has, the run is uncertain.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};
use tau_interpreter::action::{
    Act, Acting, Call, External, Failure, Found, Intended, Intention, Later, NotDone, Running,
    Survey, Unknown, Work,
};
use tau_interpreter::control;
use tau_interpreter::journal::{Entry, Outcome, Record, Resolution};
use tau_interpreter::outside::unsettled;
use tau_interpreter::person::Person;
use tau_interpreter::report::Report;

use crate::bench::Bench;
use crate::hands::Shared;

/// How often what is said may be lost before it is heard.
const LOST: usize = 2;

/// The code of a failure whose end nobody knows.
const UNANSWERED: &str = "no-answer";

/// What was said outside. It outlives every owner of a run.
#[derive(Default)]
pub(crate) struct Outside {
    said: Mutex<Vec<(String, String)>>,
    lost: Mutex<BTreeMap<String, usize>>,
    /// What becomes of what is said next; as chance says when there is nothing.
    pub(crate) next: Mutex<Option<Way>>,
    /// Nobody can see what has been said.
    pub(crate) dark: Mutex<bool>,
}

/// What becomes of something that is said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    Heard,
    /// It is heard, and whoever said it never knows.
    Unanswered,
    /// It is not heard, and whoever said it never knows.
    Dropped,
    /// Somebody says no.
    Refused,
}

impl Outside {
    /// What was said, in order.
    pub(crate) fn said(&self) -> Vec<String> {
        let said = self.said.lock().unwrap();
        said.iter().map(|(_, text)| text.clone()).collect()
    }

    /// Takes over from `whole` what had been said when a run had these records. Of what was about
    /// to be said `heard` decides.
    pub(crate) fn remember(&self, whole: &Outside, records: &[Record], heard: bool) {
        let mut marks = Vec::new();
        let mut open = BTreeMap::new();
        for record in records {
            match &record.entry {
                Entry::Intent {
                    step,
                    outside: Some(it),
                    ..
                } => {
                    open.insert(step.clone(), it.marker.clone());
                }
                Entry::StepFinished(finished) if finished.effect.is_some() => {
                    marks.extend(open.remove(&finished.step));
                }
                Entry::StepFinished(finished) => {
                    open.remove(&finished.step);
                }
                Entry::AttemptFailed { step, failure, .. } => {
                    // What was lost then has cost an attempt, and is not lost once more.
                    if let Some(mark) = open.remove(step)
                        && failure.code == UNANSWERED
                    {
                        *self.lost.lock().unwrap().entry(mark).or_default() += 1;
                    }
                }
                _ => {}
            }
        }
        if heard {
            marks.extend(open.into_values());
        }
        let whole = whole.said.lock().unwrap();
        let said = whole.iter().filter(|(mark, _)| marks.contains(mark));
        *self.said.lock().unwrap() = said.cloned().collect();
    }

    fn find(&self, mark: &str) -> Option<String> {
        let said = self.said.lock().unwrap();
        let mut found = said.iter().filter(|(it, _)| it == mark);
        found.next().map(|(_, text)| text.clone())
    }
}

/// Says something outside.
pub(crate) struct Posting(pub(crate) Shared);

impl Posting {
    fn way(&self, mark: &str) -> Way {
        let outside = &self.0.outside;
        if let Some(way) = outside.next.lock().unwrap().take() {
            return way;
        }
        let mut lost = outside.lost.lock().unwrap();
        let lost = lost.entry(mark.to_owned()).or_default();
        match self.0.below(4) {
            0 => Way::Unanswered,
            1 if *lost < LOST => {
                *lost += 1;
                Way::Dropped
            }
            _ => Way::Heard,
        }
    }

    async fn look(&self, intended: &Intended) -> Result<Found, Failure> {
        self.0.wait().await;
        if *self.0.outside.dark.lock().unwrap() {
            return Err(Failure::new("dark", "It is dark."));
        }
        Ok(match self.0.outside.find(&intended.marker) {
            Some(text) => Found::There(json!(text)),
            None => Found::Absent,
        })
    }
}

impl External for Posting {
    fn intend<'a>(&'a self, call: &'a Call, _: &'a dyn Survey) -> Later<'a, Intention> {
        Box::pin(async move {
            Ok(Intention {
                what: format!("say {}", call.args["text"]),
                detail: call.args["text"].clone(),
                result: None,
            })
        })
    }

    fn look_up<'a>(&'a self, intended: &'a Intended, _: &'a dyn Survey) -> Later<'a, Found> {
        Box::pin(self.look(intended))
    }

    fn act<'a>(&'a self, intended: &'a Intended, _: &'a dyn Act) -> Acting<'a> {
        Box::pin(async move {
            self.0.wait().await;
            let way = self.way(&intended.marker);
            let text = intended.intention.detail.as_str().unwrap();
            if matches!(way, Way::Heard | Way::Unanswered) {
                let said = (intended.marker.clone(), text.to_owned());
                self.0.outside.said.lock().unwrap().push(said);
            }
            self.0.wait().await;
            match way {
                Way::Heard => Ok(json!(text)),
                Way::Refused => Err(NotDone::Refused(Failure::new("refused", "No."))),
                _ => Err(NotDone::Unclear(Failure::new(
                    UNANSWERED,
                    "Nobody answered.",
                ))),
            }
        })
    }

    fn read_back<'a>(&'a self, intended: &'a Intended, _: &'a dyn Survey) -> Later<'a, Found> {
        Box::pin(self.look(intended))
    }
}

impl Unknown for Posting {
    fn run<'a>(&'a self, call: &'a Call, _: &'a dyn Work) -> Running<'a> {
        Box::pin(async move {
            let text: &Value = &call.args["text"];
            let said = (call.step.clone(), text.as_str().unwrap().to_owned());
            self.0.outside.said.lock().unwrap().push(said);
            Ok(text.clone())
        })
    }
}

/// A mission that says one thing outside, with this behind the call.
fn mission(action: &str, behind: &str) -> String {
    format!(
        "mission m {{\n  authority {{\n    read  \"**\"\n    write \"**\"\n    net   \"t.example\"\n  }}\n  \
         step say = {action}(\"a\"){behind}\n  output said = say\n  \
         on failure {{\n    step why = t.put(\"top\", text: failure.code)\n  }}\n  \
         finally {{\n    step end = t.put(\"a/x\", text: \"end\")\n  }}\n}}\n"
    )
}

fn ran(report: &Report, name: &str) -> bool {
    report.steps.iter().any(|step| step.name == name)
}

/// A person says whether it has happened.
fn settle(bench: &Bench, report: &Report, happened: bool, result: Option<Value>) {
    let open = unsettled(&bench.records(&report.run)).remove(0);
    let resolution = Resolution {
        happened,
        result,
        why: None,
        by: Person {
            uid: 1,
            name: "ann".to_owned(),
        },
        at: "now".to_owned(),
    };
    control::resolve(&bench.run(&report.run), &open, resolution).unwrap();
}

#[test]
fn what_cannot_be_looked_up_is_uncertain_and_neither_retried_nor_forgiven() {
    for (way, heard) in [(Way::Unanswered, 1), (Way::Dropped, 0), (Way::Heard, 1)] {
        let bench = Bench::new();
        let text = mission("t.post", " retry 3 may fail");
        let shared = Shared::new(0);
        *shared.outside.next.lock().unwrap() = Some(way);
        *shared.outside.dark.lock().unwrap() = true;
        let report = bench.apply(&text, &shared);
        assert_eq!(report.outcome, "uncertain", "{way:?}");
        assert!(!ran(&report, "why") && ran(&report, "end"));
        assert_eq!(report.unsettled.len(), 1);

        // Nobody sees more than before.
        let report = bench.resume(&text, &shared.again(1), &report.run);
        assert_eq!(
            (report.outcome.as_str(), shared.outside.said().len()),
            ("uncertain", heard)
        );

        *shared.outside.dark.lock().unwrap() = false;
        *shared.outside.next.lock().unwrap() = Some(Way::Heard);
        let report = bench.resume(&text, &shared.again(2), &report.run);
        assert_eq!(report.outcome, "succeeded", "{report:?}");
        assert_eq!(shared.outside.said(), ["a"]);
        assert_eq!(report.outputs["said"], "a");
    }
}

#[test]
fn a_person_settles_it() {
    let text = mission("t.post", "");
    let uncertain = || {
        let bench = Bench::new();
        let shared = Shared::new(0);
        *shared.outside.next.lock().unwrap() = Some(Way::Dropped);
        *shared.outside.dark.lock().unwrap() = true;
        let report = bench.apply(&text, &shared);
        (bench, shared, report)
    };
    let (bench, shared, report) = uncertain();
    settle(&bench, &report, true, Some(json!("b")));
    let report = bench.resume(&text, &shared.again(0), &report.run);
    // Nobody has looked, and nobody has said it.
    assert_eq!(report.outcome, "succeeded", "{report:?}");
    assert_eq!(report.outputs["said"], "b");
    assert!(shared.outside.said().is_empty());

    let (bench, shared, report) = uncertain();
    settle(&bench, &report, false, None);
    *shared.outside.dark.lock().unwrap() = false;
    *shared.outside.next.lock().unwrap() = Some(Way::Heard);
    let report = bench.resume(&text, &shared.again(0), &report.run);
    assert_eq!(report.outcome, "succeeded", "{report:?}");
    assert_eq!(shared.outside.said(), ["a"]);
}

#[test]
fn a_no_and_what_was_not_heard_are_failures_that_may_be_retried() {
    for way in [Way::Refused, Way::Dropped] {
        let (bench, shared) = (Bench::new(), Shared::new(0));
        let text = mission("t.post", "");
        *shared.outside.next.lock().unwrap() = Some(way);
        let report = bench.apply(&text, &shared);
        assert_eq!(report.outcome, "failed", "{way:?}");
        assert!(ran(&report, "why") && report.unsettled.is_empty());
        assert!(shared.outside.said().is_empty());

        let (bench, shared) = (Bench::new(), Shared::new(1));
        let text = mission("t.post", " retry 3");
        *shared.outside.next.lock().unwrap() = Some(way);
        let report = bench.apply(&text, &shared);
        assert_eq!(report.outcome, "succeeded", "{way:?}: {report:?}");
        assert_eq!(shared.outside.said(), ["a"]);
    }
}

#[test]
fn what_happened_in_a_call_is_not_repeated_with_it() {
    let (bench, shared) = (Bench::new(), Shared::new(0));
    let text = "mission inner {\n  authority {\n    net \"t.example\"\n    write \"**\"\n  }\n  \
                step say = t.post(\"a\")\n  step boom = t.wreck(\"**\") after say\n}\n\
                mission m {\n  authority {\n    net \"t.example\"\n    write \"**\"\n  }\n  \
                step call = inner() retry 3\n}\n";
    *shared.outside.next.lock().unwrap() = Some(Way::Unanswered);
    let report = bench.apply(text, &shared);
    assert_eq!(report.outcome, "failed", "{report:?}");
    assert_eq!(shared.outside.said(), ["a"]);
    // Nor when somebody goes on with the run.
    let report = bench.resume(text, &shared.again(0), &report.run);
    assert_eq!(
        (report.outcome.as_str(), shared.outside.said().len()),
        ("failed", 1)
    );
}

/// Cuts a run behind the intention of its step.
fn cut_behind_the_intention(bench: &Bench, report: &Report) {
    let records = bench.records(&report.run);
    let intent = |record: &Record| matches!(record.entry, Entry::Intent { .. });
    let kept = records.iter().position(intent).unwrap() + 1;
    bench.cut(&report.run, kept);
}

#[test]
fn what_nobody_knows_is_not_repeated_unless_the_step_says_so() {
    let (bench, shared) = (Bench::new(), Shared::new(0));
    let text = mission("t.shout", "");
    let report = bench.apply(&text, &shared);
    assert_eq!(report.outcome, "succeeded", "{report:?}");
    cut_behind_the_intention(&bench, &report);
    let report = bench.resume(&text, &shared.again(0), &report.run);
    assert_eq!(
        (report.outcome.as_str(), shared.outside.said().len()),
        ("uncertain", 1)
    );
    settle(&bench, &report, true, Some(json!("a")));
    let report = bench.resume(&text, &shared.again(0), &report.run);
    assert_eq!(
        (report.outcome.as_str(), shared.outside.said().len()),
        ("succeeded", 1)
    );

    let (bench, shared) = (Bench::new(), Shared::new(0));
    let text = mission("t.shout", " retry 1");
    let report = bench.apply(&text, &shared);
    cut_behind_the_intention(&bench, &report);
    let report = bench.resume(&text, &shared.again(0), &report.run);
    assert_eq!(
        (report.outcome.as_str(), shared.outside.said().len()),
        ("succeeded", 2)
    );
}

/// A file that has changed does not make tau forget what it was about to do before.
#[test]
fn what_was_begun_under_another_text_is_looked_up() {
    for dark in [false, true] {
        let (bench, shared) = (Bench::new(), Shared::new(0));
        let text = mission("t.post", "");
        *shared.outside.next.lock().unwrap() = Some(Way::Unanswered);
        let report = bench.apply(&text, &shared);
        cut_behind_the_intention(&bench, &report);
        *shared.outside.dark.lock().unwrap() = dark;
        *shared.outside.next.lock().unwrap() = Some(Way::Heard);
        let other = text.replace("(\"a\")", "(\"b\")");
        let report = bench.resume(&other, &shared.again(0), &report.run);
        if dark {
            assert_eq!(report.outcome, "uncertain", "{report:?}");
            assert_eq!(shared.outside.said(), ["a"]);
        } else {
            assert_eq!(report.outcome, "succeeded", "{report:?}");
            assert_eq!(shared.outside.said(), ["a", "b"]);
        }
        // Nor does a step that is not there any more.
        cut_behind_the_intention(&bench, &report);
        let gone = "mission m {\n}\n";
        let report = bench.resume(gone, &shared.again(0), &report.run);
        assert_eq!(report.outcome, Outcome::Uncertain.word(), "{report:?}");
    }
}

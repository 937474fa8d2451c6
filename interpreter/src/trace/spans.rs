//! What took its time in a run, and what happened in a moment.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::journal::{Entry, Finished, Record};

/// Something that took its time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Span {
    /// The step or call that it belongs to, with the calls around it.
    pub(super) path: String,
    /// How deep it is among those of the same path.
    pub(super) depth: u32,
    pub(super) name: String,
    /// `run`, `owner`, `call`, `step`, `process`, `attempt` or `wait`.
    pub(super) kind: &'static str,
    /// In microseconds since the run began.
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) args: Json,
}

/// Something that happened in a moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Instant {
    pub(super) name: String,
    /// The kind of the record.
    pub(super) kind: String,
    pub(super) at: u64,
    pub(super) args: Json,
}

/// All of a run.
#[derive(Debug, Default)]
pub(super) struct Spans {
    /// The run itself, and each of its owners.
    pub(super) owners: Vec<Span>,
    pub(super) steps: Vec<Span>,
    pub(super) instants: Vec<Instant>,
}

/// A step that has begun and not ended.
struct Open {
    action: String,
    attempts: Vec<Attempt>,
}

struct Attempt {
    number: u32,
    from: u64,
    /// When it failed, and why.
    failed: Option<(u64, String)>,
}

/// What waits: since when, and what it is called.
struct Waiting {
    from: u64,
    name: String,
}

#[derive(Default)]
struct Collector {
    spans: Spans,
    open: BTreeMap<String, Open>,
    waiting: BTreeMap<String, Waiting>,
}

/// Everything that the records tell of.
pub(super) fn collect(records: &[Record], times: &[u64]) -> Spans {
    let mut all = Collector::default();
    let mut owner: Option<(u64, u64)> = None;
    let mut last = 0;
    for (record, &at) in records.iter().zip(times) {
        match owner {
            Some((epoch, _)) if epoch == record.epoch => {}
            before => {
                all.owner_ended(before, last);
                owner = Some((record.epoch, at));
            }
        }
        all.record(record, at);
        last = at;
    }
    all.owner_ended(owner, last);
    for path in all.waiting.keys().cloned().collect::<Vec<_>>() {
        all.waited(&path, last);
    }
    all.calls();
    if let Some(Entry::Started(started)) = records.first().map(|record| &record.entry) {
        let args = json!({ "repo": started.repo, "tau": started.tau });
        let run = span("", &started.mission, "run", (0, last), args);
        all.spans.owners.insert(0, run);
    }
    all.spans
}

fn span(path: &str, name: &str, kind: &'static str, (from, to): (u64, u64), args: Json) -> Span {
    Span {
        path: path.to_owned(),
        depth: 0,
        name: name.to_owned(),
        kind,
        from,
        to: to.max(from),
        args,
    }
}

impl Collector {
    fn record(&mut self, record: &Record, at: u64) {
        match &record.entry {
            Entry::Started(_) => {}
            Entry::StepStarted {
                step,
                action,
                attempt,
            } => {
                self.next_attempt(step, at);
                let open = self.open.entry(step.clone()).or_insert_with(|| Open {
                    action: action.clone(),
                    attempts: Vec::new(),
                });
                open.attempts.push(Attempt {
                    number: *attempt,
                    from: at,
                    failed: None,
                });
            }
            Entry::AttemptFailed {
                step,
                attempt,
                left,
                pause_ms,
                failure,
                ..
            } => {
                let open = self.open.get_mut(step);
                match open.and_then(|open| open.attempts.last_mut()) {
                    Some(attempt) => attempt.failed = Some((at, failure.message.clone())),
                    // That of a call.
                    None => self.happened(
                        record,
                        at,
                        &format!("{step}: attempt {attempt} failed"),
                        json!({ "message": failure.message, "left": left }),
                    ),
                }
                if *pause_ms > 0 {
                    let name = format!("{step} waits for its next attempt");
                    self.waiting
                        .insert(step.clone(), Waiting { from: at, name });
                }
            }
            Entry::Asked { step, question, .. } => {
                self.step_ended(step, at, &json!({ "state": "waiting" }), "step");
                let name = format!("{step} waits for a person");
                self.waiting
                    .insert(step.clone(), Waiting { from: at, name });
                let args = json!({ "question": question.text });
                self.happened(record, at, &format!("{step} asks"), args);
            }
            Entry::Answered { step, answer, .. } => {
                self.waited(step, at);
                let args = json!({ "approved": answer.approved, "by": answer.by.name });
                self.happened(record, at, &format!("{step} is answered"), args);
            }
            Entry::StepFinished(finished) => self.finished(finished, at),
            Entry::Intent { step, what, .. } => {
                self.happened(record, at, &format!("{step}: {what}"), json!({}));
            }
            Entry::Resumed { text, killed, .. } => {
                let args = json!({ "file_changed": text.is_some(), "killed": killed });
                self.happened(record, at, "resumed", args);
                if !killed.is_empty() {
                    let name = "what the owner before had left behind was killed";
                    self.happened(record, at, name, json!({ "processes": killed }));
                }
            }
            Entry::Ended {
                outcome, reason, ..
            } => {
                let args = json!({ "reason": reason });
                self.happened(record, at, outcome.word(), args);
            }
            #[allow(unreachable_patterns, reason = "a new kind of record is drawn, too")]
            _ => self.happened(record, at, &kind(&record.entry), json!({})),
        }
    }

    /// Who ran the run until then is gone, and with it everything that was going on.
    fn owner_ended(&mut self, owner: Option<(u64, u64)>, last: u64) {
        let Some((epoch, from)) = owner else { return };
        let name = format!("owner {epoch}");
        self.spans
            .owners
            .push(span("", &name, "owner", (from, last), json!({})));
        let open: Vec<String> = self.open.keys().cloned().collect();
        for step in open {
            self.step_ended(&step, last, &json!({ "state": "lost or running" }), "step");
        }
    }

    fn finished(&mut self, finished: &Finished, at: u64) {
        let args = json!({
            "state": finished.state.word(),
            "seconds": finished.seconds,
            "attempts": finished.attempts,
            "outputs": finished.logs.len(),
            "failure": finished.failure.as_ref().map(|failure| &failure.message),
            "commit": finished.commit.map(|commit| commit.to_string()),
        });
        self.waited(&finished.step, at);
        // Only what has started a process has kept what that printed.
        let kind = if finished.logs.is_empty() {
            "step"
        } else {
            "process"
        };
        self.open
            .entry(finished.step.clone())
            .or_insert_with(|| Open {
                action: finished.action.clone(),
                attempts: Vec::new(),
            });
        self.step_ended(&finished.step, at, &args, kind);
        if let Some(commit) = finished.commit {
            self.spans.instants.push(Instant {
                name: format!("{}: committed", finished.step),
                kind: "commit".to_owned(),
                at,
                args: json!({ "commit": commit.to_string() }),
            });
        }
    }

    /// Draws a step that was going on, and its attempts when there are several.
    fn step_ended(&mut self, step: &str, at: u64, args: &Json, kind: &'static str) {
        let Some(Open { action, attempts }) = self.open.remove(step) else {
            return;
        };
        let from = attempts.first().map_or(at, |attempt| attempt.from);
        let mut args = args.clone();
        args["action"] = Json::from(action);
        self.spans
            .steps
            .push(span(step, step, kind, (from, at), args));
        if attempts.len() < 2 && attempts.iter().all(|attempt| attempt.failed.is_none()) {
            return;
        }
        for attempt in attempts {
            let (to, failure) = match attempt.failed {
                Some((to, why)) => (to, Some(why)),
                None => (at, None),
            };
            let name = format!("attempt {}", attempt.number);
            let args = json!({ "failure": failure });
            let mut drawn = span(step, &name, "attempt", (attempt.from, to), args);
            drawn.depth = 1;
            self.spans.steps.push(drawn);
        }
    }

    /// A step begins, or the first of an attempt of a call: that is what was waited for.
    fn next_attempt(&mut self, step: &str, at: u64) {
        let is_next = |rest: &str| rest.is_empty() || rest.starts_with('~');
        let paths = self.waiting.keys();
        let woken = paths.filter(|path| step.strip_prefix(path.as_str()).is_some_and(is_next));
        for path in woken.cloned().collect::<Vec<_>>() {
            self.waited(&path, at);
        }
    }

    /// What a step waited for is there.
    fn waited(&mut self, step: &str, at: u64) {
        if let Some(Waiting { from, name }) = self.waiting.remove(step) {
            let mut drawn = span(step, &name, "wait", (from, at), json!({}));
            drawn.depth = 1;
            self.spans.steps.push(drawn);
        }
    }

    fn happened(&mut self, record: &Record, at: u64, name: &str, args: Json) {
        self.spans.instants.push(Instant {
            name: name.to_owned(),
            kind: kind(&record.entry),
            at,
            args,
        });
    }

    /// Draws each attempt of a call around its steps, as their names tell.
    fn calls(&mut self) {
        let mut calls: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for step in &self.spans.steps {
            for (end, _) in step.path.match_indices('/') {
                let (from, to) = calls
                    .entry(step.path[..end].to_owned())
                    .or_insert((step.from, step.to));
                *from = step.from.min(*from);
                *to = step.to.max(*to);
            }
        }
        for (call, times) in calls {
            self.spans
                .steps
                .push(span(&call, &call, "call", times, json!({})));
        }
    }
}

/// The word of a record's kind.
fn kind(entry: &Entry) -> String {
    let json = serde_json::to_value(entry).unwrap_or_default();
    json["kind"].as_str().unwrap_or_default().to_owned()
}

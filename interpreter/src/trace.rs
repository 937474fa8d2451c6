//! A run's times as a picture: the Chrome trace format, which Perfetto and `chrome://tracing` show.
//!
//! It is made from the records alone, so a run that is going on, one that was killed, and one of
//! last year are drawn in the same way. What a run does at the same time stands in lanes of its
//! own, one below the other; what is inside of something stands below it in the same lane.

mod axis;
mod lanes;
mod spans;

#[cfg(test)]
mod tests;

use serde_json::{Value as Json, json};

use crate::journal::{Entry, Record};
use spans::{Instant, Span, Spans};

/// The trace as one JSON document; `None` for records without a beginning.
///
/// Times are in microseconds since the run began. Owners of the run follow each other, also where
/// the wall clock was set back between them. Records hold milliseconds: what has happened in the
/// same one is drawn in its order, a microsecond apart, and `seconds` tells how long a step took.
#[must_use]
pub fn chrome(records: &[Record]) -> Option<Json> {
    let Entry::Started(started) = &records.first()?.entry else {
        return None;
    };
    let times = axis::times(records);
    let Spans {
        owners,
        steps,
        instants,
    } = spans::collect(records, &times);
    let (lanes, steps) = lanes::share(steps);

    let mut events = vec![
        named(
            "process_name",
            0,
            &format!("{} {}", started.mission, started.run),
        ),
        named("thread_name", 0, "run"),
    ];
    for lane in 1..=lanes {
        events.push(named("thread_name", lane, &format!("steps {lane}")));
    }
    events.extend(owners.iter().map(|owner| complete(owner, 0)));
    events.extend(steps.iter().map(|(lane, step)| complete(step, lane + 1)));
    events.extend(instants.iter().map(instant));
    Some(json!({
        "displayTimeUnit": "ms",
        "traceEvents": events,
        "otherData": {
            "schema": "tau.trace/1",
            "run": started.run,
            "mission": started.mission,
            "began": records.first()?.at,
        },
    }))
}

/// All events are of one process.
const PROCESS: u32 = 1;

fn named(what: &str, lane: usize, name: &str) -> Json {
    json!({ "ph": "M", "name": what, "pid": PROCESS, "tid": lane, "args": { "name": name } })
}

fn complete(span: &Span, lane: usize) -> Json {
    json!({
        "ph": "X",
        "name": span.name,
        "cat": span.kind,
        "ts": span.from,
        "dur": span.to - span.from,
        "pid": PROCESS,
        "tid": lane,
        "args": span.args,
    })
}

/// A moment is drawn over all lanes.
fn instant(instant: &Instant) -> Json {
    json!({
        "ph": "i",
        "s": "p",
        "name": instant.name,
        "cat": instant.kind,
        "ts": instant.at,
        "pid": PROCESS,
        "tid": 0,
        "args": instant.args,
    })
}

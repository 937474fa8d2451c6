//! Spans as they end, with what was said of them.

use std::fmt::Debug;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value as Json};
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;
use ulid::Ulid;

use super::export::Queue;

/// A span that has ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ended {
    /// All spans of a run have the same.
    pub(super) trace: u128,
    pub(super) id: u64,
    pub(super) parent: Option<u64>,
    pub(super) name: &'static str,
    /// Nanoseconds since 1970.
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) fields: Map<String, Json>,
}

/// Puts spans into the queue.
pub(super) struct Spans {
    queue: Queue,
}

impl Spans {
    pub(super) fn new(queue: Queue) -> Spans {
        Spans { queue }
    }
}

/// What is known of a span that is going on.
struct Open {
    id: u64,
    from: u64,
    fields: Map<String, Json>,
}

impl<S> Layer<S> for Spans
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(Open {
            id: new_id(),
            from: now(),
            fields: fields.0,
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(open) = span.extensions_mut().get_mut::<Open>() {
            open.fields.extend(fields.0);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        let parent = span.parent().and_then(|parent| {
            let extensions = parent.extensions();
            extensions.get::<Open>().map(|open| open.id)
        });
        // A span that belongs to no run has nobody who would look for it.
        let trace = span.scope().last().and_then(|root| {
            let extensions = root.extensions();
            let run = extensions.get::<Open>()?.fields.get("run")?.as_str()?;
            trace_of(run)
        });
        let (Some(trace), Some(open)) = (trace, span.extensions_mut().remove::<Open>()) else {
            return;
        };
        self.queue.push(Ended {
            trace,
            id: open.id,
            parent,
            name: span.metadata().name(),
            from: open.from,
            to: now().max(open.from),
            fields: open.fields,
        });
    }
}

/// The trace of a run is its id, which is as long, so that what all its owners do is one trace.
fn trace_of(run: &str) -> Option<u128> {
    Some(Ulid::from_string(run).ok()?.0)
}

/// An id that no other span has; never 0.
fn new_id() -> u64 {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the random half of it is wanted"
    )]
    let id = Ulid::new().0 as u64;
    id.max(1)
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    })
}

/// Fields as JSON.
#[derive(Default)]
struct Fields(Map<String, Json>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0
            .insert(field.name().to_owned(), Json::from(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), Json::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), Json::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), Json::from(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), Json::from(value));
    }
}

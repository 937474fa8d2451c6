//! The spans that a run tells whoever observes it with [`tracing`]: the run, its steps and their
//! attempts, and what is written to its journal.
//!
//! They name what is done and how it ended. No argument, no output and no text of a file is among
//! their fields: those may be secret, and they are in the journal. Without an observer a span costs
//! a look at one number.

use tracing::field::Empty;
use tracing::{Span, info_span};

use crate::journal::{Outcome, State};

/// A run, by one owner. Its id is told by [`begun`], its end by [`ended`].
pub(crate) fn run(mission: &str) -> Span {
    info_span!(
        "run",
        mission,
        run = Empty,
        owner = Empty,
        outcome = Empty,
        failed = Empty
    )
}

/// The run around this has this id, and is run by its owner of this number.
pub(crate) fn begun(run: &str, owner: u64) {
    Span::current().record("run", run).record("owner", owner);
}

/// The run around this has ended.
pub(crate) fn ended(outcome: Outcome) {
    let failed = !matches!(outcome, Outcome::Succeeded | Outcome::Waiting);
    let span = Span::current();
    span.record("outcome", outcome.word())
        .record("failed", failed);
}

/// A step that is done, and not taken from its record. Its end is told by [`step_ended`].
pub(crate) fn step(name: &str, action: &str) -> Span {
    info_span!("step", step = name, action, state = Empty, failed = Empty)
}

/// A step has ended.
pub(crate) fn step_ended(span: &Span, state: State) {
    let failed = matches!(state, State::Failed | State::Blocked);
    span.record("state", state.word()).record("failed", failed);
}

/// One attempt of a step.
pub(crate) fn attempt(number: u32) -> Span {
    info_span!("attempt", attempt = number)
}

/// Records are appended to the journal.
pub(crate) fn append(records: usize, durable: bool) -> Span {
    info_span!("journal.append", records, durable)
}

/// What was appended is made durable.
pub(crate) fn sync() -> Span {
    info_span!("journal.sync")
}

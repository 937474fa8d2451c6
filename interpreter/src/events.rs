//! What a run tells while it goes on. Whoever shows it decides nothing.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::journal::{Finished, Outcome, Started};
use crate::wait::Wait;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The run begins, or goes on.
    Began {
        /// What it rests on.
        started: Box<Started>,
        /// How many of its steps had ended before.
        reused: usize,
    },
    /// A step begins.
    StepStarted {
        /// Its name, with calls and rounds.
        step: String,
        /// Its action.
        action: String,
        /// Where its output goes while it runs.
        log: PathBuf,
    },
    /// A step is tried again.
    Retrying {
        /// Its name.
        step: String,
        /// Why the attempt before failed.
        why: String,
        /// How long it waits before, in milliseconds.
        pause_ms: u64,
    },
    /// A step calls another action.
    PartStarted {
        /// Its name.
        step: String,
        /// The action that it calls.
        action: String,
        /// With what.
        args: Json,
    },
    /// The action that a step called has ended.
    PartFinished {
        /// Its name.
        step: String,
        /// The action.
        action: String,
        /// The code of the failure, if it failed.
        failed: Option<String>,
    },
    /// A model says more.
    Said {
        /// The step that has asked it.
        step: String,
        /// The next piece of what it says.
        text: String,
    },
    /// A step waits for a person.
    Asked {
        /// Its name.
        step: String,
        /// What it asks.
        text: String,
    },
    /// A step that had ended before is done again.
    Again {
        /// Its name.
        step: String,
        /// What no longer holds, in words for a list.
        why: Vec<String>,
    },
    /// A step waits for a date or an event.
    Waits {
        /// Its name.
        step: String,
        /// For what.
        wait: Wait,
    },
    /// A step has ended, now or before (`reused`).
    StepFinished {
        /// How.
        finished: Arc<Finished>,
        /// It ended before this owner of the run.
        reused: bool,
    },
    /// The run has ended.
    Ended(Outcome),
}

/// Where events go. A receiver that is gone loses them, and nothing else.
pub type Events = tokio::sync::mpsc::UnboundedSender<Event>;

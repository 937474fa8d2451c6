//! The queue, workers, the local runtime, and `tau.db`, as a user sees them.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod at_once;
mod database;
mod home;
mod prune;
mod queue;
mod runtime;
mod support;

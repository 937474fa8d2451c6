//! Effects on GitHub, against a host on this machine that holds what it is sent: each is there once, however
//! often the run is killed around it and whatever answer gets lost.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod app;
mod effects;
mod emulated;
mod host;
mod killed;
mod merge;
mod once;
mod published;
mod schema;
mod without;

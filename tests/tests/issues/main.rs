//! Issues: read from a file, a text, standard input and a host; held against rules; planned for; let
//! in or blocked.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod admitted;
mod host;
mod read;
mod triage;

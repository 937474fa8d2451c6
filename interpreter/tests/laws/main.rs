//! Laws of a run, on missions that chance writes: the order of the text, cuts, authority.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod authority;
mod bench;
mod chance;
mod contents;
mod hands;
mod least;
mod mission;
mod needs;
mod order;
mod outside;
mod outstanding;
mod pauses;
mod policy;
mod premises;
mod result;
mod spending;
mod waits;

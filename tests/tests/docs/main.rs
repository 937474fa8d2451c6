//! What the README and the book say is run here.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod blocks;
mod bounds;
mod commands;
mod examples;
mod faces;
mod generated;
mod markdown;
mod names;
mod pages;
mod same;
mod session;
mod transcript;

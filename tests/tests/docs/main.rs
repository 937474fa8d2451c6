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
#[path = "../models/provider.rs"]
#[allow(dead_code, reason = "other tests want more of it")]
mod provider;
mod same;
mod session;
mod transcript;

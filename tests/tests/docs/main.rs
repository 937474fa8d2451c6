//! What the README and the book say is run here.

#![allow(clippy::print_stderr, reason = "a test may say what it does")]

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

//! The commands that need no repository, tried through the built program.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod authority;
mod completions;
mod convert;
mod demo;
mod doctor;
mod explain;
mod fmt;
mod init;
mod lint;
mod mend;
mod sarif;
mod schema;
mod select;
mod support;
mod suppress;
mod test;
mod usage;

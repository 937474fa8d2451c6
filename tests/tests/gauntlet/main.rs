//! The gauntlet: `tau fix` from an issue to its end, on small programs in three languages, with models,
//! issues and hosts that mean well and that do not. What counts as fixed is decided by a check that no
//! step of the mission has seen.
//!
//! `cargo test -p tau-tests --test gauntlet` prints a table, and ends with 1 if any row is not as expected.
//! Words behind it choose rows by their names.
#![allow(clippy::unwrap_used, reason = "a row fails with the error's own words")]
#![allow(clippy::print_stdout, reason = "the table is for whoever runs it")]

mod delivered;
#[path = "../github/host.rs"]
#[allow(dead_code, reason = "other tests want more of it")]
mod host;
mod hostile;
mod place;
mod programs;
#[path = "../models/provider.rs"]
#[allow(dead_code, reason = "other tests want more of it")]
mod provider;
mod refused;
mod row;
mod shown;
mod solved;
mod steady;

use std::process::ExitCode;

use row::Row;

fn rows() -> Vec<Row> {
    [
        solved::rows(),
        delivered::rows(),
        refused::rows(),
        shown::rows(),
        hostile::rows(),
        steady::rows(),
    ]
    .concat()
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let names: Vec<&String> = words.iter().filter(|it| !it.starts_with('-')).collect();
    let mut rows = rows();
    rows.retain(|row| names.is_empty() || names.iter().any(|it| row.name.contains(it.as_str())));
    if words.iter().any(|it| it == "--list") {
        rows.iter().for_each(|row| println!("{}: test", row.name));
        return ExitCode::SUCCESS;
    }
    match row::run(&rows) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

//! Faults of the machine around a run, and what comes of it behind them: the same ending as without.
//!
//! What is swept here is sampled, so that the tests end in a minute. `TAU_FAULTS=all` takes every
//! place there is, `TAU_FAULTS_SEED=N` another sample, and `TAU_BIN=target/release/tau` the program
//! that people get.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod around;
mod bytes;
mod chance;
mod children;
mod errors;
mod fault;
mod held;
mod kills;
mod live;
mod mission;
mod place;
mod power;
mod sample;

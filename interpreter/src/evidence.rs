//! Evidence that others can check: what a run says of itself, signed.
//!
//! A [`receipt`] is a list of in-toto [`statement`]s, each signed as a DSSE [`envelope`](dsse) with
//! one of two Ed25519 [`keys`]: the verifier's for what the checks showed, the runner's for what
//! the run was and did. Nothing here is a format of our own but the predicate of a run, so that
//! programs that know nothing of tau can check the rest.

pub(crate) mod base64;
pub mod dsse;
pub mod key;
pub mod keys;
pub mod link;
pub mod papers;
pub mod receipt;
mod run;
pub mod ssh;
pub mod statement;
mod verdicts;
mod verifiers;

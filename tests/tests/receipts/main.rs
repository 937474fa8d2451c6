//! What a run says of itself, signed, and who believes it.
#![allow(clippy::unwrap_used, reason = "what is missing fails the test")]

mod judged;
mod made;
mod noted;
mod others;
mod signed;

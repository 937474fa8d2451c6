//! A run that is killed, cut, damaged or asked to end, and what `tau resume` makes of it.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod calls;
mod cancel;
mod cuts;
mod damage;
mod handlers;
mod held;
mod hosts;
mod kills;
mod reference;
mod resume;
mod signals;

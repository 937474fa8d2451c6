//! Changes that make the check pass without mending anything, and changes that are honest.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod case;
mod go;
mod honest;
mod jest;
mod node;
mod python;
mod rust;
mod scripts;
mod several;
mod vitest;

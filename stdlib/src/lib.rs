//! The standard actions.

pub mod fs;

//! The tau language: text in, diagnostics and a checked plan out.
//!
//! The way of a file: [`source`] → [`syntax`] → `module` → `check` → `plan`. Nothing in this
//! crate has a clock, a network, an environment or a process; files reach it through
//! [`source::Source`].

pub mod diagnostic;
pub mod expr;
pub mod glob;
pub mod source;
pub mod syntax;
pub mod types;

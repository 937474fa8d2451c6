//! The tau language: text in, diagnostics and a checked plan out.
//!
//! The way of a file: [`source`] → [`syntax`] → [`module`] → [`check`] → [`plan`]. Nothing in this
//! crate has a clock, a network, an environment or a process; files reach it through
//! [`module::Source`].

pub mod authority;
pub mod check;
pub mod diagnostic;
pub mod expr;
pub mod format;
pub mod glob;
pub mod library;
pub mod lint;
pub mod mend;
pub mod module;
pub mod plan;
pub mod policy;
pub mod schema;
pub mod source;
pub mod suppress;
pub mod syntax;
pub mod types;

//! How things look: on a terminal, in a pipe, in JSON.

pub(crate) mod diagnostics;
pub(crate) mod diff;
pub(crate) mod json;
pub(crate) mod sanitize;
pub(crate) mod style;
pub(crate) mod table;

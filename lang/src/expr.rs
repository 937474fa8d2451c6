//! Expressions: one parser and one evaluator, minijinja's.

mod absent;
mod depth;
mod engine;
mod known;
pub mod matching;
mod parsed;
mod parts;
pub mod signatures;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value as Json};

pub use self::depth::MAX_DEPTH;
pub use self::engine::{Engine, Filter, literal_json};
pub use self::known::{MAX_NESTING, is_small};
pub(crate) use self::parsed::Parsed;
pub use self::parsed::{parse, span_of};
pub use self::parts::{argument, names, names_in, parts, paths, walk};
use crate::source::Span;

/// Names and their values.
pub type Context = Map<String, Json>;

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprError {
    /// The part that is wrong.
    pub span: Span,
    /// Why, as a clause.
    pub why: String,
}

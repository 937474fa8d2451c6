//! minijinja's functions (its `functions.rs`).

use super::Takes::{Any, Int, Nothing};
use super::{By, Gives, Param, Signature};

const fn function(name: &'static str, gives: Gives, about: &'static str) -> Signature {
    Signature::new(name, Nothing, gives, about)
}

/// In alphabetical order.
pub const FUNCTIONS: &[Signature] = &[
    function(
        "debug",
        Gives::Text,
        "the values as text, for looking at them",
    )
    .and_more(),
    function("dict", Gives::Dict, "a record with the named fields")
        .with(&[Param::new("value", Any, By::Place).or("{}")])
        .and_more(),
    function("namespace", Gives::Dict, "a record with the named fields")
        .with(&[Param::new("defaults", Any, By::Place).or("{}")])
        .and_more(),
    function(
        "range",
        Gives::Ints,
        "the whole numbers below the first, or from the first up to below the second",
    )
    .with(&[
        Param::new("lower", Int, By::Place),
        Param::new("upper", Int, By::Place).or("none"),
        Param::new("step", Int, By::Place).or("1"),
    ]),
];

//! minijinja's tests (its `tests.rs`): what may stand behind `is`.

use super::Takes::{self, Any, Number, Several, Text};
use super::{By, Gives, Param, Signature};

const fn test(name: &'static str, input: Takes, about: &'static str) -> Signature {
    Signature::new(name, input, Gives::Bool, about)
}

/// A test that everything may be put to, also what is absent.
const fn any(name: &'static str, about: &'static str) -> Signature {
    test(name, Any, about).or_absent()
}

/// A test that compares with its one argument.
const fn with(
    name: &'static str,
    input: Takes,
    other: &'static [Param],
    about: &'static str,
) -> Signature {
    test(name, input, about).with(other)
}

const OTHER: &[Param] = &[Param::new("other", Any, By::Place)];
const OTHER_NUMBER: &[Param] = &[Param::new("other", Number, By::Place)];
const OTHER_TEXT: &[Param] = &[Param::new("other", Text, By::Place)];
const CONTAINER: &[Param] = &[Param::new("container", Several, By::Place)];

/// In alphabetical order. Those that are operators (`==`) are written as such.
pub const TESTS: &[Signature] = &[
    any("boolean", "`true` or `false`"),
    any("defined", "not absent"),
    with(
        "divisibleby",
        Number,
        OTHER_NUMBER,
        "leaves nothing when divided by the other",
    ),
    with("endingwith", Text, OTHER_TEXT, "ends with the other"),
    with("eq", Any, OTHER, "as `==`").or_absent(),
    with("equalto", Any, OTHER, "as `==`").or_absent(),
    any("escaped", "marked as safe for HTML"),
    test("even", Number, "divisible by two"),
    any("false", "`false` itself"),
    test("filter", Text, "the name of a filter"),
    any("float", "a number with a fraction"),
    with("ge", Any, OTHER, "as `>=`"),
    with("greaterthan", Any, OTHER, "as `>`"),
    with("gt", Any, OTHER, "as `>`"),
    with(
        "in",
        Any,
        CONTAINER,
        "one of the items, a part of the text, a field of the record",
    )
    .or_absent(),
    any("int", "a whole number"),
    any("integer", "a whole number"),
    any("iterable", "has items"),
    with("le", Any, OTHER, "as `<=`"),
    with("lessthan", Any, OTHER, "as `<`"),
    test("lower", Text, "without capital letters"),
    with("lt", Any, OTHER, "as `<`"),
    any("mapping", "a record or map"),
    with("ne", Any, OTHER, "as `!=`").or_absent(),
    any("none", "absent"),
    any("number", "a number"),
    test("odd", Number, "not divisible by two"),
    any("safe", "marked as safe for HTML"),
    with("sameas", Any, OTHER, "equal, and of the same kind").or_absent(),
    any("sequence", "a list"),
    with("startingwith", Text, OTHER_TEXT, "begins with the other"),
    any("string", "a text"),
    test("test", Text, "the name of a test"),
    any("true", "`true` itself"),
    any("undefined", "absent"),
    test("upper", Text, "without small letters"),
];

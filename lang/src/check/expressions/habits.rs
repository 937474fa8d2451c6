//! What other languages call the same: methods and properties, and the filter to use instead.

use super::shape::{Shape, shape};
use crate::types::Type;

/// A method of another language with what to write instead, behind the value, and whether that is
/// certain to mean the same when it is called without arguments.
const METHODS: &[(&str, &str, bool)] = &[
    ("capitalize", "| capitalize", true),
    ("contains", "… in …", false),
    ("count", "| length", false),
    ("endsWith", "is endingwith(…)", false),
    ("endswith", "is endingwith(…)", false),
    ("filter", "| select(…)", false),
    ("first", "| first", true),
    ("format", "| format(…)", false),
    ("get", "[…]", false),
    ("includes", "… in …", false),
    ("isdigit", "| int(default=none) is not none", false),
    ("items", "| items", true),
    ("join", "| join(…)", false),
    ("keys", "| list", true),
    ("last", "| last", true),
    ("len", "| length", true),
    ("length", "| length", true),
    ("lines", "| lines", true),
    ("lower", "| lower", true),
    ("lstrip", "| trim", false),
    ("map", "| map(…)", false),
    ("replace", "| replace(…, …)", false),
    ("reverse", "| reverse", true),
    ("round", "| round", true),
    ("rstrip", "| trim", false),
    ("size", "| length", true),
    ("sort", "| sort", true),
    ("sorted", "| sort", true),
    ("split", "| split", false),
    ("splitlines", "| lines", true),
    ("startsWith", "is startingwith(…)", false),
    ("startswith", "is startingwith(…)", false),
    ("strip", "| trim", true),
    ("title", "| title", true),
    ("toLowerCase", "| lower", true),
    ("toString", "| string", true),
    ("toUpperCase", "| upper", true),
    ("to_lowercase", "| lower", true),
    ("to_string", "| string", true),
    ("to_uppercase", "| upper", true),
    ("trim", "| trim", true),
    ("upper", "| upper", true),
    ("values", "| items | map(attribute=\"1\")", false),
];

/// What to write instead of a method, and whether that is certain.
pub(super) fn method(name: &str) -> Option<(String, bool)> {
    let (_, instead, certain) = METHODS.iter().find(|(it, _, _)| *it == name)?;
    let shown = match instead.strip_prefix('|') {
        Some(filter) => format!("… |{filter}"),
        None if instead.starts_with('…') => (*instead).to_owned(),
        None => format!("… {instead}"),
    };
    Some((shown, *certain))
}

/// What to write instead of a property such as `length`, on what has no fields.
pub(super) fn property(of: &Type, name: &str) -> Option<String> {
    let has_fields = !matches!(
        shape(of),
        Shape::List | Shape::Text | Shape::Number | Shape::Bool
    );
    if has_fields {
        return None;
    }
    match name {
        "count" | "len" | "length" | "size" => Some("… | length".to_owned()),
        name => method(name).map(|(instead, _)| instead),
    }
}

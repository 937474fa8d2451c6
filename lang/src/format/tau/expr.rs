//! Expressions: with braces only where the tau spelling needs them.

use crate::syntax::letters::is_unsafe;
use crate::syntax::literal;

/// Words that carry on a step, and so end a bare condition.
const MODIFIERS: [&str; 6] = ["after", "box", "may", "retry", "timeout", "when"];
/// Words that begin the bounds of a `for`, and so end its list.
const BOUNDS: [&str; 2] = ["at", "up"];

/// Whether an expression can stand as a value without `"{{ }}"` and be read as the same one.
pub(super) fn is_bare(source: &str) -> bool {
    let begins = source.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '(');
    begins
        && literal::parse(source).is_none()
        && !source.contains(['\n', '\r'])
        && !source.contains("\"\"\"")
        && !source.chars().any(is_unsafe)
        && fenced(source).is_some_and(|open| !open.separator)
}

/// Whether an expression can stand so between the `in` of a `for` and its bounds or its block.
pub(super) fn is_bare_in_head(source: &str) -> bool {
    is_bare(source) && fenced(source).is_some_and(|open| !open.brace && !open.bound)
}

/// A condition, which cannot stand in quotes, as tau can read it; `None` where that is as it is.
/// Without brackets it may end early, and an empty text with another one behind it begins a block.
pub(in crate::format) fn readable(source: &str) -> Option<String> {
    let parted = parted(source);
    let given = parted.as_deref().unwrap_or(source);
    match fenced(given) {
        Some(open) if open.brace || open.modifier || open.separator => Some(format!("({given})")),
        _ => parted,
    }
}

/// An expression with a blank between `""` and the text behind it, if there is such a place.
fn parted(source: &str) -> Option<String> {
    // Few expressions have three quotes in a row.
    source.find("\"\"\"")?;
    let bytes = source.as_bytes();
    let mut parted = String::new();
    let (mut from, mut at) = (0, 0);
    while let Some(&quote) = bytes.get(at) {
        let start = at;
        at += 1;
        if quote != b'"' && quote != b'\'' {
            continue;
        }
        while *bytes.get(at)? != quote {
            at += if bytes[at] == b'\\' { 2 } else { 1 };
        }
        at += 1;
        if source[start..].starts_with("\"\"\"") {
            parted.push_str(&source[from..at]);
            parted.push(' ');
            from = at;
        }
    }
    (from > 0).then(|| parted + &source[from..])
}

/// An expression where no quotes can stand: behind `when`, `if`, `until` and `expect`.
pub(super) fn condition(source: &str) -> String {
    source.replace(['\n', '\r'], " ")
}

/// What stands in an expression outside of all brackets and texts.
#[derive(Default)]
struct Open {
    bound: bool,
    brace: bool,
    modifier: bool,
    separator: bool,
}

/// Looks at what is outside of brackets and texts; `None` when they do not close, or where a
/// letter stands that tau does not have.
fn fenced(source: &str) -> Option<Open> {
    let bytes = source.as_bytes();
    let mut found = Open::default();
    let mut closers = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        let outside = closers.is_empty();
        at += 1;
        match byte {
            b'"' | b'\'' => {
                while *bytes.get(at)? != byte {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'(' => closers.push(b')'),
            b'[' => closers.push(b']'),
            b'{' => {
                found.brace |= outside;
                closers.push(b'}');
            }
            b')' | b']' | b'}' => {
                closers.pop().filter(|closer| *closer == byte)?;
            }
            b'#' | b';' | b'&' => return None,
            b'|' if next == Some(b'|') => return None,
            b'=' | b'!' | b'<' | b'>' if next == Some(b'=') => at += 1,
            b',' | b':' | b'=' => found.separator |= outside,
            byte if outside && (byte.is_ascii_alphabetic() || byte == b'_') => {
                let start = at - 1;
                while bytes
                    .get(at)
                    .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
                {
                    at += 1;
                }
                found.modifier |= MODIFIERS.contains(&&source[start..at]);
                found.bound |= BOUNDS.contains(&&source[start..at]);
            }
            _ => {}
        }
    }
    closers.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::{is_bare, readable};

    #[test]
    fn what_can_stand_bare() {
        for source in [
            "a.b",
            "a or b",
            "not a",
            "f(x, y=1)",
            "a[\"}\"]",
            "(1)",
            "a == 'it #'",
        ] {
            assert!(is_bare(source), "{source}");
        }
        for source in [
            "5",
            "true",
            "[a]",
            "'x'",
            "a, b",
            "a # b",
            "a)",
            "f(",
            "a\nb",
            "a && b",
            "a = b",
            "\"x\"",
            "{'a': 1}",
            "a['x",
            "a\u{202e}",
        ] {
            assert!(!is_bare(source), "{source}");
        }
    }

    #[test]
    fn conditions_are_changed_where_tau_would_read_something_else() {
        for (source, wanted) in [
            ("a or when.b", "(a or when.b)"),
            ("a in {'b': 1}", "(a in {'b': 1})"),
            ("{}", "({})"),
            ("a, b", "(a, b)"),
            ("retry", "(retry)"),
            ("\"\"\"\"", "\"\" \"\""),
            ("a == \"\"\"b\" ~ '\"\"\"'", "a == \"\" \"b\" ~ '\"\"\"'"),
            ("{}[\"\"\"é\"]", "({}[\"\" \"é\"])"),
        ] {
            assert_eq!(readable(source).as_deref(), Some(wanted), "{source}");
            assert_eq!(readable(wanted), None, "{wanted}");
        }
        for source in [
            "a or b",
            "f({'b': 1}, when)",
            "a\nor b",
            "\"a\"\"\"",
            "'\"\"\"'",
        ] {
            assert_eq!(readable(source), None, "{source}");
        }
    }
}

//! Habits of other languages that make an expression unreadable.

use crate::diagnostic::Kind;
use crate::source::Span;
use crate::syntax::tree::Expr;

/// Where `wanted` stands in an expression, its texts in quotes left out.
fn outside_texts(source: &str, wanted: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in source.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(end) if c == end => quote = None,
            Some(_) => {}
            None if source[at..].starts_with(wanted) => return Some(at),
            None if c == '"' || c == '\'' => quote = Some(c),
            None => {}
        }
    }
    None
}

/// A habit of another language in an expression that could not be parsed.
pub(super) fn mistake(expr: &Expr) -> Option<(Kind, Span)> {
    let source = &expr.source.value;
    for (found, meant) in [
        ("&&", "write `and`"),
        ("||", "write `or`"),
        ("===", "write `==`"),
        ("!==", "write `!=`"),
        ("?.", "write `.`: what is absent is passed over"),
        ("??", "write `or`"),
        (
            "${",
            "write `{{ … }}` in a text; outside of one write the name alone",
        ),
    ] {
        if let Some(at) = outside_texts(source, found) {
            let kind = Kind::LikelyMistake {
                found: found.to_owned(),
                meant: meant.to_owned(),
            };
            return Some((kind, expr.source.span(at, at + found.len())));
        }
    }
    if source.starts_with('!') {
        let kind = Kind::LikelyMistake {
            found: "!".to_owned(),
            meant: "write `not`".to_owned(),
        };
        return Some((kind, expr.source.span(0, 1)));
    }
    // `path "x"`: a name and a value side by side.
    let name = source
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|end| *end > 0)?;
    if source[name..].trim_start().starts_with('"') {
        let kind = Kind::Syntax {
            found: format!("`{}` and a text side by side", &source[..name]),
            expected: "a `:` or a `,` between them".to_owned(),
        };
        return Some((kind, expr.source.at.0));
    }
    None
}

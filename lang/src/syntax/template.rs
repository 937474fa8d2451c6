//! Finding the `{{ expr }}` in a text.

use super::text::Text;
use super::tree::{Expr, Piece, Template, Value, ValueKind};
use crate::source::{At, Span};

/// A `{{` without its `}}`, or one with nothing in it: where, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// The `{{`, or the whole of an empty `{{ }}`.
    pub span: Span,
    /// Whether it is empty, rather than unclosed.
    pub empty: bool,
}

/// The value of a decoded text: an expression when it is one `{{ expr }}` and nothing else,
/// otherwise a template.
///
/// # Errors
/// The first `{{` that is not closed or is empty.
pub fn value(text: &Text) -> Result<Value, TemplateError> {
    let template = split(text)?;
    let kind = match <[Piece; 1]>::try_from(template.pieces) {
        Ok([Piece::Expr(expr)]) => ValueKind::Expr(expr),
        Ok(pieces) => ValueKind::Text(Template {
            pieces: pieces.into(),
        }),
        Err(pieces) => ValueKind::Text(Template { pieces }),
    };
    Ok(Value { kind, at: text.at })
}

/// An expression that may, but need not, stand in `{{ }}`, as after `until:` in YAML.
#[must_use]
pub fn bare(text: &Text) -> Expr {
    let whole = text.value.trim();
    let inner = whole
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"))
        .filter(|rest| close(rest).is_none());
    let from = match inner {
        Some(inner) => inner,
        None => whole,
    }
    .trim();
    // INVARIANT: `from` is a part of `text.value`, so the difference of addresses is its offset.
    let start = from.as_ptr() as usize - text.value.as_ptr() as usize;
    Expr::new(text.slice(start, start + from.len()))
}

fn split(text: &Text) -> Result<Template, TemplateError> {
    let value = &text.value;
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(open) = value[at..].find("{{").map(|found| at + found) {
        if open > at {
            pieces.push(Piece::Literal(value[at..open].to_owned()));
        }
        let inner = open + 2;
        let Some(length) = close(&value[inner..]) else {
            return Err(TemplateError {
                span: text.span(open, inner),
                empty: false,
            });
        };
        let body = &value[inner..inner + length];
        let trimmed = body.trim();
        if trimmed.is_empty() {
            return Err(TemplateError {
                span: text.span(open, inner + length + 2),
                empty: true,
            });
        }
        let start = inner + (body.len() - body.trim_start().len());
        let source = text.slice(start, start + trimmed.len());
        pieces.push(Piece::Expr(Expr::new(source)));
        at = inner + length + 2;
    }
    if at < value.len() {
        pieces.push(Piece::Literal(value[at..].to_owned()));
    }
    Ok(Template { pieces })
}

/// The offset of the `}}` that closes an expression; quotes and nested braces hide theirs.
fn close(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'') => {
                at += 1;
                while at < bytes.len() && bytes[at] != quote {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'{' => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            b'}' if bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// A literal text as a value, for nodes that no file wrote.
#[must_use]
pub fn literal(text: &str) -> Value {
    let pieces = match text {
        "" => Vec::new(),
        text => vec![Piece::Literal(text.to_owned())],
    };
    Value {
        kind: ValueKind::Text(Template { pieces }),
        at: At::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    fn text(value: &str) -> Text {
        Text::verbatim(value, Span::new(SourceId(0), 0, value.len()))
    }

    fn shown(source: &str) -> String {
        match value(&text(source)) {
            Ok(Value { kind, .. }) => match kind {
                ValueKind::Expr(expr) => format!("expr {}", expr.source.value),
                ValueKind::Text(template) => template
                    .pieces
                    .iter()
                    .map(|piece| match piece {
                        Piece::Literal(text) => format!("'{text}'"),
                        Piece::Expr(expr) => format!("<{}>", expr.source.value),
                    })
                    .collect(),
                other => format!("{other:?}"),
            },
            Err(error) => format!("error at {} empty={}", error.span.start, error.empty),
        }
    }

    #[test]
    fn pieces() {
        assert_eq!(shown("fix: {{ a.b }}!"), "'fix: '<a.b>'!'");
        assert_eq!(shown("{{ a or b }}"), "expr a or b");
        assert_eq!(shown(""), "");
        assert_eq!(shown("{{ '}}' }}x"), "<'}}'>'x'");
        assert_eq!(shown("{{ {'a': {'b': 1}} }}x"), "<{'a': {'b': 1}}>'x'");
        assert_eq!(shown("a }} b"), "'a }} b'");
    }

    #[test]
    fn broken_ones_are_located() {
        assert_eq!(shown("ab{{ c"), "error at 2 empty=false");
        assert_eq!(shown("ab{{  }}"), "error at 2 empty=true");
        assert_eq!(shown("{{ 'a }}"), "error at 0 empty=false");
    }

    #[test]
    fn braces_around_a_bare_expression_are_optional() {
        assert_eq!(bare(&text(" green.passed ")).source.value, "green.passed");
        assert_eq!(
            bare(&text("{{ green.passed }}")).source.value,
            "green.passed"
        );
        assert_eq!(
            bare(&text("{{ a }} and {{ b }}")).source.value,
            "{{ a }} and {{ b }}"
        );
    }
}

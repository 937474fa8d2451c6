//! Values and texts.

use std::fmt::Write as _;

use super::expr::{is_bare, is_bare_in_head};
use crate::syntax::letters::is_unsafe;
use crate::syntax::tree::{Ident, Piece, Template, Value, ValueKind};

/// Longer texts of several lines are written as blocks.
const LONG: usize = 60;

/// A value that may have several lines, all but its first behind `indent` spaces.
pub(super) fn value(value: &Value, indent: usize) -> String {
    match &value.kind {
        ValueKind::Text(template) if is_block(template) => block(&source(template), indent),
        _ => inline(value),
    }
}

/// A value in one line.
pub(in crate::format) fn inline(value: &Value) -> String {
    match &value.kind {
        ValueKind::Literal(literal) => literal.raw.clone(),
        ValueKind::Text(template) => quoted(&source(template)),
        ValueKind::Expr(expr) if is_bare(&expr.source.value) => expr.source.value.clone(),
        ValueKind::Expr(expr) => quoted(&braced(&expr.source.value)),
        ValueKind::List(values) => format!("[{}]", joined(values)),
        ValueKind::Map(entries) => map(entries),
    }
}

/// A value in front of the `{` of a block, or where only one word may stand bare.
pub(super) fn short(value: &Value) -> String {
    match &value.kind {
        ValueKind::Expr(expr) if !is_name(&expr.source.value) || !is_bare(&expr.source.value) => {
            quoted(&braced(&expr.source.value))
        }
        _ => inline(value),
    }
}

/// The list of a `for`, in front of its bounds and its block.
pub(super) fn items(value: &Value) -> String {
    match &value.kind {
        ValueKind::Expr(expr) if !is_bare_in_head(&expr.source.value) => {
            quoted(&braced(&expr.source.value))
        }
        _ => inline(value),
    }
}

/// One scope of a grant.
pub(super) fn scope(value: &Value) -> String {
    inline(value)
}

/// Several values in one line.
pub(super) fn joined(values: &[Value]) -> String {
    let values: Vec<String> = values.iter().map(inline).collect();
    values.join(", ")
}

/// A map in one line.
pub(super) fn map(entries: &[(Ident, Value)]) -> String {
    if entries.is_empty() {
        return "{}".to_owned();
    }
    let entries: Vec<String> = entries
        .iter()
        .map(|(key, value)| match is_name(&key.text) {
            true => format!("{key}: {}", inline(value)),
            false => format!("{}: {}", quoted(&key.text), inline(value)),
        })
        .collect();
    format!("{{ {} }}", entries.join(", "))
}

/// Whether `text` is a name that needs no quotes.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Whether a text, or the value that holds it, takes several lines.
pub(super) fn has_block(value: &Value) -> bool {
    matches!(&value.kind, ValueKind::Text(template) if is_block(template))
}

fn is_block(template: &Template) -> bool {
    let mut pieces = template.pieces.iter();
    let has_lines = pieces.any(|piece| match piece {
        Piece::Literal(text) => text.contains('\n'),
        Piece::Expr(expr) => expr.source.value.contains('\n'),
    });
    has_lines && {
        let source = source(template);
        source.ends_with('\n') || source.len() > LONG
    }
}

/// The text with its expressions in braces.
fn source(template: &Template) -> String {
    let mut source = String::new();
    for piece in &template.pieces {
        match piece {
            Piece::Literal(text) => source.push_str(text),
            Piece::Expr(expr) => source.push_str(&braced(&expr.source.value)),
        }
    }
    source
}

fn braced(expr: &str) -> String {
    ["{{ ", expr, " }}"].concat()
}

/// A text in one line.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        return ["\"", text, "\""].concat();
    }
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            letter => push(&mut quoted, letter),
        }
    }
    quoted.push('"');
    quoted
}

/// A text between lines of `"""`, each line behind `indent` spaces, which are not part of it.
fn block(text: &str, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let mut block = String::from("\"\"\"");
    for line in text.split('\n') {
        block.push('\n');
        if !line.is_empty() {
            block.push_str(&pad);
        }
        let mut rest = line;
        while let Some(letter) = rest.chars().next() {
            let quotes = rest.len() - rest.trim_start_matches('"').len();
            match quotes {
                0 => push(&mut block, letter),
                1 | 2 => block.push_str(&rest[..quotes]),
                _ => block.push_str(&"\\\"".repeat(quotes)),
            }
            rest = &rest[quotes.max(letter.len_utf8())..];
        }
    }
    let _ = write!(block, "\n{pad}\"\"\"");
    block
}

fn push(text: &mut String, letter: char) {
    match letter {
        '\\' => text.push_str("\\\\"),
        '\r' => text.push_str("\\r"),
        letter if is_unsafe(letter) => {
            let _ = write!(text, "\\u{{{:x}}}", u32::from(letter));
        }
        letter => text.push(letter),
    }
}

//! Texts as YAML scalars: plain where that reads back the same, quoted where it must be.

use std::fmt::Write as _;

use crate::syntax::letters::is_unsafe;
use crate::syntax::literal;

/// A text in one line; `flow` when it stands between brackets.
pub(super) fn scalar(text: &str, flow: bool) -> String {
    if is_plain(text) && !(flow && text.contains([',', '[', ']', '{', '}'])) {
        return text.to_owned();
    }
    let single = text.contains(['"', '\\'])
        && !text.contains('\'')
        && !text.chars().any(|c| c.is_control() || is_escaped(c));
    match single {
        true => format!("'{text}'"),
        false => double(text),
    }
}

/// A key in one line: names and paths need no quotes.
pub(super) fn key(text: &str) -> String {
    let simple = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let plain = text.bytes().all(|b| simple(b) || b"./-".contains(&b));
    match plain && text.bytes().next().is_some_and(simple) {
        true => text.to_owned(),
        false => double(text),
    }
}

/// The lines of a text that can be a `|` block, and the block's header.
pub(super) fn block(text: &str) -> Option<(&'static str, Vec<&str>)> {
    let (header, body) = match text.strip_suffix('\n') {
        Some(body) => ("|", body),
        None => ("|-", text),
    };
    let wrong = |line: &str| !line.is_empty() && line.trim().is_empty();
    let fits = text.contains('\n')
        && !text.starts_with(['\n', ' ', '\t'])
        && !body.ends_with('\n')
        && !text.contains('\r')
        && !text.chars().any(is_escaped)
        && !body.split('\n').any(wrong);
    fits.then(|| (header, body.split('\n').collect()))
}

/// Whether the letters stand for themselves outside of brackets.
fn is_plain(text: &str) -> bool {
    const FIRST: &[char] = &[
        '-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@',
        '`',
    ];
    !text.is_empty()
        && !text.starts_with(FIRST)
        && !text.starts_with("...")
        && text.trim() == text
        && !text.contains("{{")
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        && !text.chars().any(|c| c.is_control() || is_escaped(c))
        && !matches!(text, "~" | "null")
        && literal::parse(text).is_none()
}

/// Letters that stand in a file as escapes only: unsafe ones, and those that some readers take
/// for line breaks or marks.
fn is_escaped(letter: char) -> bool {
    is_unsafe(letter) || matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn double(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            letter if is_escaped(letter) => {
                let _ = match u32::from(letter) {
                    code @ 0..=0xff => write!(quoted, "\\x{code:02x}"),
                    code @ 0x100..=0xffff => write!(quoted, "\\u{code:04x}"),
                    code => write!(quoted, "\\U{code:08x}"),
                };
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

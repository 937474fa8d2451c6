//! JSON for programs that may well be read on a terminal.

use std::fmt::Write;

use serde::Serialize;

use super::sanitize::is_hazard;

/// One document, over several lines.
pub(crate) fn document(value: &impl Serialize) -> String {
    finish(serde_json::to_string_pretty(value))
}

/// One event, on one line.
pub(crate) fn line(value: &impl Serialize) -> String {
    finish(serde_json::to_string(value))
}

fn finish(json: serde_json::Result<String>) -> String {
    // What is serialised here are plain structs with text keys, which cannot fail. Should one
    // ever, the reader gets a document that says so instead of a truncated one.
    let json = json.unwrap_or_else(|error| {
        serde_json::json!({ "schema": "tau.error/1", "message": error.to_string() }).to_string()
    });
    escape(&json)
}

/// The same document, with the characters that could steer a terminal written as `\uXXXX`.
///
/// INVARIANT: such characters stand only inside of strings, where the escape means the same;
/// JSON's own layout is newlines and spaces.
fn escape(json: &str) -> String {
    let mut safe = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if is_hazard(c) && c != '\n' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    safe.push('\n');
    safe
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    #[test]
    fn it_means_the_same_and_steers_nothing() {
        let value = json!({ "a\u{202e}": "x\u{1b}\u{9b}\u{7f}\u{e0041}\n\t\"é", "b": [1, null] });
        for text in [super::document(&value), super::line(&value)] {
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
            assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{7f}', '\u{202e}', '\u{e0041}']));
            assert!(text.ends_with("}\n"));
        }
        assert_eq!(super::line(&value).lines().count(), 1);
    }
}

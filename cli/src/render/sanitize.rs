//! Nothing that came from a repository, a model or the network is printed raw to a terminal.

use std::borrow::Cow;
use std::path::Path;

/// `text` with everything that could steer a terminal or hide text shown as a visible escape
/// such as `\u{1b}`. Newlines and tabs stay.
pub(crate) fn sanitize(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c == '\n' || c == '\t')
}

/// As [`sanitize`], for what must stay on one line: newlines and tabs are escaped too.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    escaped(text, |_| false)
}

/// A path for people; bytes that are not UTF-8 appear as `�`.
pub(crate) fn path(path: &Path) -> String {
    match one_line(&path.to_string_lossy()).into_owned() {
        empty if empty.is_empty() => ".".to_owned(),
        path => path,
    }
}

/// Whether `c` could steer a terminal, reorder the text around it, or take no visible room.
pub(crate) fn is_hazard(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Bidirectional controls.
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // Line and paragraph separators, which some terminals and editors break lines at.
            | '\u{2028}' | '\u{2029}'
            // Invisible ones: zero width, joiners' relatives, fillers, the byte order mark, tags.
            | '\u{00ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The visible form of one character.
pub(crate) fn escape(c: char) -> String {
    match c {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        c => format!("\\u{{{:x}}}", u32::from(c)),
    }
}

fn escaped(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let bad = |c: char| is_hazard(c) && !keep(c);
    if !text.contains(bad) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if bad(c) {
            clean.push_str(&escape(c));
        } else {
            clean.push(c);
        }
    }
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{one_line, path, sanitize};

    #[test]
    fn harmless_text_is_not_copied() {
        assert!(matches!(
            sanitize("a\tb\nç 漢 👩‍💻"),
            Cow::Borrowed("a\tb\nç 漢 👩‍💻")
        ));
    }

    #[test]
    fn what_steers_a_terminal_becomes_visible() {
        assert_eq!(
            sanitize("a\u{1b}[31mred\r\u{7}"),
            "a\\u{1b}[31mred\\r\\u{7}"
        );
        assert_eq!(
            sanitize("c1 \u{9b}2J del \u{7f}"),
            "c1 \\u{9b}2J del \\u{7f}"
        );
    }

    #[test]
    fn what_reorders_or_hides_text_becomes_visible() {
        assert_eq!(sanitize("a\u{202e}b\u{2066}c"), "a\\u{202e}b\\u{2066}c");
        assert_eq!(sanitize("x\u{200b}y\u{feff}z"), "x\\u{200b}y\\u{feff}z");
    }

    #[test]
    fn one_line_stays_one_line() {
        assert_eq!(one_line("a\nb\tc\u{2028}d"), "a\\nb\\tc\\u{2028}d");
    }

    #[test]
    fn the_empty_path_is_here() {
        assert_eq!(path(std::path::Path::new("")), ".");
    }
}

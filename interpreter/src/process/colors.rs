//! Colours in what commands write.

use std::borrow::Cow;

/// `text` without the sequences that only choose how it looks (SGR of ECMA-48: `ESC [ … m`). All
/// others stay, for whoever shows the text to make visible.
#[must_use]
pub fn without_colors(text: &str) -> Cow<'_, str> {
    const BEGIN: &str = "\u{1b}[";
    if !text.contains(BEGIN) {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split(BEGIN);
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit() && !matches!(c, ';' | ':'));
        match end.filter(|at| part[*at..].starts_with('m')) {
            Some(at) => clean.push_str(&part[at + 1..]),
            None => {
                clean.push_str(BEGIN);
                clean.push_str(part);
            }
        }
    }
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_are_left_out() {
        for (text, clean) in [
            ("plain", "plain"),
            (
                "\u{1b}[31mred\u{1b}[0m, \u{1b}[1;38:5:200mbold",
                "red, bold",
            ),
            ("\u{1b}[m", ""),
            ("\u{1b}[2Jm", "\u{1b}[2Jm"),
            ("\u{1b}[31", "\u{1b}[31"),
            ("\u{1b}]0;title\u{7}", "\u{1b}]0;title\u{7}"),
        ] {
            assert_eq!(without_colors(text), clean);
        }
    }
}

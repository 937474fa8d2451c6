//! Letters that mislead or that no text has.

/// Whether `letter` changes the direction in which a reader sees the text, or controls a
/// terminal. None may stand in a file as itself; a text may hold one as an escape.
#[must_use]
pub fn is_unsafe(letter: char) -> bool {
    let bidi = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}');
    let control = letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    bidi || control
}

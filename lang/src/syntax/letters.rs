//! Letters that mislead or that no text has.

/// Whether `letter` changes the direction in which a reader sees the text, is not seen at all, or
/// controls a terminal. None may stand in a file as itself; a text may hold one as an escape.
///
/// The joiners U+200C and U+200D are not seen either, but the spelling of some languages needs them.
#[must_use]
pub fn is_unsafe(letter: char) -> bool {
    let bidi = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}');
    let invisible = matches!(letter, '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
    let control = letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    bidi || invisible || control
}

/// The letters of a file that may not stand in it, with their places. A return that ends no line
/// is one: some show it as a line's end, which it is not.
pub(super) fn unsafe_letters(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let ends_line = |at: usize| text[at + 1..].starts_with('\n');
    // Nearly all letters of nearly all files are these, so only the others are looked at closely.
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    let others = text
        .bytes()
        .enumerate()
        .filter(move |(_, it)| !is_plain(it));
    others
        .filter_map(|(at, _)| Some((at, text.get(at..)?.chars().next()?)))
        .filter(move |(at, letter)| match letter {
            '\r' => !ends_line(*at),
            letter => is_unsafe(*letter),
        })
}

//! `hidden-text`

use super::{Found, Rule, Verdict};

pub(super) const RULE: Rule = Rule {
    name: "hidden-text",
    verdict: Verdict::Unsafe,
    about: "has letters that a page does not show, or that turn a text around: what a person reads is not what a program is given",
    found: &[
        "Fix the typo.\u{e0041}\u{e0042}",
        "The check `if \u{202e}admin\u{2066}` is wrong.",
        "Plain\u{200b}\u{200c}\u{200b}\u{200b}\u{200c} words",
    ],
    harmless: &[
        "The family emoji 👨\u{200d}👩\u{200d}👧 is cut in half by `truncate`.",
        "`U+202E` is not stripped from file names.",
        "A single zero\u{200b}width space breaks the parser.",
    ],
    find: |reading| {
        let parts = reading.parts.iter();
        parts
            .filter_map(|part| {
                let at = hidden(part.text)?;
                Some(Found {
                    place: part.place,
                    at,
                })
            })
            .collect()
    },
};

/// How many letters without a width stand together by no accident.
const RUN: usize = 4;

/// Where something hidden begins and ends.
fn hidden(text: &str) -> Option<std::ops::Range<usize>> {
    let mut run = 0;
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        match letter {
            // Tags, which spell whole texts, and marks that turn the order around.
            '\u{e0020}'..='\u{e007e}' if !is_flag(&text[..at]) => return Some(at..end),
            '\u{202d}' | '\u{202e}' | '\u{2066}'..='\u{2068}' => return Some(at..end),
            '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {
                if run == 0 {
                    start = at;
                }
                run += 1;
                if run == RUN {
                    return Some(start..end);
                }
            }
            _ => run = 0,
        }
    }
    None
}

/// Whether a tag belongs to the flag of a region, such as that of Scotland.
fn is_flag(before: &str) -> bool {
    let before = before.trim_end_matches(|c: char| ('\u{e0020}'..='\u{e007f}').contains(&c));
    before.ends_with('\u{1f3f4}')
}

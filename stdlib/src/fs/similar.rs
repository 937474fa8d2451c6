//! Finding the lines that a caller probably meant when its text does not occur.

use std::collections::HashMap;

use serde::Serialize;

/// How alike two lines must be, from 0 to 1, to be worth showing.
const GOOD: f64 = 0.6;
/// The longest piece shown, in lines.
const LINES_SHOWN: usize = 20;
/// Lines are compared up to this many characters.
const CHARS_COMPARED: usize = 200;
/// A longer piece, in bytes, helps nobody to send it again.
const LONGEST: usize = 10_000;
/// Only this many lines of a file are compared.
const LINES_COMPARED: usize = 50_000;

/// A piece of a file that is like the text that was looked for.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Similar {
    /// Its first line, from 1.
    pub(super) line: usize,
    /// Its last line.
    pub(super) last_line: usize,
    /// Its text, exactly; at most 20 lines of it.
    pub(super) text: String,
    /// Whether it differs in nothing but white space and line ends.
    pub(super) only_white_space: bool,
}

/// The piece of `text` that is most like `wanted`, if one is like it at all.
pub(super) fn nearest(text: &str, wanted: &str) -> Option<Similar> {
    let lines: Vec<&str> = text.split_inclusive('\n').take(LINES_COMPARED).collect();
    let sought: Vec<String> = wanted.lines().map(squeeze).collect();
    // Lines without anything but white space say nothing about where the piece stands.
    let first = sought.iter().position(|line| !line.is_empty())?;
    let last = sought.iter().rposition(|line| !line.is_empty())?;
    let sought = &sought[first..=last];
    let squeezed: Vec<String> = lines.iter().map(|line| squeeze(line)).collect();

    let same = squeezed
        .windows(sought.len())
        .position(|window| window == sought);
    let (start, only_white_space) = match same {
        Some(start) => (start, true),
        None => (most_alike(&squeezed, sought)?, false),
    };
    let end = (start + sought.len().min(LINES_SHOWN)).min(lines.len());
    let piece = Similar {
        line: start + 1,
        last_line: end,
        text: lines[start..end].concat(),
        only_white_space,
    };
    (piece.text.len() <= LONGEST).then_some(piece)
}

/// Where the piece would begin if its longest line stood at the line most like it.
fn most_alike(lines: &[String], sought: &[String]) -> Option<usize> {
    let (offset, anchor) = sought
        .iter()
        .enumerate()
        .max_by_key(|(_, line)| line.len())?;
    let pairs = pairs_of(anchor);
    let mut best = (GOOD, None);
    for (at, line) in lines.iter().enumerate() {
        let score = likeness(&pairs, line);
        if score > best.0 {
            best = (score, Some(at.saturating_sub(offset)));
        }
    }
    best.1
}

/// The line with every run of white space made one space.
fn squeeze(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

type Pairs = HashMap<(char, char), usize>;

fn pairs_of(line: &str) -> Pairs {
    let mut pairs = Pairs::new();
    let chars = || line.chars().take(CHARS_COMPARED);
    for pair in chars().zip(chars().skip(1)) {
        *pairs.entry(pair).or_default() += 1;
    }
    pairs
}

/// The share of neighbouring characters that two lines have in common (Sørensen and Dice).
fn likeness(a: &Pairs, line: &str) -> f64 {
    let b = pairs_of(line);
    let total = a.values().sum::<usize>() + b.values().sum::<usize>();
    let common: usize = b
        .iter()
        .map(|(pair, &n)| n.min(a.get(pair).copied().unwrap_or(0)))
        .sum();
    if total == 0 {
        0.0
    } else {
        2.0 * common as f64 / total as f64
    }
}

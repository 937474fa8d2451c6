//! Phrases as the rules write them: `all|every? users|accounts` is `all users`, `every accounts`
//! and `users`.

use std::ops::Range;

use super::super::prose::{Clause, Kind};

/// Phrases, any of which may be meant. In each, `|` stands between words that may be there, `~` in one
/// that is several (`turn~off`), and a `?` behind words that need not be there, or may be repeated.
pub(super) type Phrases = &'static [&'static str];

/// How many words at a place are one of these phrases; the longest counts.
pub(super) fn any_at(clause: &Clause, at: usize, phrases: Phrases) -> Option<usize> {
    let found = phrases
        .iter()
        .filter_map(|phrase| at_place(clause, at, phrase));
    found.max()
}

/// Where the first of these phrases stands in a clause.
pub(super) fn find(clause: &Clause, phrases: Phrases) -> Option<Range<usize>> {
    (0..clause.words.len()).find_map(|at| {
        let length = any_at(clause, at, phrases)?;
        Some(at..at + length)
    })
}

/// Whether all these words are such phrases.
pub(super) fn all_of(clause: &Clause, words: Range<usize>, phrases: Phrases) -> bool {
    let mut at = words.start;
    while at < words.end {
        let is_number = clause.word(at).chars().all(|c| c.is_ascii_digit());
        match any_at(clause, at, phrases) {
            Some(length) if at + length <= words.end => at += length,
            _ if is_number => at += 1,
            _ => return false,
        }
    }
    true
}

/// Whether a word is one of these.
pub(super) fn is_any(word: &str, words: &[&str]) -> bool {
    words.contains(&word)
}

/// How many words at a place are this phrase, at most.
fn at_place(clause: &Clause, at: usize, phrase: &str) -> Option<usize> {
    let end = longest(clause, at, phrase)?;
    (end > at).then_some(end - at)
}

/// Where the longest way ends in which the words from `at` on are these parts of a phrase.
fn longest(clause: &Clause, at: usize, parts: &str) -> Option<usize> {
    if parts.is_empty() {
        return Some(at);
    }
    let (part, rest) = parts.split_once(' ').unwrap_or((parts, ""));
    let (part, optional) = match part.strip_suffix('?') {
        Some(part) => (part, true),
        None => (part, false),
    };
    let ends = part
        .split('|')
        .filter_map(|words| spelled(clause, at, words));
    // What may be left out may also stand there several times: `all our old`.
    let next = |end: usize| longest(clause, end, if optional { parts } else { rest });
    let taken = ends.filter_map(next).max();
    let left_out = if optional {
        longest(clause, at, rest)
    } else {
        None
    };
    taken.max(left_out)
}

/// Where these words end that have `~` between them, if they stand at a place.
fn spelled(clause: &Clause, at: usize, words: &str) -> Option<usize> {
    let is = |at: usize, spelled: &str| {
        clause.words.get(at).is_some_and(|word| {
            // What stands between backticks is shown, unless the phrase is such a name itself.
            let is_shown = word.at.len() > word.text.len() && !spelled.contains(['.', '_', '/']);
            let is_kind = match word.kind {
                Kind::Plain | Kind::Mark => true,
                Kind::Code => !is_shown,
                Kind::Quote | Kind::Address => false,
            };
            is_kind && spelled.eq_ignore_ascii_case(&word.text)
        })
    };
    if words.starts_with('~') || !words.contains('~') {
        return is(at, words).then_some(at + 1);
    }
    let mut end = at;
    for word in words.split('~') {
        if !is(end, word) {
            return None;
        }
        end += 1;
    }
    Some(end)
}

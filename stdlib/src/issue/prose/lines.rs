//! The lines of a text: what is code, what is quoted, where a paragraph ends.

use std::ops::Range;

use super::inline::Reader;
use super::section::{self, Section};
use super::{Clause, Prose};

/// How long a line may be that is a label of what follows, in words.
const LABEL: usize = 5;

/// Reads a whole text.
pub(super) fn read(text: &str) -> Prose {
    let mut prose = Prose {
        hidden: comments(text),
        ..Prose::default()
    };
    let mut fence: Option<(&str, usize)> = None;
    let mut section = Section::Free;
    // Of one line, under a label with a text behind it.
    let mut reader = Reader::new(text, section);
    let mut is_blank = true;
    let mut in_list = false;
    // A blank line between a colon and its code block changes nothing.
    let mut colon = false;
    for (start, line) in lines(text) {
        let trimmed = line.trim();
        if let Some((mark, from)) = fence {
            if trimmed.starts_with(mark) && trimmed.trim_matches(['`', '~']).is_empty() {
                prose.blocks.push(from..start);
                fence = None;
            }
            continue;
        }
        if let Some(mark) = ["```", "~~~"]
            .into_iter()
            .find(|it| trimmed.starts_with(it))
        {
            let before = reader.end(&mut prose.clauses) || colon;
            colon = false;
            let from = start + line.len() + 1;
            if before {
                follow(&mut prose.clauses, text, from, mark);
            }
            fence = Some((mark, from.min(text.len())));
            is_blank = false;
            continue;
        }
        if trimmed.is_empty() {
            colon |= reader.end(&mut prose.clauses);
            is_blank = true;
            continue;
        }
        colon = false;
        let indent = line.len() - line.trim_start().len();
        let is_tab = line.starts_with('\t');
        if is_blank && !in_list && (indent >= 4 || is_tab) {
            prose.blocks.push(start..start + line.len());
            continue;
        }
        if trimmed.starts_with('>') {
            reader.end(&mut prose.clauses);
            is_blank = false;
            continue;
        }
        let from = start + indent;
        if let Some(heading) = heading(trimmed) {
            reader.end(&mut prose.clauses);
            section = section::of(heading);
            in_list = false;
            reader = Reader::new(text, section);
            let at = from + (trimmed.len() - heading.len());
            reader.read(at..from + trimmed.len(), &mut prose);
            reader.end(&mut prose.clauses);
            is_blank = false;
            continue;
        }
        if let Some(label) = label(trimmed) {
            reader.end(&mut prose.clauses);
            section = section::of(label);
            in_list = false;
        }
        let (marker, open) = marker(trimmed);
        if marker > 0 {
            reader.end(&mut prose.clauses);
            in_list = true;
        } else if indent == 0 && is_blank {
            in_list = false;
        }
        if reader.is_at_start() {
            let own = prefix(trimmed).map_or(section, section::of);
            let of_line = match own {
                Section::Told => own,
                Section::Free => section,
            };
            reader = Reader::new(text, of_line);
            reader.item = (marker > 0).then_some(open);
        }
        reader.read(from + marker..from + trimmed.len(), &mut prose);
        is_blank = false;
    }
    reader.end(&mut prose.clauses);
    if let Some((_, from)) = fence {
        prose.blocks.push(from..text.len());
    }
    prose
}

/// Each line with its place, without its end.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split('\n').map(move |line| {
        let start = at;
        at += line.len() + 1;
        (start, line.trim_end_matches('\r'))
    })
}

/// The insides of all comments.
fn comments(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("<!--").map(|it| at + it + 4) {
        let end = text[start..]
            .find("-->")
            .map_or(text.len(), |it| start + it);
        found.push(start..end);
        at = (end + 3).min(text.len());
    }
    found
}

/// The last clause is followed by the block that begins here.
fn follow(clauses: &mut [Clause], text: &str, from: usize, mark: &str) {
    let rest = text.get(from..).unwrap_or_default();
    let end = rest.find(&format!("\n{mark}")).unwrap_or(rest.len());
    if let Some(last) = clauses.last_mut() {
        last.block = Some(from..from + end);
    }
}

/// The text of a heading.
fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    let is_heading = text.len() < line.len() && text.starts_with([' ', '\t']);
    is_heading.then(|| text.trim_start())
}

/// The text of a line that only says what follows: `**Steps**`, `Steps to reproduce:`.
fn label(line: &str) -> Option<&str> {
    let is_bold = ["**", "__"]
        .iter()
        .any(|mark| line.starts_with(mark) && line.trim_end_matches(':').ends_with(mark));
    let is_short = line.split_whitespace().count() <= LABEL;
    let is_item = marker(line).0 > 0;
    (is_short && !is_item && (is_bold || line.ends_with(':'))).then_some(line)
}

/// What stands before the first colon of a line with more behind it: `Actual: it prints 3`.
fn prefix(line: &str) -> Option<&str> {
    let (before, _) = line.split_once(": ").or_else(|| line.split_once(":** "))?;
    (before.split_whitespace().count() <= LABEL).then_some(before)
}

/// How many bytes the mark of a list's item takes, with its box, and whether that is open.
fn marker(line: &str) -> (usize, bool) {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mark = match line[digits..].chars().next() {
        Some('.' | ')') if digits > 0 && digits < 4 => digits + 1,
        Some('-' | '*' | '+' | '•') if digits == 0 => {
            line.chars().next().map_or(0, char::len_utf8)
        }
        _ => return (0, false),
    };
    let rest = &line[mark..];
    let text = rest.trim_start();
    if text.len() == rest.len() {
        return (0, false);
    }
    let marker = line.len() - text.len();
    let boxed = ["[ ] ", "[x] ", "[X] "]
        .into_iter()
        .find(|it| text.starts_with(it));
    (marker + boxed.map_or(0, str::len), boxed == Some("[ ] "))
}

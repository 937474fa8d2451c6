//! A file whole, or, when that is too much, the parts of it that matter: the lines that a failure names, and what
//! is called there as the goal and the failure call it.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::Source;
use super::rank::{self, Ranked};

/// How many lines are shown around one that a failure names, and around one that uses a word.
const AROUND: usize = 40;
const USE: usize = 8;

/// The most bytes that the numbers of a part take, and the end of its last line.
const HEAD: usize = 60;

/// The most lines of a definition.
const BODY: usize = 160;

/// A word that stands in more lines than these says nothing about one of them.
const COMMON: usize = 12;

/// What is shown of a file within so many bytes; `None` when nothing of it fits.
pub(super) fn shown(file: &Ranked, goal: &str, failure: &str, room: usize) -> Option<Source> {
    if file.text.len() + file.path.len() <= room {
        return Some(Source {
            path: file.path.clone(),
            text: file.text.clone(),
            parts: Vec::new(),
        });
    }
    let lines: Vec<&str> = file.text.split_inclusive('\n').collect();
    let mut shown = Shown::none(&lines);
    let room = room.checked_sub(file.path.len())?;
    for line in named(&file.path, failure) {
        if line <= lines.len() {
            shown.add(line.saturating_sub(AROUND).max(1), line + AROUND, room);
        }
    }
    // Other files need room, too, for what is only called the same.
    for (from, to) in called(&lines, goal, failure) {
        shown.add(from, to, room / 2);
    }
    (!shown.parts.is_empty()).then(|| Source {
        path: file.path.clone(),
        text: shown.text(),
        parts: shown.parts,
    })
}

/// Parts of a file, by the numbers of their first and last lines: sorted, and with lines between them.
struct Shown<'t> {
    lines: &'t [&'t str],
    /// Where each line ends, in bytes of the file.
    ends: Vec<usize>,
    parts: Vec<(usize, usize)>,
}

impl<'t> Shown<'t> {
    fn none(lines: &'t [&'t str]) -> Shown<'t> {
        let ends = lines.iter().scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        });
        Shown {
            lines,
            ends: std::iter::once(0).chain(ends).collect(),
            parts: Vec::new(),
        }
    }

    /// Shows these lines, too, if that is not too much for so many bytes.
    fn add(&mut self, from: usize, to: usize, room: usize) {
        let before = self.parts.clone();
        self.parts.push((from, to.min(self.lines.len())));
        self.parts.sort_unstable();
        let mut joined: Vec<(usize, usize)> = Vec::new();
        for (from, to) in self.parts.drain(..) {
            match joined.last_mut() {
                Some((_, end)) if from <= *end + 1 => *end = to.max(*end),
                _ => joined.push((from, to)),
            }
        }
        self.parts = joined;
        if self.size() > room {
            self.parts = before;
        }
    }

    /// How many bytes its text has, at most.
    fn size(&self) -> usize {
        let of = |&(from, to): &(usize, usize)| self.ends[to] - self.ends[from - 1] + HEAD;
        self.parts.iter().map(of).sum()
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for &(from, to) in &self.parts {
            text.push_str(&format!("[lines {from} to {to}]\n"));
            text.push_str(&self.lines[from - 1..to].concat());
            if !text.ends_with('\n') {
                text.push('\n');
            }
        }
        text
    }
}

/// The lines of a file that a failure names, sorted: `src/a.py:12`, `File "src/a.py", line 12`.
fn named(path: &str, failure: &str) -> Vec<usize> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut lines: Vec<usize> = failure
        .match_indices(name)
        .filter_map(|(at, _)| {
            let rest = &failure[at + name.len()..];
            let rest = rest
                .strip_prefix(':')
                .or_else(|| rest.strip_prefix("\", line "))
                .or_else(|| rest.strip_prefix('('))?;
            let end = rest
                .find(|it: char| !it.is_ascii_digit())
                .unwrap_or(rest.len());
            rest[..end].parse().ok().filter(|line| *line > 0)
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// The parts of a file that define or use what is named, the rarest words first, and definitions before uses.
fn called(lines: &[&str], goal: &str, failure: &str) -> Vec<(usize, usize)> {
    let words = rank::words(goal, failure);
    let mut uses: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut found: Vec<(usize, usize, (usize, usize))> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        for word in rank::split(line).filter(|word| words.contains(word)) {
            let places = uses.entry(word).or_default();
            if places.last() != Some(&at) {
                places.push(at);
            }
        }
    }
    for (word, places) in &uses {
        for &at in places {
            let line = at + 1;
            if rank::defined(lines[at]) == Some(word) {
                let end = body(lines, at);
                // All of it, or else its beginning.
                found.push((0, places.len(), (line, end)));
                found.push((0, places.len(), (line, end.min(line + AROUND))));
            } else if places.len() <= COMMON {
                let from = line.saturating_sub(USE).max(1);
                found.push((1, places.len(), (from, line + USE)));
            }
        }
    }
    found.sort_unstable_by_key(|&(kind, count, (from, to))| (kind, count, from, Reverse(to)));
    found.into_iter().map(|(_, _, part)| part).collect()
}

/// The last line of the definition that begins at an index: what is indented further belongs to it, and what closes
/// it.
fn body(lines: &[&str], at: usize) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = indent(lines[at]);
    let mut end = at + 1;
    for (index, line) in lines.iter().enumerate().skip(at + 1).take(BODY) {
        let text = line.trim();
        if text.is_empty() {
            continue;
        }
        let closes = text.starts_with(['}', ')', ']']) && indent(line) == own;
        if indent(line) <= own && !closes {
            break;
        }
        end = index + 1;
    }
    end
}

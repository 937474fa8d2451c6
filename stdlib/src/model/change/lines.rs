//! Replacing whole lines that stand once in a file.
//!
//! Lines are compared without their ends, so a file keeps those that it has. Where they stand nowhere
//! exactly, white space at their ends is not looked at; more is not tolerated.

use tau_interpreter::action::Failure;

use crate::fs::{ambiguous, missing};

/// The text with the lines replaced.
pub(super) fn replace(
    path: &str,
    text: &str,
    after: Option<&str>,
    find: &[String],
    replace: &[String],
) -> Result<String, Failure> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let from = match after {
        Some(after) => behind(&lines, after).unwrap_or(0),
        None => 0,
    };
    let exact = |line: &str, wanted: &str| bare(line) == wanted.trim_end_matches('\r');
    let loose = |line: &str, wanted: &str| line.trim_end() == wanted.trim_end();
    let mut places = places(&lines, find, from, exact);
    if places.is_empty() {
        places = self::places(&lines, find, from, loose);
    }
    let wanted = find.join("\n");
    let place = match places.as_slice() {
        [] => return Err(missing(path, text, &wanted)),
        [place] => *place,
        // What it stands behind has said which.
        [place, ..] if from > 0 => *place,
        _ => {
            let starts: Vec<usize> = places.iter().map(|place| start(&lines, *place)).collect();
            return Err(ambiguous(path, text, &wanted, &starts));
        }
    };
    let old = &lines[place..place + find.len()];
    let ends = old.iter().chain(&lines).find_map(|line| line_end(line));
    let ends = ends.unwrap_or("\n");
    let is_last = place + find.len() == lines.len();
    let mut out = String::with_capacity(text.len());
    out.extend(lines[..place].iter().copied());
    for (index, line) in replace.iter().enumerate() {
        out.push_str(line.trim_end_matches('\r'));
        // A last line without an end keeps having none.
        let has_end = old.last().is_some_and(|line| line.ends_with('\n'));
        if index + 1 < replace.len() || !is_last || has_end {
            out.push_str(ends);
        }
    }
    out.extend(lines[place + find.len()..].iter().copied());
    Ok(out)
}

/// A line without its end.
fn bare(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

fn line_end(line: &str) -> Option<&'static str> {
    match (line.ends_with("\r\n"), line.ends_with('\n')) {
        (true, _) => Some("\r\n"),
        (_, true) => Some("\n"),
        _ => None,
    }
}

/// The line behind the first one that has this text.
fn behind(lines: &[&str], text: &str) -> Option<usize> {
    let at = lines.iter().position(|line| line.trim() == text.trim());
    let at = at.or_else(|| lines.iter().position(|line| line.contains(text)));
    Some(at? + 1)
}

fn places(
    lines: &[&str],
    find: &[String],
    from: usize,
    is_same: impl Fn(&str, &str) -> bool,
) -> Vec<usize> {
    let last = lines.len().saturating_sub(find.len());
    let all = from..=last;
    all.filter(|place| {
        let there = lines[*place..].iter().zip(find);
        place + find.len() <= lines.len()
            && there.clone().all(|(line, wanted)| is_same(line, wanted))
    })
    .collect()
}

/// Where a line begins, in bytes.
fn start(lines: &[&str], line: usize) -> usize {
    lines[..line].iter().map(|line| line.len()).sum()
}

//! A file whole, or, when that is too much, the parts of it that a failure names.

use super::Source;
use super::rank::Ranked;

/// How many lines around a line that is named are shown.
const AROUND: usize = 40;

/// What is shown of a file within so many bytes; `None` when nothing of it fits.
pub(super) fn shown(file: &Ranked, failure: &str, room: usize) -> Option<Source> {
    if file.text.len() + file.path.len() <= room {
        return Some(Source {
            path: file.path.clone(),
            text: file.text.clone(),
            parts: Vec::new(),
        });
    }
    let lines: Vec<&str> = file.text.split_inclusive('\n').collect();
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for line in named(&file.path, failure) {
        if line > lines.len() {
            continue;
        }
        let (from, to) = (
            line.saturating_sub(AROUND).max(1),
            (line + AROUND).min(lines.len()),
        );
        match parts.last_mut() {
            Some((_, end)) if from <= *end + 1 => *end = to.max(*end),
            _ => parts.push((from, to)),
        }
    }
    let mut text = String::new();
    let mut fitting = Vec::new();
    for (from, to) in parts {
        let part: String = lines[from - 1..to].concat();
        let head = format!("[lines {from} to {to}]\n");
        if text.len() + head.len() + part.len() + file.path.len() > room {
            break;
        }
        text.push_str(&head);
        text.push_str(&part);
        if !text.ends_with('\n') {
            text.push('\n');
        }
        fitting.push((from, to));
    }
    (!fitting.is_empty()).then(|| Source {
        path: file.path.clone(),
        text,
        parts: fitting,
    })
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

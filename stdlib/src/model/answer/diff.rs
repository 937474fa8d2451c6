//! Unified diffs. Models count lines badly, so what the heads of hunks count is counted again; which
//! lines are there, and that they are found, is not for the diff to say.

use super::fence;

pub(super) const EXAMPLE: &str = "\
--- a/path/to/file
+++ b/path/to/file
@@ -10,3 +10,3 @@
 a line that stays
-a line that goes
+a line that comes
 a line that stays

A new file has `--- /dev/null`, one that goes `+++ /dev/null`.";

/// Whether a text has the head of a file's part.
pub(super) fn is_there(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    lines.iter().any(|line| line.starts_with("diff --git "))
        || lines.windows(2).any(|pair| is_head(pair[0], pair[1]))
}

fn is_head(first: &str, second: &str) -> bool {
    first.starts_with("--- ") && second.starts_with("+++ ")
}

/// The diff of a text: without the fences around it, and with what its hunks count made right.
pub(super) fn parse(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        at += 1;
        let Some((old, new, rest)) = head(line) else {
            if !fence::is_fence(line) {
                out.push_str(line);
                out.push('\n');
            }
            continue;
        };
        let mut body = Vec::new();
        while at < lines.len() && !ends_hunk(&lines[at..]) {
            body.push(lines[at]);
            at += 1;
        }
        // Empty lines at the end are those of the talk behind it.
        while body.last().is_some_and(|line| line.is_empty()) {
            body.pop();
        }
        let is = |line: &&&str, signs: &[char]| line.is_empty() || line.starts_with(signs);
        let before = body.iter().filter(|line| is(line, &[' ', '-'])).count();
        let after = body.iter().filter(|line| is(line, &[' ', '+'])).count();
        out.push_str(&format!("@@ -{old},{before} +{new},{after} @@{rest}\n"));
        for line in body {
            // Editors take the space of an empty line away.
            out.push_str(if line.is_empty() { " " } else { line });
            out.push('\n');
        }
    }
    out
}

/// The first lines of a hunk's head, and what stands behind it.
fn head(line: &str) -> Option<(&str, &str, &str)> {
    let ranges = line.strip_prefix("@@ -")?;
    let (ranges, rest) = ranges.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    let start = |range: &str| range.find(',').unwrap_or(range.len());
    let (old, new) = (&old[..start(old)], &new[..start(new)]);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    (is_number(old) && is_number(new)).then_some((old, new, rest))
}

/// Whether the next lines are no part of the hunk before them.
fn ends_hunk(lines: &[&str]) -> bool {
    let line = lines[0];
    let next = lines.get(1).copied().unwrap_or_default();
    is_head(line, next) || !(line.is_empty() || line.starts_with([' ', '+', '-', '\\']))
}

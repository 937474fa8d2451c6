//! One hunk: its head, and as many lines as the head counts.

use tau_interpreter::action::Failure;

use super::cursor::{Cursor, invalid};
use super::part::Hunk;

/// The beginning of each hunk.
pub(super) const START: &str = "@@ -";

/// Reads the hunk that the cursor stands before, which begins with [`START`].
pub(super) fn parse<'p>(cursor: &mut Cursor<'p>, path: &str) -> Result<Hunk<'p>, Failure> {
    let line = cursor.line;
    let text = cursor.next().unwrap_or_default();
    let Some((head, old_range, new_range)) = head(text) else {
        return Err(invalid(
            line,
            format!("is not the head of a hunk: `{}`", text.trim_end()),
        ));
    };
    let body = cursor.clone();
    let mut hunk = Hunk::empty(head, old_range.0, new_range.0);
    let miscounted = || miscounted(line, head, path, (old_range.1, new_range.1), body.clone());
    while hunk.old.len() < old_range.1 || hunk.new.len() < new_range.1 {
        match take(cursor, &mut hunk) {
            Some(()) if hunk.old.len() > old_range.1 || hunk.new.len() > new_range.1 => {
                return Err(miscounted());
            }
            Some(()) => {}
            None => return Err(miscounted()),
        }
    }
    if goes_on(cursor) {
        return Err(miscounted());
    }
    if hunk.added == 0 && hunk.removed == 0 {
        return Err(invalid(
            line,
            format!("says `{head}`, but this hunk of `{path}` changes nothing"),
        ));
    }
    Ok(hunk)
}

/// Takes one line of a hunk's body; `None` if the cursor stands before none.
fn take<'p>(cursor: &mut Cursor<'p>, hunk: &mut Hunk<'p>) -> Option<()> {
    let line = cursor.peek()?;
    // Some programs strip the space from a context line that is empty.
    let (mark, text) = if line == "\n" {
        (" ", line)
    } else {
        line.split_at_checked(1)?
    };
    match mark {
        " " => {
            hunk.old.push(text);
            hunk.new.push(text);
            hunk.trailing += 1;
        }
        "-" => {
            hunk.old.push(text);
            hunk.removed += 1;
            hunk.trailing = 0;
        }
        "+" => {
            hunk.new.push(text);
            hunk.added += 1;
            hunk.trailing = 0;
        }
        _ => return None,
    }
    cursor.next();
    if is_end_mark(cursor) {
        take_line_end(hunk, mark);
        cursor.next();
    }
    Some(())
}

/// `\ No newline at end of file`, in any language.
fn is_end_mark(cursor: &Cursor<'_>) -> bool {
    cursor.peek().is_some_and(|line| line.starts_with("\\ "))
}

/// The line before the mark has no line end in the file.
fn take_line_end(hunk: &mut Hunk<'_>, mark: &str) {
    let shorten = |lines: &mut Vec<&str>| {
        if let Some(last) = lines.last_mut() {
            *last = last.strip_suffix('\n').unwrap_or(last);
        }
    };
    if mark != "+" {
        shorten(&mut hunk.old);
    }
    if mark != "-" {
        shorten(&mut hunk.new);
    }
}

/// Reads `@@ -1,3 +1,4 @@`: the head alone and, of each side, start and count.
fn head(line: &str) -> Option<(&str, Range, Range)> {
    let (old, rest) = range(line.strip_prefix(START)?)?;
    let (new, rest) = range(rest.strip_prefix(" +")?)?;
    let rest = rest.strip_prefix(" @@")?;
    Some((&line[..line.len() - rest.len()], old, new))
}

/// First line and number of lines.
type Range = (usize, usize);

/// Reads `1,3`, or `1` for `1,1`.
fn range(text: &str) -> Option<(Range, &str)> {
    let (start, rest) = number(text)?;
    match rest.strip_prefix(',') {
        Some(rest) => number(rest).map(|(count, rest)| ((start, count), rest)),
        None => Some(((start, 1), rest)),
    }
}

fn number(text: &str) -> Option<(usize, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    // More lines than a patch may have bytes: no such file.
    let number = text[..end].parse::<u32>().ok()?;
    Some((usize::try_from(number).ok()?, &text[end..]))
}

/// Whether text follows that looks as if it belonged to the hunk before. `git apply` would pass
/// it over in silence, and with it a part of the change.
fn goes_on(cursor: &Cursor<'_>) -> bool {
    let mut ahead = cursor.clone();
    while ahead.peek().is_some_and(|line| line == "\n") {
        ahead.next();
    }
    let Some(line) = ahead.peek() else {
        return false;
    };
    // Mails end with a line `-- ` and a signature.
    let other = line.starts_with("--- ") || matches!(line.trim_end(), "--" | "---");
    line.starts_with([' ', '+', '-']) && !other
}

fn miscounted<'p>(
    line: usize,
    head: &'p str,
    path: &str,
    stated: (usize, usize),
    mut body: Cursor<'p>,
) -> Failure {
    let mut found = Hunk::empty(head, 0, 0);
    let mut counts = (0, 0);
    while !is_next_file(&body) {
        let blank = body.peek() == Some("\n");
        if take(&mut body, &mut found).is_none() {
            break;
        }
        // Empty lines at the end are most likely not meant.
        if !blank {
            counts = (found.old.len(), found.new.len());
        }
    }
    let help = "Correct the counts in the hunk's head, or make the patch with `git diff`.";
    invalid(
        line,
        format!(
            "says `{head}`, so the hunk of `{path}` should have {} old and {} new lines, but it has {} and {}",
            stated.0,
            stated.1,
            counts.0,
            counts.1
        ),
    )
    .help(help)
}

fn is_next_file(cursor: &Cursor<'_>) -> bool {
    let mut ahead = cursor.clone();
    ahead.next().is_some_and(|line| line.starts_with("--- "))
        && ahead.peek().is_some_and(|line| line.starts_with("+++ "))
}

//! Why a hunk does not go anywhere, in words.

use serde_json::{Value, json};

use crate::fs::patch::part::Hunk;
use crate::shown::shown;

/// Lines are shown up to this many characters.
const LINE_SHOWN: usize = 200;

/// Why a hunk does not go anywhere.
#[derive(Debug)]
pub(in crate::fs::patch) struct Misfit {
    /// What is wrong, after the name of the file.
    pub(in crate::fs::patch) message: String,
    /// The same for programs.
    pub(in crate::fs::patch) detail: Value,
}

/// Tells the first line that is not as the hunk says.
pub(super) fn mismatch(hunk: &Hunk<'_>, lines: &[&[u8]], start: usize) -> Misfit {
    let there = |offset: usize| lines.get(start + offset).copied();
    let differing = hunk
        .old
        .iter()
        .enumerate()
        .find(|(offset, wanted)| there(*offset) != Some(wanted.as_bytes()));
    let head = hunk.head;
    let Some((offset, wanted)) = differing else {
        let why = if hunk.old.is_empty() {
            "adds lines without any context, which fits an empty file only"
        } else {
            "expects lines that an earlier hunk has changed, or the end of the file after them"
        };
        return Misfit {
            message: format!("the hunk `{head}` {why}"),
            detail: json!({ "hunk": head, "line": start + 1, "expected": null, "found": null }),
        };
    };
    let line = start + offset + 1;
    let wanted = shown(wanted, LINE_SHOWN);
    let found = there(offset).map(|found| {
        let found = String::from_utf8_lossy(found);
        shown(&found, LINE_SHOWN).into_owned()
    });
    let tells = match &found {
        None => "the file ends before it".to_owned(),
        Some(found) if found.split_whitespace().eq(wanted.split_whitespace()) => {
            format!("found {found:?}, which differs in white space only (expected {wanted:?})")
        }
        Some(found) => format!("found `{}`", found.trim_end()),
    };
    Misfit {
        message: format!(
            "the hunk `{head}` expects `{}` at line {line}; {tells}",
            wanted.trim_end()
        ),
        detail: json!({ "hunk": head, "line": line, "expected": wanted, "found": found }),
    }
}

/// The hunk has moved, and there are several places where it could be.
pub(super) fn ambiguous(hunk: &Hunk<'_>, first: usize, second: usize) -> Misfit {
    let (head, first, second) = (hunk.head, first + 1, second + 1);
    Misfit {
        message: format!(
            "the hunk `{head}` does not fit where it says, but in several other places, such as lines {first} and {second}"
        ),
        detail: json!({ "hunk": head, "places": [first, second] }),
    }
}

/// The hunk must go to one end of the file, but its lines are elsewhere.
pub(super) fn unanchored(hunk: &Hunk<'_>, at: usize) -> Misfit {
    let head = hunk.head;
    let why = if hunk.old.len() == hunk.removed {
        "has no line of context, so it must fit exactly where it says"
    } else if hunk.old_start <= 1 && at > 0 {
        "begins at line 1, so it must fit at the start of the file"
    } else {
        "has no line of context after its change, so it must fit at the end of the file"
    };
    Misfit {
        message: format!(
            "the hunk `{head}` {why}, but its lines are at line {}",
            at + 1
        ),
        detail: json!({ "hunk": head, "places": [at + 1] }),
    }
}

/// The search was given up.
pub(super) fn too_long(hunk: &Hunk<'_>) -> Misfit {
    Misfit {
        message: format!(
            "the hunk `{}` is not where it says, and the search for it took too long",
            hunk.head
        ),
        detail: json!({ "hunk": hunk.head }),
    }
}

//! Changes that mend a finding, offered where the text shows that they are exact.
//!
//! A finding's place was worked out from decoded text. What is replaced is therefore compared with
//! the file itself first: where an escape or a quote makes the two differ, nothing is offered.

mod foreign;
mod lines;
mod slip;

use self::foreign::foreign;
use self::lines::lone_line;
use self::slip::{is_slip, slip, word_in};
use super::{Diagnostic, Kind};
use crate::source::SourceMap;

/// Adds the changes that mend `found`, where they are certain.
pub fn offer(found: &mut Diagnostic, sources: &SourceMap) {
    let Some(file) = sources.file(found.span.file) else {
        return;
    };
    let edit = match &found.kind {
        Kind::AuthorityUnused { .. } => {
            let line = lone_line(found.span, file);
            line.map(|line| ("remove the line".to_owned(), line, String::new()))
        }
        Kind::LikelyMistake { found: habit, .. } => foreign(habit, found.span, file)
            .map(|(span, tau)| (format!("write `{}`", tau.trim()), span, tau)),
        kind => slip(kind)
            .filter(|(word, near)| is_slip(word, near))
            .and_then(|(word, near)| {
                let span = word_in(kind, word, found.span, file)?;
                Some((format!("write `{near}`"), span, near.to_owned()))
            }),
    };
    if let Some((title, span, replacement)) = edit {
        let title = match (&found.kind, replacement.is_empty()) {
            (Kind::LikelyMistake { found, .. }, true) => format!("remove the `{found}`"),
            _ => title,
        };
        *found = found.clone().fix(title, vec![(span, replacement)]);
    }
}

//! Whole lines that can go.

use crate::source::{SourceFile, Span};
use crate::syntax::tree::Spelling;

/// The whole line of a grant that shares it with nothing, of a mission in the tau spelling. A
/// comment on it or above it may be about it, so it is left to its author then.
pub(super) fn lone_line(span: Span, file: &SourceFile) -> Option<Span> {
    if Spelling::of(&file.name) != Spelling::Tau {
        return None;
    }
    let (start, end) = (span.start as usize, span.end as usize);
    let (before, after) = (file.text.get(..start)?, file.text.get(end..)?);
    let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
    let rest = after.split_inclusive('\n').next().unwrap_or("");
    let above = before[..start - indent].lines().next_back().unwrap_or("");
    let alone = before[..start - indent].ends_with('\n')
        && rest.trim().is_empty()
        && !above.contains('#')
        && !file.text.get(start..end)?.contains('\n');
    alone.then(|| Span::new(span.file, start - indent, end + rest.len()))
}

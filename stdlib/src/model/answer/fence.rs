//! Fences around code: lines of at least three backticks.

/// The number of backticks of a line that opens a fence, whatever language it names.
pub(super) fn opens(line: &str) -> Option<usize> {
    let line = line.trim_end();
    let ticks = line.len() - line.trim_start_matches('`').len();
    let rest = &line[ticks..];
    (ticks >= 3 && !rest.contains('`') && !rest.contains(' ')).then_some(ticks)
}

/// Whether a line closes a fence of so many backticks.
pub(super) fn closes(line: &str, ticks: usize) -> bool {
    let line = line.trim_end();
    line.len() >= ticks && line.bytes().all(|byte| byte == b'`')
}

/// Whether it is either.
pub(super) fn is_fence(line: &str) -> bool {
    opens(line.trim_start()).is_some()
}

//! `tau runs --blocked`: whom a run waits for.

use tau_interpreter::jobs::Listed;
use tau_interpreter::report::Report;

/// What a run waits for that somebody must give: the kind of what blocks it, an answer, or a word about
/// what is uncertain. None for one that goes on by itself, or has ended.
pub(super) fn waits_for(listed: &Listed) -> Option<String> {
    let loaded = listed.dir.load().ok()?;
    let report = Report::new(&loaded.records, false)?;
    match report.outcome.as_str() {
        "blocked" => Some(
            report
                .blocked
                .map_or_else(|| "blocked".to_owned(), |it| it.kind),
        ),
        "uncertain" => Some("resolution".to_owned()),
        "waiting" if !report.asks.is_empty() => Some("answer".to_owned()),
        _ => None,
    }
}

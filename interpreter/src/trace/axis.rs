//! When each record was written, on one axis for all owners of a run.

use jiff::Timestamp;

use crate::journal::Record;

/// The times of the records, in microseconds since the first; each later than the one before.
///
/// Within an owner the clock counts that never jumps. Where an owner begins is known from the wall
/// clock alone, which somebody may have set: no owner is drawn before the end of the one before.
pub(super) fn times(records: &[Record]) -> Vec<u64> {
    let mut times: Vec<u64> = Vec::with_capacity(records.len());
    let mut epoch = None;
    // What is added to an owner's own time.
    let mut begins = 0;
    let first = records.first().and_then(wall).unwrap_or_default();
    for record in records {
        let own = record.ms.saturating_mul(1000);
        if epoch != Some(record.epoch) {
            epoch = Some(record.epoch);
            let since = wall(record).unwrap_or_default().saturating_sub(first);
            let since = u64::try_from(since).unwrap_or_default();
            let earliest = times.last().copied().unwrap_or_default();
            begins = since.max(earliest).saturating_sub(own);
            if times.is_empty() {
                begins = 0;
            }
        }
        let at = begins.saturating_add(own);
        let next = times.last().map_or(0, |last| last + 1);
        times.push(at.max(next));
    }
    // The first record is where the axis begins.
    let zero = times.first().copied().unwrap_or_default();
    times.iter().map(|time| time - zero).collect()
}

/// The wall time of a record, in microseconds since 1970.
fn wall(record: &Record) -> Option<i64> {
    let at: Timestamp = record.at.parse().ok()?;
    Some(at.as_microsecond())
}

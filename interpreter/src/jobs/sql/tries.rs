//! The table `tries`: runs whose process ended without an end of the run.

use rusqlite::{Connection, OptionalExtension as _, Result, params};

/// How often the process of a run has ended so.
pub(in crate::jobs) fn times(db: &Connection, run: &str) -> Result<u32> {
    let times = db
        .prepare_cached("SELECT times FROM tries WHERE run = ?1")?
        .query_row([run], |row| row.get(0))
        .optional()?;
    Ok(times.unwrap_or(0))
}

/// Notes that it has done so `times`, and is not to be tried again before `again`.
pub(in crate::jobs) fn put(db: &Connection, run: &str, times: u32, again: i64) -> Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO tries (run, times, again) VALUES (?1, ?2, ?3)")?
        .execute(params![run, times, again])
        .map(drop)
}

/// Forgets it.
pub(in crate::jobs) fn remove(db: &Connection, run: &str) -> Result<()> {
    db.prepare_cached("DELETE FROM tries WHERE run = ?1")?
        .execute([run])
        .map(drop)
}

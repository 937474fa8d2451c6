//! The table `claims`: which worker has started a process for which run.

use rusqlite::{Connection, Result, params};

/// Claims a run for a worker. Whether nobody had.
pub(in crate::jobs) fn add(db: &Connection, run: &str, pid: i32, began: &str) -> Result<bool> {
    let added = db
        .prepare_cached("INSERT OR IGNORE INTO claims (run, pid, began) VALUES (?1, ?2, ?3)")?
        .execute(params![run, pid, began])?;
    Ok(added == 1)
}

/// Gives a run back that this worker has claimed.
pub(in crate::jobs) fn remove(db: &Connection, run: &str, pid: i32, began: &str) -> Result<()> {
    db.prepare_cached("DELETE FROM claims WHERE run = ?1 AND pid = ?2 AND began = ?3")?
        .execute(params![run, pid, began])
        .map(drop)
}

/// Gives everything back that a worker has claimed.
pub(in crate::jobs) fn remove_of(db: &Connection, pid: i32, began: &str) -> Result<()> {
    db.prepare_cached("DELETE FROM claims WHERE pid = ?1 AND began = ?2")?
        .execute(params![pid, began])
        .map(drop)
}

/// The workers that have claimed something.
pub(in crate::jobs) fn workers(db: &Connection) -> Result<Vec<(i32, String)>> {
    let mut statement = db.prepare_cached("SELECT DISTINCT pid, began FROM claims")?;
    let workers = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    workers.collect()
}

//! The table `workers`: who takes runs from the queue.

use rusqlite::{Connection, Result, params};

/// A worker that is, or was, there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::jobs) struct Worker {
    pub(in crate::jobs) pid: i32,
    pub(in crate::jobs) began: String,
    /// How many runs it runs at a time.
    pub(in crate::jobs) slots: u32,
}

/// Notes that a worker is there.
pub(in crate::jobs) fn put(db: &Connection, worker: &Worker) -> Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO workers (pid, began, slots) VALUES (?1, ?2, ?3)")?
        .execute(params![worker.pid, worker.began, worker.slots])
        .map(drop)
}

/// Notes that it is gone.
pub(in crate::jobs) fn remove(db: &Connection, pid: i32, began: &str) -> Result<()> {
    db.prepare_cached("DELETE FROM workers WHERE pid = ?1 AND began = ?2")?
        .execute(params![pid, began])
        .map(drop)
}

/// All that were noted.
pub(in crate::jobs) fn all(db: &Connection) -> Result<Vec<Worker>> {
    let mut statement = db.prepare_cached("SELECT pid, began, slots FROM workers ORDER BY pid")?;
    let workers = statement.query_map([], |row| {
        Ok(Worker {
            pid: row.get(0)?,
            began: row.get(1)?,
            slots: row.get(2)?,
        })
    })?;
    workers.collect()
}

//! The schema, and its version.

use rusqlite::{Connection, Result, Transaction};

/// The version of the schema. A newer one is refused; an older one is made anew, as all that the
/// tables say can be read again.
pub(in crate::jobs) const VERSION: i32 = 1;

const TABLES: &str = "
-- What the journals say. Of a run that has no row, or whose journal has another stamp, it is read
-- again.
CREATE TABLE runs (
    id       TEXT PRIMARY KEY,
    inode    INTEGER NOT NULL,
    length   INTEGER NOT NULL,
    changed  INTEGER NOT NULL,
    -- Whether the stamp tells this state of the journal from the next.
    settled  INTEGER NOT NULL,
    mission  TEXT NOT NULL,
    repo     TEXT NOT NULL,
    began    TEXT NOT NULL,
    last     INTEGER NOT NULL,
    seconds  REAL NOT NULL,
    -- `queued`, `begun`, or how it ended.
    standing TEXT NOT NULL,
    git      TEXT,
    reason   TEXT,
    next     TEXT,
    held     INTEGER NOT NULL,
    wake     INTEGER,
    records  INTEGER NOT NULL,
    -- Of all columns above: a row that was damaged is none.
    sum      INTEGER NOT NULL,
    -- It has begun, and when it was last looked at nobody ran it.
    lost     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX runs_to_take ON runs (id, standing, lost, wake)
    WHERE standing IN ('queued', 'begun') OR wake IS NOT NULL;

-- Which worker is starting or has started a process for which run. Only a hint that keeps workers
-- out of each other's way: the run's lease decides.
CREATE TABLE claims (
    run   TEXT PRIMARY KEY,
    pid   INTEGER NOT NULL,
    began TEXT NOT NULL
) WITHOUT ROWID;

-- Runs whose process ended without an end of the run.
CREATE TABLE tries (
    run   TEXT PRIMARY KEY,
    times INTEGER NOT NULL,
    -- Not before, in milliseconds since 1970.
    again INTEGER NOT NULL
) WITHOUT ROWID;

-- The workers that are there.
CREATE TABLE workers (
    pid   INTEGER NOT NULL,
    began TEXT NOT NULL,
    slots INTEGER NOT NULL,
    PRIMARY KEY (pid, began)
) WITHOUT ROWID;

-- When the folder of runs was last looked through, in milliseconds since 1970.
CREATE TABLE looked (at INTEGER NOT NULL);
INSERT INTO looked VALUES (0);
";

/// The version of the schema that a database has; 0 for an empty one.
pub(in crate::jobs) fn version(db: &Connection) -> Result<i32> {
    db.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Makes the tables in an empty database.
pub(in crate::jobs) fn create(db: &Transaction<'_>) -> Result<()> {
    db.execute_batch(TABLES)?;
    db.pragma_update(None, "user_version", VERSION)
}

/// When the folder of runs was last looked through, in milliseconds since 1970.
pub(in crate::jobs) fn looked(db: &Connection) -> Result<i64> {
    db.query_row("SELECT at FROM looked", [], |row| row.get(0))
}

/// Notes that the folder of runs was looked through.
pub(in crate::jobs) fn set_looked(db: &Connection, at: i64) -> Result<()> {
    db.execute("UPDATE looked SET at = ?1", [at]).map(drop)
}

//! The table `runs`: what the journals say.

use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};
use sha2::{Digest as _, Sha256};

use crate::jobs::stamp::Stamp;
use crate::jobs::summary::{Standing, Summary};
use crate::journal::Outcome;

/// A row, as far as this tau can read it.
#[derive(Debug)]
pub(in crate::jobs) struct Known {
    pub(in crate::jobs) stamp: Stamp,
    /// See [`Stamp::is_settled`].
    pub(in crate::jobs) settled: bool,
    pub(in crate::jobs) summary: Summary,
}

const QUEUED: &str = "queued";
const BEGUN: &str = "begun";

/// The row of a run. One that says what this tau does not know counts as none.
pub(in crate::jobs) fn get(db: &Connection, id: &str) -> Result<Option<Known>> {
    let mut statement = db.prepare_cached(
        "SELECT inode, length, changed, settled, mission, repo, began, last, seconds, standing,
                git, reason, next, held, wake, records, sum
         FROM runs WHERE id = ?1",
    )?;
    let row = statement.query_row([id], |row| known(id, row)).optional()?;
    Ok(row.flatten())
}

fn known(id: &str, row: &Row<'_>) -> Result<Option<Known>> {
    let unsigned = |column: usize| row.get::<_, i64>(column).map(i64::cast_unsigned);
    let word: String = row.get(9)?;
    let Some(standing) = standing(&word) else {
        return Ok(None);
    };
    let known = Known {
        stamp: Stamp {
            inode: unsigned(0)?,
            length: unsigned(1)?,
            changed: row.get(2)?,
        },
        settled: row.get(3)?,
        summary: Summary {
            run: id.to_owned(),
            mission: row.get(4)?,
            repo: row.get(5)?,
            began: row.get(6)?,
            last: row.get(7)?,
            seconds: row.get(8)?,
            standing,
            commit: row.get(10)?,
            reason: row.get(11)?,
            next: row.get(12)?,
            held: row.get(13)?,
            wake: row.get(14)?,
            records: unsigned(15)?,
        },
    };
    let sum: i64 = row.get(16)?;
    Ok((sum == self::sum(&known)).then_some(known))
}

/// A sum of all that a row says.
fn sum(known: &Known) -> i64 {
    let digest = Sha256::digest(format!("{known:?}").as_bytes());
    let mut sum = [0; 8];
    sum.copy_from_slice(&digest[..8]);
    i64::from_le_bytes(sum)
}

fn standing(word: &str) -> Option<Standing> {
    match word {
        QUEUED => Some(Standing::Queued),
        BEGUN => Some(Standing::Begun),
        word => serde_json::from_value::<Outcome>(word.into())
            .ok()
            .map(Standing::Ended),
    }
}

/// Writes a run's row.
pub(in crate::jobs) fn put(db: &Connection, known: &Known) -> Result<()> {
    let Known {
        stamp,
        settled,
        summary,
    } = known;
    let word = match summary.standing {
        Standing::Queued => QUEUED,
        Standing::Begun => BEGUN,
        Standing::Ended(outcome) => outcome.word(),
    };
    db.prepare_cached(
        "INSERT OR REPLACE INTO runs (id, inode, length, changed, settled, mission, repo, began,
                last, seconds, standing, git, reason, next, held, wake, records, sum)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
    )?
    .execute(params![
        summary.run,
        stamp.inode.cast_signed(),
        stamp.length.cast_signed(),
        stamp.changed,
        settled,
        summary.mission,
        summary.repo,
        summary.began,
        summary.last,
        summary.seconds,
        word,
        summary.commit,
        summary.reason,
        summary.next,
        summary.held,
        summary.wake,
        summary.records.cast_signed(),
        sum(known),
    ])
    .map(drop)
}

/// Forgets a run.
pub(in crate::jobs) fn remove(db: &Connection, id: &str) -> Result<()> {
    for table in ["runs", "claims", "tries"] {
        let column = if table == "runs" { "id" } else { "run" };
        db.prepare_cached(&format!("DELETE FROM {table} WHERE {column} = ?1"))?
            .execute([id])?;
    }
    Ok(())
}

/// The ids of all rows.
pub(in crate::jobs) fn ids(db: &Connection) -> Result<Vec<String>> {
    let mut statement = db.prepare_cached("SELECT id FROM runs")?;
    let ids = statement.query_map([], |row| row.get(0))?;
    ids.collect()
}

/// The runs that have begun and not ended, and that no worker has claimed.
pub(in crate::jobs) fn begun(db: &Connection) -> Result<Vec<String>> {
    let mut statement = db.prepare_cached(
        "SELECT id FROM runs
         WHERE (standing IN ('queued', 'begun') OR wake IS NOT NULL) AND standing = 'begun'
           AND id NOT IN (SELECT run FROM claims)",
    )?;
    let ids = statement.query_map([], |row| row.get(0))?;
    ids.collect()
}

/// The runs that wait for nothing that has a date.
pub(in crate::jobs) fn waiting(db: &Connection) -> Result<Vec<String>> {
    let mut statement =
        db.prepare_cached("SELECT id FROM runs WHERE standing = 'waiting' AND wake IS NULL")?;
    let ids = statement.query_map([], |row| row.get(0))?;
    ids.collect()
}

/// Notes that nobody runs a run that has begun.
pub(in crate::jobs) fn set_lost(db: &Connection, id: &str) -> Result<()> {
    db.prepare_cached("UPDATE runs SET lost = 1 WHERE id = ?1 AND standing = 'begun'")?
        .execute([id])
        .map(drop)
}

/// The oldest run behind the id `after` that seems to be due at `now` and that nobody has claimed.
pub(in crate::jobs) fn due(db: &Connection, now: i64, after: &str) -> Result<Option<String>> {
    db.prepare_cached(
        "SELECT id FROM runs
         WHERE (standing IN ('queued', 'begun') OR wake IS NOT NULL)
           AND id > ?2
           AND (standing = 'queued' OR lost OR wake <= ?1)
           AND id NOT IN (SELECT run FROM claims)
           -- No pause is so long: the clock was set back since.
           AND id NOT IN (SELECT run FROM tries WHERE again > ?1 AND again < ?1 + 60000)
         ORDER BY id LIMIT 1",
    )?
    .query_row(params![now, after], |row| row.get(0))
    .optional()
}

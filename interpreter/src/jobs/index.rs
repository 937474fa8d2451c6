//! The index of runs: what the journals say, without reading all of them each time.

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::thread::available_parallelism;

use super::db::{Db, DbError, FILE};
use super::sql::runs::{self, Known};
use super::stamp::Stamp;
use super::summary::{Standing, Summary};
use crate::clock::Clock;
use crate::control;
use crate::home::{Home, RunDir};
use crate::journal::{Holder, OpenError, Outcome};

/// A run as it is listed.
#[derive(Debug)]
pub struct Listed {
    /// Its folder.
    pub dir: RunDir,
    /// What its journal says; `None` when it has no beginning.
    ///
    /// # Errors
    /// It cannot be read, or is damaged.
    pub summary: Result<Option<Summary>, OpenError>,
    /// Who has its lease, if it has not ended.
    pub holder: Option<Holder>,
}

impl Listed {
    /// Whether somebody runs it who was heard of lately.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.holder.is_some_and(|holder| !holder.is_stalled())
    }
}

/// Looks runs up.
///
/// INVARIANT: what it gives is what the journal says when it is asked. A row of the database counts
/// only while the journal has the row's stamp; without a database each journal is read.
#[derive(Debug)]
pub struct Index {
    home: Home,
    db: Result<Db, DbError>,
}

/// How many runs are looked up together: few at first, as the newest are asked for most.
const FIRST: usize = 32;
const MOST: usize = 1024;

impl Index {
    /// The index of a home. It works without its database too.
    #[must_use]
    pub fn open(home: &Home) -> Index {
        // Who only looks makes nothing where nothing is.
        let used = home.root().join("runs").is_dir() || home.root().join(FILE).exists();
        let db = match used {
            true => Db::open(home.root()),
            false => Err(DbError::Unusable("there are no runs".to_owned())),
        };
        Index {
            home: home.clone(),
            db,
        }
    }

    /// The index of a home that must have its database.
    ///
    /// # Errors
    /// See [`DbError`].
    pub(super) fn with_db(home: &Home) -> Result<Index, DbError> {
        Ok(Index {
            home: home.clone(),
            db: Ok(Db::open(home.root())?),
        })
    }

    /// What a person should know of the database, once: that it was made anew, or that a newer tau
    /// has made it.
    pub fn news(&mut self) -> Option<String> {
        match &mut self.db {
            Ok(db) => db.news(),
            Err(error @ DbError::Newer(_)) => {
                Some(format!("{error}; the journals are read instead"))
            }
            Err(DbError::Unusable(_)) => None,
        }
    }

    pub(super) fn home(&self) -> &Home {
        &self.home
    }

    pub(super) fn db(&mut self) -> Result<&mut Db, DbError> {
        self.db.as_mut().map_err(|error| error.clone())
    }

    /// Gives all runs to `each`, the newest first, until it has enough.
    ///
    /// # Errors
    /// The folder of runs is there and cannot be read.
    pub fn newest(&mut self, mut each: impl FnMut(Listed) -> ControlFlow<()>) -> io::Result<()> {
        let mut dirs = self.home.runs()?.into_iter();
        let mut most = FIRST;
        loop {
            let some: Vec<RunDir> = dirs.by_ref().take(most).collect();
            if some.is_empty() {
                return Ok(());
            }
            for listed in self.look_up(some) {
                if each(listed).is_break() {
                    return Ok(());
                }
            }
            most = (most * 2).min(MOST);
        }
    }

    /// Brings all rows up to date.
    ///
    /// # Errors
    /// The folder of runs is there and cannot be read.
    pub(super) fn refresh(&mut self) -> io::Result<()> {
        let mut there = HashSet::new();
        self.newest(|listed| {
            there.insert(listed.dir.id().to_owned());
            ControlFlow::Continue(())
        })?;
        let home = self.home.clone();
        let gone = |db: &rusqlite::Connection| {
            for id in runs::ids(db)? {
                // One that was not there a moment ago may be by now.
                if !there.contains(&id) && !is_there(&home, &id) {
                    runs::remove(db, &id)?;
                }
            }
            Ok(())
        };
        // Rows of runs that are gone are never looked up.
        let _ = self.db().and_then(|db| db.with(gone));
        Ok(())
    }

    /// A run as its journal is now, and its row.
    pub(super) fn now(&mut self, dir: RunDir) -> Listed {
        let (listed, known) = read(dir);
        self.save(known.as_slice());
        listed
    }

    fn look_up(&mut self, dirs: Vec<RunDir>) -> Vec<Listed> {
        let ids: Vec<String> = dirs.iter().map(|dir| dir.id().to_owned()).collect();
        let get = |db: &rusqlite::Connection| {
            ids.iter()
                .map(|id| runs::get(db, id))
                .collect::<Result<Vec<_>, _>>()
        };
        let known = self.db().and_then(|db| db.read(get)).unwrap_or_default();
        let known = known.into_iter().chain(std::iter::repeat_with(|| None));
        let found: Vec<Found> = dirs
            .into_iter()
            .zip(known)
            .map(|(dir, known)| Found::new(dir, known))
            .collect();
        let (listed, fresh) = read_all(found);
        self.save(&fresh);
        listed
    }

    fn save(&mut self, fresh: &[Known]) {
        if fresh.is_empty() {
            return;
        }
        let put =
            |db: &rusqlite::Connection| fresh.iter().try_for_each(|known| runs::put(db, known));
        // What is not saved is read again.
        let _ = self.db().and_then(|db| db.with(put));
    }
}

/// Whether a run has a folder.
fn is_there(home: &Home, id: &str) -> bool {
    home.run(id).is_some_and(|dir| Path::exists(&dir.journal()))
}

/// A run, with what the database knows of it if that is so still.
enum Found {
    Known(Listed),
    Unknown(RunDir),
}

impl Found {
    fn new(dir: RunDir, known: Option<Known>) -> Found {
        let known = known.filter(|it| it.settled && Stamp::of(&dir).ok() == Some(it.stamp));
        let Some(Known { stamp, summary, .. }) = known else {
            return Found::Unknown(dir);
        };
        let over = matches!(summary.standing, Standing::Ended(_));
        let holder = if over { None } else { dir.holder() };
        // Whoever ran it may have ended it before it was asked who does.
        if holder.is_none() && Stamp::of(&dir).ok() != Some(stamp) {
            return Found::Unknown(dir);
        }
        Found::Known(Listed {
            dir,
            summary: Ok(Some(summary)),
            holder,
        })
    }
}

/// Reads the journals that have to be read, several at the same time.
fn read_all(found: Vec<Found>) -> (Vec<Listed>, Vec<Known>) {
    let unknown = found
        .iter()
        .filter(|it| matches!(it, Found::Unknown(_)))
        .count();
    let one = |found: Found| match found {
        Found::Known(listed) => (listed, None),
        Found::Unknown(dir) => read(dir),
    };
    let threads = available_parallelism()
        .map_or(1, usize::from)
        .min(unknown / 8);
    if threads < 2 {
        return unzip(found.into_iter().map(one));
    }
    let share = found.len().div_ceil(threads);
    let mut rest = found;
    let mut shares = Vec::new();
    while !rest.is_empty() {
        let behind = rest.split_off(share.min(rest.len()));
        shares.push(std::mem::replace(&mut rest, behind));
    }
    let read: Vec<Vec<(Listed, Option<Known>)>> = std::thread::scope(|scope| {
        let threads: Vec<_> = shares
            .into_iter()
            .map(|share| scope.spawn(move || share.into_iter().map(one).collect::<Vec<_>>()))
            .collect();
        threads
            .into_iter()
            .filter_map(|it| it.join().ok())
            .collect()
    });
    unzip(read.into_iter().flatten())
}

fn unzip(all: impl Iterator<Item = (Listed, Option<Known>)>) -> (Vec<Listed>, Vec<Known>) {
    let (listed, known): (Vec<Listed>, Vec<Option<Known>>) = all.unzip();
    (listed, known.into_iter().flatten().collect())
}

/// Reads a journal, and who runs the run, as both were at one time.
fn read(dir: RunDir) -> (Listed, Option<Known>) {
    loop {
        let now = Clock::system().now().as_nanosecond();
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let stamp = Stamp::of(&dir).ok();
        let summary = dir.load().map(|it| {
            let mut summary = Summary::new(&it.records)?;
            if summary.standing == Standing::Ended(Outcome::Waiting) {
                // Also for what is not in the journal yet.
                let wake = control::wake(&dir, &it.records);
                summary.wake = wake.map(jiff::Timestamp::as_millisecond);
            }
            Some(summary)
        });
        let over = matches!(&summary, Ok(Some(it)) if matches!(it.standing, Standing::Ended(_)));
        let holder = if over { None } else { dir.holder() };
        // Whoever ran it may have written more and be gone.
        if holder.is_none() && !over && Stamp::of(&dir).ok() != stamp {
            continue;
        }
        let known = match (&summary, stamp) {
            (Ok(Some(summary)), Some(stamp)) => Some(Known {
                stamp,
                settled: stamp.is_settled(now),
                summary: summary.clone(),
            }),
            _ => None,
        };
        let listed = Listed {
            dir,
            summary,
            holder,
        };
        return (listed, known);
    }
}

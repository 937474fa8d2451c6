//! The file `tau.db`: opened, refused when it is newer, made anew when it is damaged or gone.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use rustix::fs::{FlockOperation, flock};

use super::sql::schema;

/// The name of the database in the home.
pub const FILE: &str = "tau.db";

/// Held while the database is made. It stays, so it also tells that there was a database once.
const LOCK: &str = "tau.db.lock";

/// How long a statement waits for another process.
const PATIENCE: Duration = Duration::from_secs(10);

/// The open database of a home.
#[derive(Debug)]
pub struct Db {
    root: PathBuf,
    connection: Connection,
    /// The device and number of the file: another file of its name is another database.
    file: (u64, u64),
    news: Option<String>,
}

/// Why there is no database to work with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DbError {
    /// A newer tau has made it: its version.
    Newer(i32),
    /// It can be neither used nor made: a clause.
    Unusable(String),
}

impl std::fmt::Display for DbError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DbError::Newer(version) => write!(
                f,
                "`{FILE}` was made by a newer tau (version {version} of its tables; this one knows \
                 {})",
                schema::VERSION
            ),
            DbError::Unusable(why) => write!(f, "`{FILE}` cannot be used: {why}"),
        }
    }
}

impl Db {
    /// Opens the database in this folder, and makes what is missing of it.
    ///
    /// # Errors
    /// See [`DbError`]. Nothing was changed then.
    pub fn open(root: &Path) -> Result<Db, DbError> {
        match open(root) {
            Ok(Opened::Ready(db)) => Ok(db),
            Ok(Opened::Unfit(_)) => make(root),
            Err(error) => Err(error),
        }
    }

    /// What a person should know of it, once.
    pub fn news(&mut self) -> Option<String> {
        self.news.take()
    }

    /// Does something in one transaction. A database that turns out to be damaged, or that was
    /// removed meanwhile, is made anew first, and `work` is done once more.
    ///
    /// # Errors
    /// See [`DbError`].
    pub(super) fn with<T>(
        &mut self,
        work: impl Fn(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, DbError> {
        if identity(&self.root).ok() != Some(self.file) {
            self.open_again()?;
        }
        match self.transact(&work) {
            Err(error) if is_damage(&error) => {
                discard(&self.root)?;
                self.open_again()?;
                self.news = Some(damaged(&error.to_string()));
                self.transact(&work).map_err(|error| unusable(&error))
            }
            other => other.map_err(|error| unusable(&error)),
        }
    }

    fn transact<T>(
        &mut self,
        work: impl Fn(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// As [`Db::with`], for work that only reads and needs no one state of several tables.
    ///
    /// # Errors
    /// See [`DbError`].
    pub(super) fn read<T>(
        &mut self,
        work: impl Fn(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, DbError> {
        if identity(&self.root).ok() == Some(self.file)
            && let Ok(done) = work(&self.connection)
        {
            return Ok(done);
        }
        self.with(work)
    }

    fn open_again(&mut self) -> Result<(), DbError> {
        let news = self.news.take();
        *self = Db::open(&self.root)?;
        self.news = self.news.take().or(news);
        Ok(())
    }
}

/// What stands where the database should be.
enum Opened {
    Ready(Db),
    /// None, or none that can be used: why not, if there is one.
    Unfit(Option<String>),
}

fn open(root: &Path) -> Result<Opened, DbError> {
    let Ok(file) = identity(root) else {
        return Ok(Opened::Unfit(None));
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(root.join(FILE), flags).and_then(|connection| {
        connection.busy_timeout(PATIENCE)?;
        let version = schema::version(&connection)?;
        Ok((connection, version))
    });
    match opened {
        Ok((_, version)) if version > schema::VERSION => Err(DbError::Newer(version)),
        Ok((_, version)) if version != schema::VERSION => Ok(Opened::Unfit(Some(
            "it has no tables of this tau".to_owned(),
        ))),
        Ok((connection, _)) => {
            // What is lost with the machine is read again from the journals.
            connection
                .pragma_update(None, "synchronous", "NORMAL")
                .map_err(|error| unusable(&error))?;
            Ok(Opened::Ready(Db {
                root: root.to_owned(),
                connection,
                file,
                news: None,
            }))
        }
        Err(error) if is_damage(&error) => Ok(Opened::Unfit(Some(error.to_string()))),
        Err(error) => Err(unusable(&error)),
    }
}

/// Makes the database, unless another process has just done so.
fn make(root: &Path) -> Result<Db, DbError> {
    let (_lock, existed) = lock(root).map_err(|error| DbError::Unusable(error.to_string()))?;
    let news = match open(root)? {
        Opened::Ready(db) => return Ok(db),
        Opened::Unfit(None) if existed => Some(format!("`{FILE}` was gone and is made anew")),
        Opened::Unfit(None) => None,
        Opened::Unfit(Some(why)) => Some(damaged(&why)),
    };
    remove(root).map_err(|error| DbError::Unusable(error.to_string()))?;
    create(root).map_err(|error| unusable(&error))?;
    match open(root)? {
        Opened::Ready(db) => Ok(Db { news, ..db }),
        Opened::Unfit(why) => Err(DbError::Unusable(why.unwrap_or_default())),
    }
}

fn damaged(why: &str) -> String {
    format!("`{FILE}` was damaged and is made anew: {why}")
}

fn create(root: &Path) -> rusqlite::Result<()> {
    // SQLite gives its other files the mode of this one.
    let file = fs::OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(root.join(FILE));
    // Why it could not be made, SQLite says too.
    drop(file);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(root.join(FILE), flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    schema::create(&transaction)?;
    transaction.commit()
}

/// Removes a database that has turned out to be damaged, unless another process has done so.
fn discard(root: &Path) -> Result<(), DbError> {
    let failed = |error: io::Error| DbError::Unusable(error.to_string());
    let before = identity(root).ok();
    let (_lock, _) = lock(root).map_err(failed)?;
    if before != identity(root).ok() {
        return Ok(());
    }
    remove(root).map_err(failed)
}

/// Takes the lock of whoever makes the database. Whether it was there before.
fn lock(root: &Path) -> io::Result<(fs::File, bool)> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(root)?;
    let path = root.join(LOCK);
    let existed = path.exists();
    let file = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)?;
    flock(&file, FlockOperation::LockExclusive)?;
    Ok((file, existed))
}

fn remove(root: &Path) -> io::Result<()> {
    // The log first: one that is left alone would be taken for that of the next database.
    for suffix in ["-wal", "-shm", ""] {
        match fs::remove_file(root.join(format!("{FILE}{suffix}"))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn identity(root: &Path) -> io::Result<(u64, u64)> {
    let file = fs::metadata(root.join(FILE))?;
    Ok((file.dev(), file.ino()))
}

/// Whether an error says that the file is no database of ours, and not that it cannot be used now.
fn is_damage(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(error, _) => matches!(
            error.code,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown
        ),
        // A row of another shape than this tau writes.
        rusqlite::Error::SqlInputError { .. }
        | rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::QueryReturnedNoRows => true,
        _ => false,
    }
}

fn unusable(error: &rusqlite::Error) -> DbError {
    DbError::Unusable(error.to_string())
}

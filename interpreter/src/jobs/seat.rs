//! The one place for a supervisor: whoever holds it is the local runtime of a home.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::present::Present;
use crate::clock::Clock;
use crate::home::Home;

/// The name of the file in the home.
const FILE: &str = "up.lock";

/// How often a seat is tried that is taken by nobody who is there, and how long between: what a
/// supervisor was just starting when it was killed has its open files for a moment.
const LOOKS: u32 = 2000;
const BETWEEN: Duration = Duration::from_millis(1);

/// Whoever holds the seat, as it says itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The number of its process.
    pub pid: i32,
    /// When the process began, in the kernel's own count.
    began: String,
    /// When it took the seat, RFC 3339, UTC.
    pub started: String,
    /// How many workers it keeps.
    pub workers: u32,
    /// The version of its tau.
    pub version: String,
}

/// The seat, held as long as this lives. The operating system gives it back when the process dies.
#[derive(Debug)]
pub struct Seat {
    file: File,
}

/// Why the seat was not taken.
#[derive(Debug)]
pub enum Taken {
    /// Somebody has it.
    By(Box<Holder>),
    /// The file system's error.
    Io(io::Error),
}

impl Seat {
    /// Takes the seat of a home for this process.
    ///
    /// # Errors
    /// See [`Taken`].
    pub fn take(home: &Home, workers: u32, version: &str) -> Result<Seat, Taken> {
        let mut file = open(home).map_err(Taken::Io)?;
        for _ in 0..LOOKS {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {
                    sign(&mut file, workers, version).map_err(Taken::Io)?;
                    return Ok(Seat { file });
                }
                Err(Errno::WOULDBLOCK) => match signed(home) {
                    Some(holder) => return Err(Taken::By(Box::new(holder))),
                    None => std::thread::sleep(BETWEEN),
                },
                Err(error) => return Err(Taken::Io(error.into())),
            }
        }
        let message = "another process holds it and does not say which";
        Err(Taken::Io(io::Error::new(
            io::ErrorKind::WouldBlock,
            message,
        )))
    }

    /// Who has the seat of a home.
    #[must_use]
    pub fn holder(home: &Home) -> Option<Holder> {
        let file = File::open(home.root().join(FILE)).ok()?;
        match flock(&file, FlockOperation::NonBlockingLockShared) {
            Err(Errno::WOULDBLOCK) => signed(home),
            _ => None,
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // Closing alone would leave it to a process that is just being started.
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

fn open(home: &Home) -> io::Result<File> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(home.root())?;
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(home.root().join(FILE))
}

fn sign(file: &mut File, workers: u32, version: &str) -> io::Result<()> {
    let Present { pid, began } = Present::here();
    let holder = Holder {
        pid,
        began,
        started: Clock::system().now().to_string(),
        workers,
        version: version.to_owned(),
    };
    file.set_len(0)?;
    file.write_all(serde_json::to_string(&holder)?.as_bytes())
}

/// Whoever has signed, if it is there. Half a signature counts as none; the other half comes in a
/// moment.
fn signed(home: &Home) -> Option<Holder> {
    let text = std::fs::read_to_string(home.root().join(FILE)).ok()?;
    let holder: Holder = serde_json::from_str(&text).ok()?;
    let present = Present {
        pid: holder.pid,
        began: holder.began.clone(),
    };
    present.is_there().then_some(holder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_seat() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().join("not/there/yet"));
        assert_eq!(Seat::holder(&home), None);
        let seat = Seat::take(&home, 3, "1.2.3").unwrap();
        let holder = Seat::holder(&home).unwrap();
        assert_eq!(holder.pid.cast_unsigned(), std::process::id());
        assert_eq!((holder.workers, holder.version.as_str()), (3, "1.2.3"));
        let Err(Taken::By(second)) = Seat::take(&home, 1, "1.2.3") else {
            panic!("two have the seat");
        };
        assert_eq!(*second, holder);
        drop(seat);
        assert_eq!(Seat::holder(&home), None);
        Seat::take(&home, 1, "1.2.3").unwrap();
    }
}

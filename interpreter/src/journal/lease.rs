//! Who runs a run: whoever holds its lock.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::OpenError;
use crate::home::RunDir;
use crate::process::start_time;

/// The lock of a run, held as long as this lives. The operating system gives it back when the
/// process dies.
///
/// It can be taken for a moment without an owner: by whoever asks whether it is, and by what an
/// owner was just starting when it was killed, which has all its open files until it is another
/// program. So the owner leaves its name in the file, and a lock whose owner is gone is waited
/// for.
#[derive(Debug)]
pub(super) struct Lease {
    file: File,
}

/// How often a lock without an owner is tried, and how long between.
const TRIES: u32 = 2000;
const BETWEEN: Duration = Duration::from_millis(1);

impl Lease {
    /// Takes the lease of a run.
    ///
    /// # Errors
    /// [`OpenError::Busy`] when a process that is alive has it.
    pub(super) fn take(run: &RunDir) -> Result<Lease, OpenError> {
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(run.path().join("lock"))
            .map_err(OpenError::Io)?;
        for _ in 0..TRIES {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {
                    sign(&mut file).map_err(OpenError::Io)?;
                    return Ok(Lease { file });
                }
                Err(Errno::WOULDBLOCK) if !owner_is_alive(run) => std::thread::sleep(BETWEEN),
                Err(Errno::WOULDBLOCK) => break,
                Err(error) => return Err(OpenError::Io(error.into())),
            }
        }
        Err(OpenError::Busy)
    }

    /// Whether a process that is alive has the lease of a run.
    pub(super) fn is_held(run: &RunDir) -> bool {
        let Ok(file) = File::open(run.path().join("lock")) else {
            return false;
        };
        match flock(&file, FlockOperation::NonBlockingLockShared) {
            Ok(()) => {
                give_back(&file);
                false
            }
            Err(error) => error == Errno::WOULDBLOCK && owner_is_alive(run),
        }
    }
}

impl Lease {
    /// The process that has the lease of a run.
    pub(super) fn owner(run: &RunDir) -> Option<i32> {
        owner(run).filter(|_| Lease::is_held(run))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        give_back(&self.file);
    }
}

/// Closing alone would leave the lock to a process that is just being started.
fn give_back(file: &File) {
    // What fails here is given back by the operating system.
    let _ = flock(file, FlockOperation::Unlock);
}

/// Writes who has the lock: the process's number and when it began.
fn sign(file: &mut File) -> io::Result<()> {
    let number = std::process::id();
    let began = i32::try_from(number).ok().and_then(start_time);
    file.set_len(0)?;
    file.write_all(format!("{number} {}\n", began.unwrap_or_default()).as_bytes())
}

fn owner_is_alive(run: &RunDir) -> bool {
    owner(run).is_some()
}

/// The number of the process that signed the lock, if it is alive.
fn owner(run: &RunDir) -> Option<i32> {
    let signed = std::fs::read_to_string(run.path().join("lock")).ok()?;
    // Half a signature has no end of line; the other half comes in a moment.
    let (number, began) = signed.strip_suffix('\n')?.split_once(' ')?;
    let number = number.parse().ok()?;
    (start_time(number)? == began).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home::Home;

    fn run() -> (tempfile::TempDir, RunDir) {
        let dir = tempfile::tempdir().unwrap();
        let run = Home::new(dir.path()).create_run("r1").unwrap();
        (dir, run)
    }

    #[test]
    fn one_owner_at_a_time() {
        let (_dir, run) = run();
        assert!(!Lease::is_held(&run));
        let lease = Lease::take(&run).unwrap();
        assert!(Lease::is_held(&run));
        assert!(matches!(Lease::take(&run), Err(OpenError::Busy)));
        drop(lease);
        assert!(!Lease::is_held(&run));
        assert!(Lease::take(&run).is_ok());
    }

    #[test]
    fn a_lock_that_outlives_its_owner_is_waited_for() {
        let (_dir, run) = run();
        let mut owner = std::process::Command::new("true").spawn().unwrap();
        owner.wait().unwrap();
        let path = run.path().join("lock");
        std::fs::write(&path, format!("{} 1\n", owner.id())).unwrap();
        let inherited = File::open(&path).unwrap();
        flock(&inherited, FlockOperation::LockExclusive).unwrap();
        assert!(!Lease::is_held(&run));
        let (told, tried) = std::sync::mpsc::channel();
        let taking = std::thread::spawn(move || {
            told.send(()).unwrap();
            Lease::take(&run).map(drop)
        });
        tried.recv().unwrap();
        drop(inherited);
        assert!(taking.join().unwrap().is_ok());
    }
}

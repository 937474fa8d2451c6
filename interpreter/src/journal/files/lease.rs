//! Leases as files: `lease.<epoch>` in the run's folder, signed, locked, and rewritten with each
//! heartbeat.
//!
//! Whoever takes a lease makes the file of the next epoch, which only one can, and then removes
//! those before it. An owner whose file has no name any more has lost its lease, and asks after
//! everything that it writes: so what it was told to be written, it wrote before it lost it.
//!
//! The lock tells that a holder died, and the heartbeat that one does not go on. Its time is that
//! since the machine was started, which nobody can set.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use super::disk::{Disk, Handle};
use crate::journal::{Holder, OpenError};
use crate::process::start_time;

/// How often a lock whose holder is gone is tried, and how long between: what a holder was just
/// starting when it was killed has all its open files until it is another program.
const TRIES: u32 = 2000;
const BETWEEN: Duration = Duration::from_millis(1);

/// A lease that this process holds.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) epoch: u64,
    pub(super) taken_over: bool,
    handle: Arc<dyn Handle>,
}

impl Mark {
    /// Takes the lease of the run in `folder`; its epoch is higher than all before, and at least
    /// `lowest`.
    pub(super) fn take(disk: &dyn Disk, folder: &Path, lowest: u64) -> Result<Mark, OpenError> {
        let (before, taken_over) = free(disk, folder)?;
        let epoch = (before + 1).max(lowest);
        let new = folder.join(new_name());
        // One of this name is of a process that is gone.
        let _ = disk.unlink(&new);
        let handle = disk
            .create(&new, Signature::mine().text().as_bytes())
            .map_err(OpenError::Io)?;
        handle.lock().map_err(OpenError::Io)?;
        let linked = disk.link(&new, &path(folder, epoch));
        let unlinked = disk.unlink(&new);
        match linked {
            // INVARIANT: a lease has one name, so that whoever takes it away ends the lease.
            Ok(()) => {
                if let Err(error) = unlinked {
                    handle.unlock();
                    return Err(OpenError::Io(error));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(OpenError::Busy);
            }
            Err(error) => return Err(OpenError::Io(error)),
        }
        for older in epochs(disk, folder).map_err(OpenError::Io)? {
            if older < epoch {
                // INVARIANT: nothing is read of the journal before no earlier owner can believe
                // that it still has the lease.
                match disk.unlink(&path(folder, older)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(OpenError::Io(error));
                    }
                    _ => {}
                }
            }
        }
        Ok(Mark {
            epoch,
            taken_over,
            handle: handle.into(),
        })
    }

    /// Whether this is still the lease of its run.
    pub(super) fn is_held(&self) -> bool {
        self.handle.has_name().unwrap_or(false)
    }

    /// Says that the holder is there.
    pub(super) fn beat(&self) -> io::Result<()> {
        self.handle.overwrite(Signature::mine().text().as_bytes())
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        // Closing alone would leave the lock to a process that is just being started.
        self.handle.unlock();
    }
}

/// The name of a lease before it is one: of its own for everybody who tries at the same time.
fn new_name() -> String {
    static TRIED: AtomicU64 = AtomicU64::new(0);
    let number = TRIED.fetch_add(1, Ordering::Relaxed);
    format!("new-lease.{}.{number}", std::process::id())
}

/// Who has the lease of the run in `folder`.
pub(super) fn holder(disk: &dyn Disk, folder: &Path) -> Option<Holder> {
    let epoch = epochs(disk, folder).ok()?.into_iter().max()?;
    match state(disk, &path(folder, epoch)).ok()? {
        State::Held(holder) => Some(holder),
        State::Free | State::Leaving => None,
    }
}

/// The epoch of the newest lease, 0 for none, and whether its holder is there but may be taken
/// over.
fn free(disk: &dyn Disk, folder: &Path) -> Result<(u64, bool), OpenError> {
    for _ in 0..TRIES {
        let all = epochs(disk, folder).map_err(OpenError::Io)?;
        let Some(epoch) = all.into_iter().max() else {
            return Ok((0, false));
        };
        match state(disk, &path(folder, epoch)) {
            Ok(State::Free) => return Ok((epoch, false)),
            Ok(State::Held(holder)) if holder.is_stalled() => return Ok((epoch, true)),
            Ok(State::Held(_)) => break,
            Ok(State::Leaving) => std::thread::sleep(BETWEEN),
            // Somebody else has just taken it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(OpenError::Io(error)),
        }
    }
    Err(OpenError::Busy)
}

/// How a lease is held.
enum State {
    /// By nobody.
    Free,
    Held(Holder),
    /// By nobody, but for what its holder was just starting when it was killed.
    Leaving,
}

fn state(disk: &dyn Disk, path: &Path) -> io::Result<State> {
    if !disk.is_locked(path)? {
        return Ok(State::Free);
    }
    let signed = Signature::read(&disk.read(path)?);
    Ok(match signed {
        Some(signed) if signed.is_gone() => State::Leaving,
        Some(signed) => State::Held(signed.holder()),
        // It was locked and signed before it had its name, so somebody else has written this.
        None => State::Held(Holder {
            process: 0,
            silent: Duration::MAX,
        }),
    })
}

const PREFIX: &str = "lease.";

fn path(folder: &Path, epoch: u64) -> PathBuf {
    folder.join(format!("{PREFIX}{epoch}"))
}

fn epochs(disk: &dyn Disk, folder: &Path) -> io::Result<Vec<u64>> {
    let names = disk.names(folder)?;
    let epochs = names.iter().filter_map(|name| name.strip_prefix(PREFIX));
    Ok(epochs.filter_map(|epoch| epoch.parse().ok()).collect())
}

/// What the holder of a lease writes into it. Always of the same length for one holder, so that it
/// can be written over.
#[derive(Debug, Serialize, Deserialize)]
struct Signature {
    process: i32,
    /// When the process began, as the kernel counts.
    began: String,
    /// Which start of the machine.
    boot: String,
    /// The name space of its number: in another one the number means nothing.
    space: String,
    /// When it was last there, in milliseconds since the machine was started; always 20 digits.
    beat: String,
}

impl Signature {
    /// That of this process, now.
    fn mine() -> Signature {
        let process = i32::try_from(std::process::id()).unwrap_or_default();
        Signature {
            process,
            began: start_time(process).unwrap_or_default(),
            boot: boot(),
            space: space(),
            beat: format!("{:020}", now().as_millis()),
        }
    }

    fn text(&self) -> String {
        // It holds nothing that JSON cannot say.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }

    fn read(bytes: &[u8]) -> Option<Signature> {
        serde_json::from_slice(bytes).ok()
    }

    /// Whether the process is known to be gone.
    fn is_gone(&self) -> bool {
        let is_here = self.boot == boot() && self.space == space();
        is_here && start_time(self.process).as_ref() != Some(&self.began)
    }

    fn holder(&self) -> Holder {
        let beat = self.beat.parse().map(Duration::from_millis);
        let silent = match beat {
            Ok(beat) if self.boot == boot() => now().saturating_sub(beat),
            _ => Duration::MAX,
        };
        Holder {
            process: self.process,
            silent,
        }
    }
}

/// The time since the machine was started, also while it slept.
fn now() -> Duration {
    Duration::try_from(clock_gettime(ClockId::Boottime)).unwrap_or_default()
}

/// Which start of the machine this is.
fn boot() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    id.unwrap_or_default().trim().to_owned()
}

/// The name space of this process's number.
fn space() -> String {
    let space = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    space.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::disk::Machine;
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    /// Makes the holder of a lease one that was last heard of when the machine was started.
    fn age(folder: &Path, epoch: u64) {
        let path = path(folder, epoch);
        let mut signed = Signature::read(&std::fs::read(&path).unwrap()).unwrap();
        signed.beat = format!("{:020}", 0);
        std::fs::write(&path, signed.text()).unwrap();
    }

    #[test]
    fn one_owner_at_a_time() {
        let dir = folder();
        let folder = dir.path();
        assert_eq!(holder(&Machine, folder), None);
        let mark = Mark::take(&Machine, folder, 1).unwrap();
        assert_eq!((mark.epoch, mark.taken_over), (1, false));
        let process = i32::try_from(std::process::id()).unwrap();
        assert_eq!(holder(&Machine, folder).unwrap().process, process);
        let second = Mark::take(&Machine, folder, 1);
        assert!(matches!(second, Err(OpenError::Busy)));
        assert!(mark.is_held());
        drop(mark);
        assert_eq!(holder(&Machine, folder), None);
        assert_eq!(Mark::take(&Machine, folder, 1).unwrap().epoch, 2);
    }

    #[test]
    fn a_holder_that_is_not_heard_of_is_taken_over_and_finds_out() {
        let dir = folder();
        let stopped = Mark::take(&Machine, dir.path(), 1).unwrap();
        age(dir.path(), 1);
        let mark = Mark::take(&Machine, dir.path(), 1).unwrap();
        assert_eq!((mark.epoch, mark.taken_over), (2, true));
        assert!(mark.is_held() && !stopped.is_held());
        // Its heartbeat wakes nobody.
        stopped.beat().unwrap();
        drop(stopped);
        assert!(mark.is_held());
        assert!(holder(&Machine, dir.path()).is_some());
    }

    #[test]
    fn a_heartbeat_keeps_it() {
        let dir = folder();
        let mark = Mark::take(&Machine, dir.path(), 1).unwrap();
        age(dir.path(), 1);
        assert!(holder(&Machine, dir.path()).unwrap().is_stalled());
        mark.beat().unwrap();
        assert!(!holder(&Machine, dir.path()).unwrap().is_stalled());
        assert!(matches!(
            Mark::take(&Machine, dir.path(), 1),
            Err(OpenError::Busy)
        ));
    }

    #[test]
    fn a_lock_that_outlives_its_owner_is_waited_for() {
        let dir = folder();
        let mut owner = std::process::Command::new("true").spawn().unwrap();
        owner.wait().unwrap();
        let signed = Signature {
            process: i32::try_from(owner.id()).unwrap(),
            ..Signature::mine()
        };
        let path = path(dir.path(), 1);
        let inherited = Machine.create(&path, signed.text().as_bytes()).unwrap();
        inherited.lock().unwrap();
        assert_eq!(holder(&Machine, dir.path()), None);
        let (told, tried) = std::sync::mpsc::channel();
        let folder = dir.path().to_owned();
        let taking = std::thread::spawn(move || {
            told.send(()).unwrap();
            Mark::take(&Machine, &folder, 1).map(|mark| mark.epoch)
        });
        tried.recv().unwrap();
        drop(inherited);
        assert_eq!(taking.join().unwrap().unwrap(), 2);
    }

    #[test]
    fn of_many_at_once_one_takes_it() {
        let dir = folder();
        for round in 1..=200 {
            let start = std::sync::Barrier::new(4);
            let marks: Vec<Option<Mark>> = std::thread::scope(|scope| {
                let takers: Vec<_> = (0..4)
                    .map(|_| {
                        scope.spawn(|| {
                            start.wait();
                            Mark::take(&Machine, dir.path(), 1).ok()
                        })
                    })
                    .collect();
                takers.into_iter().map(|it| it.join().unwrap()).collect()
            });
            let held: Vec<Mark> = marks.into_iter().flatten().collect();
            assert_eq!(held.len(), 1, "round {round}");
            assert!(held[0].is_held(), "round {round}");
        }
    }
}

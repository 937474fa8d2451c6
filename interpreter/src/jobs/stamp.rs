//! Which state of a journal something was read from.

use std::io;
use std::os::unix::fs::MetadataExt as _;

use crate::home::RunDir;

/// Tells one state of a journal from every other: a journal that has this stamp still says what it
/// said when the stamp was taken, if it was [settled](Stamp::is_settled) then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Another file of the same name has another one.
    pub(super) inode: u64,
    /// In bytes.
    pub(super) length: u64,
    /// When the file last changed, in nanoseconds since 1970. No program can set it back.
    pub(super) changed: i64,
}

/// How long after a change a journal may change again without another stamp: the clock of file
/// systems ticks every 10 milliseconds or faster.
const TICK: i64 = 50_000_000;

impl Stamp {
    /// The stamp of a run's journal.
    ///
    /// # Errors
    /// The file system's.
    pub(super) fn of(run: &RunDir) -> io::Result<Stamp> {
        let file = std::fs::metadata(run.journal())?;
        Ok(Stamp {
            inode: file.ino(),
            length: file.len(),
            changed: file
                .ctime()
                .saturating_mul(1_000_000_000)
                .saturating_add(file.ctime_nsec()),
        })
    }

    /// Whether whoever reads the journal at `now`, in nanoseconds since 1970, reads the last state
    /// that has this stamp. A journal that has changed just now, or in the future, may not be it.
    pub(super) fn is_settled(&self, now: i64) -> bool {
        now.saturating_sub(self.changed) > TICK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_just_now_may_change_again_unseen() {
        let stamp = Stamp {
            inode: 1,
            length: 1,
            changed: 1_000_000_000,
        };
        assert!(!stamp.is_settled(1_000_000_000));
        assert!(!stamp.is_settled(1_050_000_000));
        assert!(stamp.is_settled(1_050_000_001));
        assert!(!stamp.is_settled(0), "the clock was set back");
    }
}

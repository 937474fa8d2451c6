//! What happened in a run: append-only, hash-chained, durable before every outside effect.
//!
//! Each record is one line of JSON that holds the SHA-256 of the line before it. A torn end is
//! what a crash leaves behind: it is dropped, and said. Damage anywhere else is an error that
//! names its place, never a silent cut.
//!
//! Only who has the lease of a run may append to its journal. A lease has a number, its epoch, and
//! a later one ends all before it, also that of an owner which was only stopped for a while and
//! does not know yet.

mod answered;
mod chain;
pub mod files;
mod hide;
mod part;
mod record;
mod writer;

#[cfg(test)]
mod tests;

use std::any::Any;
use std::fmt;
use std::io;
use std::time::Duration;

use tokio::sync::watch;

pub use self::answered::ModelAnswered;
pub use self::chain::{Damage, Loaded, check, head_at};
pub use self::files::Files;
pub use self::part::PartDone;
pub use self::record::{
    Blocked, Entry, FileTexts, Finished, Happened, MissingItem, OPERATOR_BLOCKED, Outcome, Outside,
    Record, Resolution, Started, State, VERSION, attempt_of, base_of, inputs_of, policies_of,
};
pub use self::writer::{Journal, Opened, Writer};

/// Where journals live. Files are the first store; nothing above this trait knows of them.
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Takes the lease of a run, and gives what is recorded of it. From now on nobody with an
    /// earlier lease can append. What is given is durable, so that what is done next may rest on
    /// it.
    ///
    /// # Errors
    /// [`OpenError::Busy`] while somebody has it who was heard of lately.
    fn lease(&self, run: &str) -> Result<(Lease, Loaded), OpenError>;

    /// What is recorded of a run, and who has its lease.
    ///
    /// # Errors
    /// It cannot be read, or is damaged.
    fn load(&self, run: &str) -> Result<Loaded, OpenError>;

    /// Who has the lease of a run, as [`Store::load`] says. A store that can tell without reading the
    /// journal does.
    fn holder(&self, run: &str) -> Option<Holder> {
        self.load(run).ok()?.holder
    }

    /// Appends records if `epoch` is still that of the run's lease and `expected` is the number of
    /// records there are. They are all durable when it returns, with everything before them, if
    /// `durable` is asked for.
    ///
    /// # Errors
    /// Nothing may be appended with this lease any more, and nothing that was to rest on these
    /// records may be done.
    fn append(
        &self,
        run: &str,
        epoch: u64,
        expected: u64,
        lines: &[String],
        durable: bool,
    ) -> Result<(), AppendError>;
}

/// The right to append to the journal of a run, given back when dropped.
pub struct Lease {
    /// The number of this lease: higher than all that the run had before.
    pub epoch: u64,
    /// Its holder before was alive, but had not been heard of for [`EXPIRES`].
    pub taken_over: bool,
    /// Turns `true` when somebody else has taken the run over.
    pub lost: watch::Receiver<bool>,
    /// What the store must keep for it.
    held: Box<dyn Any + Send + Sync>,
}

impl Lease {
    /// A lease that holds `held` until it is dropped.
    pub fn new(
        epoch: u64,
        taken_over: bool,
        lost: watch::Receiver<bool>,
        held: impl Any + Send + Sync,
    ) -> Lease {
        Lease {
            epoch,
            taken_over,
            lost,
            held: Box::new(held),
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = (*self.held).type_id();
        let mut lease = f.debug_struct("Lease");
        lease.field("epoch", &self.epoch).field("held", &held);
        lease.finish_non_exhaustive()
    }
}

/// How often the holder of a lease says that it is there.
pub const HEARTBEAT: Duration = Duration::from_secs(5);

/// A holder that has said nothing for this long may be taken over.
pub const EXPIRES: Duration = Duration::from_secs(30);

/// Who has the lease of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The number of its process.
    pub process: i32,
    /// How long ago it said that it is there.
    pub silent: Duration,
}

impl Holder {
    /// Whether it has not been heard of for so long that others may take over.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        self.silent >= EXPIRES
    }
}

/// Why a journal could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// Another process runs it.
    Busy,
    /// It is damaged.
    Damaged(Damage),
    /// The file system's error.
    Io(io::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Busy => f.write_str("another process is running it"),
            OpenError::Damaged(damage) => damage.fmt(f),
            OpenError::Io(error) => write!(f, "its journal cannot be opened: {error}"),
        }
    }
}

/// Why records were not appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppendError {
    /// Somebody else has the lease now.
    Fenced,
    /// There are other records than the writer knows of.
    Unexpected,
    /// They could not be written, or not be made durable: why. Whether they are there cannot be
    /// known before they are read back.
    Failed(String),
}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AppendError::Fenced => f.write_str(
                "another process has taken this run over, as nothing had been heard of this one",
            ),
            AppendError::Unexpected => {
                f.write_str("the journal holds other records than this process has written")
            }
            AppendError::Failed(why) => write!(f, "the journal cannot be written: {why}"),
        }
    }
}

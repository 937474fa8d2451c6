//! Files that use other files: from the project, or from a git repository at a version.
//!
//! What a repository at a version is, is pinned in `tau.lock`, to the byte. Nothing here reads the
//! disk or the network: texts come from a [`Source`].

mod content;
mod exports;
mod load;
mod lock;
mod reference;

pub use self::content::{Content, MAX_LIBRARY_BYTES, MAX_LIBRARY_FILES, is_part};
pub use self::exports::{Exports, Imports};
pub use self::load::{Loaded, MAX_USE_DEPTH, MAX_USED, load};
pub use self::lock::{Lock, LockError, Locked};
pub use self::reference::{Address, Pin, Reference, WrongReference, join};

/// The name of the file that pins libraries.
pub const LOCK: &str = "tau.lock";

/// The file that `use` takes from a repository when it names none.
pub const ENTRY: &str = "lib.tau";

/// How the files that a file uses reach the language. The command line reads the disk, a run that
/// goes on what it recorded, a test a map.
pub trait Source {
    /// The text of a file that is used.
    ///
    /// # Errors
    /// Why there is none.
    fn text(&self, address: &Address) -> Result<String, Unavailable>;
}

/// Why a file that is used has no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// A file that cannot be read, or that the library does not have: a sentence without its full
    /// stop.
    Unreadable(String),
    /// The lock file cannot be read: a sentence that names it.
    LockInvalid(String),
    /// No lock file says what this library is.
    NotLocked,
    /// It is pinned, and not on this machine.
    NotFetched,
    /// What is on this machine is not what is pinned: a sentence that says where it is.
    Tampered(String),
}

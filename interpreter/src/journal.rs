//! What happened in a run: append-only, hash-chained, durable before every outside effect.
//!
//! Each record is one line of JSON that holds the SHA-256 of the line before it. A torn last
//! line is what a crash leaves behind: it is dropped, and said. Damage anywhere else is an error
//! that names its place, never a silent cut.

mod chain;
mod file;
mod lease;
mod record;
mod writer;

#[cfg(test)]
mod tests;

pub use self::chain::{Damage, Loaded};
pub use self::file::{FileStore, OpenError, read};
pub use self::record::{
    Blocked, Entry, FileTexts, Finished, MissingItem, Outcome, Record, Started, State, VERSION,
    attempt_of, base_of,
};
pub use self::writer::{Journal, Writer};

/// Where journals live. Files are the first store; nothing above this trait knows of them.
pub trait Store: Send + 'static {
    /// Appends records, all or none of them, if `expected` is the number of records there are
    /// and `epoch` still has the lease. Durable when `sync` is set.
    ///
    /// # Errors
    /// Why not. After a failed sync the journal must not be written again.
    fn append(
        &mut self,
        epoch: u64,
        expected: u64,
        lines: &[String],
        sync: bool,
    ) -> Result<(), String>;
}

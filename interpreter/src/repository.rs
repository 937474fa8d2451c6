//! Git as the interpreter sees it: the user's repository, which is only read, and a run's own
//! store, where everything the run makes is kept until one of its commits is published.
//!
//! The mission's tree is virtual, a git tree id: an edit turns one tree into another
//! ([`Store::apply`]), and folders exist on disk only while a process needs one
//! ([`Store::checkout`], [`Store::harvest`]). The user's checkout, index, HEAD, stash,
//! configuration and hooks are never touched; [`Store::publish`] is the one way in, and it adds
//! objects and one branch. Only who asks for it also gets [a note](Repository::add_note).
//!
//! Bytes are never converted: no filter, line-ending rule, attribute, replacement or hook of any
//! configuration takes part.

mod alternates;
mod apply;
mod changes;
mod checkout;
mod commit;
mod confirm;
mod copy;
mod diff;
mod disk;
mod draft;
mod edit;
mod error;
mod git;
mod handles;
mod harvest;
mod heads;
mod ignored;
mod keep;
mod name;
mod near;
mod note;
mod objects;
mod oid;
mod overlay;
mod publish;
mod sign;
mod source;
mod store;
mod tree;

pub(crate) use near::near;

pub use changes::FileDiff;
pub use draft::Draft;
pub use edit::Edit;
pub use error::{Offence, Offender, RepositoryError};
pub use note::NOTES;
pub use oid::{NotAnOid, Oid};
pub use publish::Published;
pub use source::{Base, LogEntry, Repository};
pub use store::Store;
pub use tree::TreeEntry;

#[cfg(test)]
mod tests;

//! Libraries on this machine: what `tau.lock` pins, in the project's folder or in tau's own.
//!
//! Checking reads them through [`Disk`] and never fetches.

mod disk;
mod folder;
mod project;
mod store;

pub(crate) use self::disk::Disk;

//! Libraries on this machine: what `tau.lock` pins, in the project's folder or in tau's own.
//!
//! Checking reads them through [`Disk`] and never fetches. What `tau lib` does with them is in the
//! other files here.

mod disk;
mod folder;
mod graph;
mod names;
mod offers;
mod project;
mod recorded;
mod remote;
mod store;
mod uses;

pub(crate) use self::disk::{Compared, Disk};
pub(crate) use self::graph::{Graph, Origin, collect};
pub(crate) use self::names::contradict;
pub(crate) use self::offers::{Offer, Offers};
pub(crate) use self::project::Project;
pub(crate) use self::recorded::Recorded;
pub(crate) use self::remote::{Kind, fetch, fetch_commit};
pub(crate) use self::store::{Store, VENDORED, vendor, vendored_folders};
pub(crate) use self::uses::{named, of_folder, of_library};

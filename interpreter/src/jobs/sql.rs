//! The tables of `tau.db`, one file each.

pub(super) mod claims;
pub(super) mod runs;
pub(super) mod schema;
pub(super) mod tries;
pub(super) mod workers;

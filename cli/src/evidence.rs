//! What commands need to judge evidence: whose keys count, and the verifiers run again.

pub(crate) mod again;
pub(crate) mod text;
pub(crate) mod trust;

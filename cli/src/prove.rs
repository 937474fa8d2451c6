//! Whether a mission's verifiers can fail: trees that they must refuse, and what they say to them.

pub(crate) mod gate;
mod mutate;
mod operators;
pub(crate) mod recorded;

pub(crate) use self::mutate::mutations;

//! What tau and its keeper say to each other, each a message of JSON on a socket.

use serde::{Deserialize, Serialize};

use super::spec::{Ended, Ground};

/// The most bytes of a message. What may be longer goes in a file of its own.
pub(super) const MESSAGE: usize = 64 << 10;

/// What tau asks for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Asked {
    /// Once, at the beginning.
    Begin(Ground),
    /// A command, under this number. With it come descriptors: a file with its [`Spec`], where its
    /// output goes and, if it is to have a proxy, where its init hands out the listener for that.
    ///
    /// [`Spec`]: super::spec::Spec
    Start(u64),
    /// An end for it and all that it has started.
    Kill(u64),
}

/// What the keeper says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told {
    /// Commands can be started.
    Ready,
    /// This machine does not make boxes; why.
    NotReady(String),
    /// The command of this number has ended, and so has all that it had started.
    Ended(u64, Ended),
}

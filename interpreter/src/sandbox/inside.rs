//! What runs in the helper process, which is this program started again: it has one thread, and
//! does what cannot be done in a program with several.
//!
//! The *keeper* lives as long as its run. For each command it makes a child in new namespaces, the
//! *init*, which builds what the command sees, starts it and watches what it uses. When the command
//! has ended so does the init, and the kernel kills whatever is left in its process namespace.

mod confine;
mod init;
mod keeper;
mod layers;
mod mounts;
mod network;
mod seccomp;
mod usage;

use self::confine::Surroundings;
use std::ffi::OsStr;
use std::io;
use std::process::ExitCode;

/// The word on the command line that makes this program a keeper.
pub(super) const KEEPER: &str = "__box-keeper";

/// The word that makes it a helper which confines itself and starts one command.
pub(super) const CONFINED: &str = "__box-confined";

/// The same in namespaces which have been made for it.
pub(super) const WITHIN: &str = "__box-within";

/// What is to be done at the very beginning of the program, while it has one thread: if it was
/// started as a helper, it is one, and this gives how it ended.
#[must_use]
pub fn entered() -> Option<ExitCode> {
    let word = std::env::args_os().nth(1)?;
    if word == OsStr::new(KEEPER) {
        return Some(keeper::run());
    }
    if word == OsStr::new(CONFINED) {
        return Some(init::confined(Surroundings::Shared));
    }
    if word == OsStr::new(WITHIN) {
        return Some(init::confined(Surroundings::Own));
    }
    None
}

/// What was being done when it failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step(pub(super) String);

impl Step {
    fn new(what: &str, error: &io::Error) -> Step {
        Step(format!("{what}: {error}"))
    }
}

/// Says what was being done.
trait Doing<T> {
    fn doing(self, what: &str) -> Result<T, Step>;
}

impl<T, E: Into<io::Error>> Doing<T> for Result<T, E> {
    fn doing(self, what: &str) -> Result<T, Step> {
        self.map_err(|error| Step::new(what, &error.into()))
    }
}

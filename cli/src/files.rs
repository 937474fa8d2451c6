//! Finding tau files and reading them, one bad file never stopping the others.

mod discover;
mod read;
mod replace;

use std::path::PathBuf;

pub(crate) use self::discover::{discover, is_tau_yaml};
pub(crate) use self::read::{contents, read};
pub(crate) use self::replace::{replace, write};

/// A file to work on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Input {
    /// A file of the disk.
    File(PathBuf),
    /// Standard input, under the name it was given.
    Stdin(String),
}

impl Input {
    /// What it is called in messages.
    pub(crate) fn name(&self) -> String {
        match self {
            Input::File(path) => path.to_string_lossy().into_owned(),
            Input::Stdin(name) => name.clone(),
        }
    }
}

/// A file or folder that could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// Its name.
    pub(crate) name: String,
    /// Why, without naming it again.
    pub(crate) why: String,
}

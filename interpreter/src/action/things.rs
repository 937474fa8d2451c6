//! What hands take and give: files, commands, trees.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::sandbox::Exceeded;

/// The kinds of file that git knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FileMode {
    /// `100644`
    #[serde(rename = "100644")]
    Regular,
    /// `100755`
    #[serde(rename = "100755")]
    Executable,
    /// `120000`: the content is the link's target.
    #[serde(rename = "120000")]
    Link,
}

/// One file of the mission's tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its bytes, exactly.
    pub bytes: Vec<u8>,
    /// Its mode.
    pub mode: FileMode,
}

/// One change to the mission's tree. A rename is a removal and a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Relative to the repository's root, `/` between its parts.
    pub path: String,
    /// The file afterwards; `None` removes it.
    pub file: Option<File>,
}

/// One file in which the mission's tree differs from the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Relative to the repository's root, `/` between its parts.
    pub path: String,
    /// Its bytes in the base; `None` when it was added.
    pub before: Option<Vec<u8>>,
    /// Its bytes now; `None` when it was removed.
    pub after: Option<Vec<u8>>,
}

/// A command to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Program and arguments; never seen by a shell.
    pub argv: Vec<String>,
    /// A text that the shell `argv` reads, with what it gets as `$1` and on. The authority that is
    /// asked for is the shell's, as nobody can tell what a text starts.
    pub script: Option<Script>,
    /// A text that it is handed. The authority that is asked for does not speak of it.
    pub handed: Handed,
    /// Added to the cleared environment.
    pub env: Vec<(String, String)>,
    /// Of the variables that are granted, those that it gets; all if it does not say.
    pub granted: Option<Vec<String>>,
    /// The secrets that it gets, each as the variable of its name. Needs `secret` for each.
    pub secrets: Vec<String>,
    /// After this the whole process group is killed.
    pub timeout: Duration,
}

/// A text that a command is handed beside its words. Secrets are taken out of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Handed {
    /// None: its input is empty.
    #[default]
    Nothing,
    /// On its input, which then ends.
    Input(String),
    /// As its last argument.
    Argument(String),
    /// In a file, whose path is its last argument.
    File(String),
}

/// What a shell is told to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Its text.
    pub text: String,
    /// What it gets as `$1` and on.
    pub args: Vec<String>,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// It exited by itself with this code.
    Code(i32),
    /// A signal ended it.
    Signal(i32),
    /// It ran longer than it may and was killed with all its children.
    TimedOut,
    /// It wrote more than it may and was killed with all its children.
    TooMuchOutput,
    /// It used more of something than it may and was killed with all its children.
    Over(Exceeded),
}

/// A process that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// How.
    pub exit: Exit,
    /// The last part of what it wrote to both streams, as text (invalid bytes replaced).
    pub tail: String,
    /// The blob that holds all of it.
    pub log: String,
    /// Wall time in seconds.
    pub seconds: f64,
}

/// What the mission's tree is held against, and which of its files come from there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ground {
    /// Path globs of the files that come from there.
    pub protected: Vec<String>,
    /// The tree; without one, that of the commit the run started from.
    pub tree: Option<String>,
}

/// Which tree to check out cleanly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The ground itself.
    Base(Ground),
    /// The mission's tree as it is now, with the protected files taken from the ground.
    Candidate(Ground),
    /// The same, with some of its files as they are in the ground.
    Without {
        /// What it is held against.
        ground: Ground,
        /// These files.
        paths: Vec<String>,
    },
}

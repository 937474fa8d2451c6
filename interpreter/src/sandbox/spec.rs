//! What a box is made of, as the keeper reads it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What all boxes of a run have in common.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Ground {
    /// An empty folder: the root of the boxes is mounted on it, where only the keeper sees it.
    pub(super) at: PathBuf,
    /// In this order.
    pub(super) mounts: Vec<Mount>,
}

/// One command, and what it sees besides the [`Ground`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Spec {
    /// The program's file.
    pub(super) program: PathBuf,
    /// What it is called by, and its arguments.
    pub(super) argv: Vec<OsString>,
    /// All of its environment.
    pub(super) env: Vec<(OsString, OsString)>,
    /// Where it starts.
    pub(super) cwd: PathBuf,
    /// In this order.
    pub(super) mounts: Vec<Mount>,
    /// How much of everything it may use.
    pub(super) limits: Limits,
    /// Whether it has a [proxy](super::network) behind a listener of its own.
    pub(super) proxied: bool,
}

/// One part of what is seen. Folders on the way to it are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mount {
    /// A file or folder of the machine, at the same place.
    Shown {
        /// Where.
        path: PathBuf,
        /// Whether it can be written.
        access: Access,
    },
    /// A file or folder of the machine that was granted, and never changes.
    Granted {
        /// Where it is seen.
        path: PathBuf,
        /// Where it really is.
        from: PathBuf,
        /// How much may be written on top of it, in bytes, in memory: seen by this command alone, and
        /// gone with it. Nothing can be written without.
        layer: Option<u64>,
    },
    /// A part of what is already shown that cannot be written. Links on the way to it are not
    /// followed, and what is not there is not missed.
    Kept {
        /// The folder that is shown.
        root: PathBuf,
        /// The part, below it.
        path: PathBuf,
    },
    /// An empty folder in memory that can be written.
    Scratch {
        /// Where.
        path: PathBuf,
        /// How much it holds at most, in bytes.
        size: u64,
    },
    /// An empty folder.
    Folder(PathBuf),
    /// A link.
    Link {
        /// Where.
        path: PathBuf,
        /// What it says.
        target: PathBuf,
    },
    /// A file that cannot be written.
    File {
        /// Where.
        path: PathBuf,
        /// What it holds.
        text: String,
    },
}

/// What may be done with what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Access {
    /// Reading, and running.
    Read,
    /// Writing, too.
    Write,
    /// A device file: reading and writing.
    Device,
}

/// How much of everything a command and all that it starts may use together, if not said
/// otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Time of processors, in seconds.
    pub cpu_seconds: u64,
    /// Memory that belongs to no file, in bytes.
    pub memory: u64,
    /// Processes and threads at the same time.
    pub processes: u64,
    /// Open files, of each process.
    pub open_files: u64,
    /// The size of each file, in bytes.
    pub file_size: u64,
    /// What is written to `/tmp`, to the home folder and to shared memory, each, in bytes.
    pub scratch: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            cpu_seconds: 36_000,
            memory: 8 << 30,
            processes: 4096,
            open_files: 4096,
            file_size: 8 << 30,
            scratch: 1 << 30,
        }
    }
}

/// The limit that a command has exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exceeded {
    /// Time of processors.
    Cpu,
    /// Memory.
    Memory,
    /// Processes and threads.
    Processes,
    /// The size of a file.
    FileSize,
}

/// How a command's box ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The command exited with this code.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
    /// It used too much.
    Over(Exceeded),
    /// It was killed with all that it had started.
    Killed,
    /// Its program could not be started: the system's error number.
    NotStarted(i32),
    /// The box could not be made: what was being done, and the system's error.
    NoBox(String),
}

impl Mount {
    /// Where it is seen; of a part, below its folder.
    pub(super) fn path(&self) -> &Path {
        match self {
            Mount::Shown { path, .. }
            | Mount::Granted { path, .. }
            | Mount::Kept { path, .. }
            | Mount::Scratch { path, .. }
            | Mount::Folder(path)
            | Mount::Link { path, .. }
            | Mount::File { path, .. } => path,
        }
    }

    /// Something of the machine that can be read, if it is there.
    pub(super) fn readable(path: impl AsRef<Path>) -> Option<Mount> {
        let path = path.as_ref();
        path.exists().then(|| Mount::Shown {
            path: path.to_owned(),
            access: Access::Read,
        })
    }
}

impl Ended {
    /// What a signal that ended the command says.
    pub(super) fn signal(signal: i32) -> Ended {
        match signal {
            libc::SIGXFSZ => Ended::Over(Exceeded::FileSize),
            libc::SIGXCPU => Ended::Over(Exceeded::Cpu),
            signal => Ended::Signal(signal),
        }
    }
}

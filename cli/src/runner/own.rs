//! This program once more, as a process of its own.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tau_interpreter::home::RunDir;

/// The running program, also when its file was replaced by a newer one since.
const SELF: &str = "/proc/self/exe";

/// A command of this program, without input, that belongs to no run.
///
/// # Errors
/// The operating system does not say where the program is.
pub(crate) fn tau() -> io::Result<Command> {
    let program = match Path::new(SELF).exists() {
        true => PathBuf::from(SELF),
        false => std::env::current_exe()?,
    };
    let mut command = Command::new(program);
    let (mark, _) = tau_interpreter::process::mark(Path::new(""));
    command.arg0("tau").env_remove(mark).stdin(Stdio::null());
    command.args(["--color", "never"]);
    Ok(command)
}

/// `tau resume` of a run, in a process group of its own: what is typed at this terminal does not
/// reach it. What it says goes to the run's [`log`].
///
/// # Errors
/// As [`tau`], and those of the log.
pub(crate) fn resume<'a>(
    run: &RunDir,
    arguments: impl IntoIterator<Item = &'a str>,
) -> io::Result<Command> {
    // Of two that are started at once the one that comes too late takes no word from the other.
    let log = File::options().create(true).append(true).open(log(run))?;
    let mut command = tau()?;
    command
        .args(["resume", run.id()])
        .args(arguments)
        .process_group(0)
        .stdout(log.try_clone()?)
        .stderr(log);
    Ok(command)
}

/// Where a run that goes on by itself writes what it would have shown.
pub(crate) fn log(run: &RunDir) -> PathBuf {
    run.path().join("worker.log")
}

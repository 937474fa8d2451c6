//! Asking the `git` program, where reading files would mean doing its work again.

pub(crate) mod made;

use std::path::Path;
use std::process::{Command, Stdio};

use tau_interpreter::process;

/// Variables that would point git elsewhere than at the folder it is started in.
const ELSEWHERE: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
];

/// `git` in `folder`, with nothing to ask and no watcher of the repository's started.
///
/// # Errors
/// A sentence, when there is no such program.
pub(crate) fn git(folder: &Path) -> Result<Command, String> {
    // Found as runs find programs: never in a relative folder of PATH, which `folder` could fill.
    let path = std::env::var_os("PATH");
    let program = process::find("git", folder, path.as_deref());
    let program = program.map_err(|missing| missing.to_string())?;
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .args(["-c", "core.fsmonitor=false"])
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    for name in ELSEWHERE {
        command.env_remove(name);
    }
    Ok(command)
}

/// What the command printed, without the last newline.
///
/// # Errors
/// It could not be started, or it failed: what it said about that.
pub(crate) fn output(mut command: Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| format!("cannot start `git`: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stderr))
    }
}

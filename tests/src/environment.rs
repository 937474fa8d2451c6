//! What of the developer's machine a test may see.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where toolchains are; the rest of the environment could change what tau does.
const PASSED_ON: &[&str] = &[
    "PATH",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "NVM_DIR",
    "VOLTA_HOME",
    "GOROOT",
    "TMPDIR",
    "LD_LIBRARY_PATH",
];

/// Gives `command` an environment that is the same on every machine: a home folder of its own,
/// git without anybody's configuration but a fixed identity and fixed dates, and the toolchains.
pub(crate) fn isolate(command: &mut Command, home: &Path, ceiling: &Path) {
    command.env_clear();
    for name in PASSED_ON {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        if env::var_os(name).is_none()
            && let Some(folder) = in_real_home(folder)
        {
            command.env(name, folder);
        }
    }
    command
        .env("HOME", home)
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CEILING_DIRECTORIES", ceiling);
}

fn in_real_home(folder: &str) -> Option<OsString> {
    let folder = PathBuf::from(env::var_os("HOME")?).join(folder);
    folder.is_dir().then(|| folder.into_os_string())
}

/// Whether `program` is in `PATH` and starts.
#[must_use]
pub fn is_installed(program: &str) -> bool {
    let version = Command::new(program).arg("--version").output();
    version.is_ok_and(|output| output.status.success())
}

/// For a test that needs more than git and Rust: whether it must be skipped. Says so on standard
/// error, past the test runner's capture, so that nobody takes a skipped test for a passed one.
///
/// ```no_run
/// # fn a_test() {
/// if tau_tests::skip_without("python3", "edits_a_python_project") {
///     return;
/// }
/// # }
/// ```
#[must_use]
pub fn skip_without(program: &str, test: &str) -> bool {
    if is_installed(program) {
        return false;
    }
    skip(test, &format!("`{program}`, which is not installed"));
    true
}

/// Says on standard error, past the test runner's capture, that a test is skipped for want of
/// something.
pub fn skip(test: &str, needs: &str) {
    use std::io::Write as _;
    let line = format!("skipped: {test} needs {needs}\n");
    // Written to the stream itself: the runner captures only what the print macros write.
    let _ = std::io::stderr().write_all(line.as_bytes());
}

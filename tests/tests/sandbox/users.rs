//! The same as an ordinary user: when root runs the tests, they try all attacks once more in a
//! process of their own that belongs to nobody.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tau_tests::tau_program;
use tempfile::TempDir;

/// The user and the group that own nothing.
const NOBODY: u32 = 65534;

/// Whether this process belongs to root.
pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// A test of this program, run by an ordinary user.
pub(crate) struct Ordinary {
    child: Child,
    folder: TempDir,
}

/// The variable that says to such a process where its words go.
const SAYS: &str = "TAU_TEST_SAYS";

/// Where this process is to write what it finds, if it is such a one.
pub(crate) fn told_to_say() -> Option<std::path::PathBuf> {
    std::env::var_os(SAYS).map(Into::into)
}

/// Starts the test `name` of this program as nobody.
pub(crate) fn starts(name: &str) -> Ordinary {
    let folder = TempDir::with_prefix("tau-nobody-").unwrap();
    let at = folder.path();
    fs::set_permissions(at, fs::Permissions::from_mode(0o755)).unwrap();
    // Where they lie now may be in a folder that nobody else can enter.
    let copied = |from: &Path, name: &str| {
        let to = at.join(name);
        if fs::hard_link(from, &to).is_err() {
            fs::copy(from, &to).unwrap();
        }
        to
    };
    let tau = copied(&tau_program(), "tau");
    let tests = copied(&std::env::current_exe().unwrap(), "tests");
    let own = at.join("own");
    fs::create_dir(&own).unwrap();
    chown(&own, Some(NOBODY), Some(NOBODY)).unwrap();
    let child = Command::new(tests)
        .args(["--exact", name, "--nocapture"])
        .env("TAU_BIN", tau)
        .env("TMPDIR", &own)
        .env("HOME", &own)
        .env(SAYS, own.join("said"))
        .current_dir(&own)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(at.join("errors")).unwrap())
        .uid(NOBODY)
        .gid(NOBODY)
        .spawn()
        .unwrap();
    Ordinary { child, folder }
}

impl Ordinary {
    /// What it said in the end.
    pub(crate) fn said(mut self) -> String {
        let status = self.child.wait().unwrap();
        let errors = fs::read(self.folder.path().join("errors")).unwrap();
        let errors = String::from_utf8_lossy(&errors);
        assert!(status.success(), "as an ordinary user: {errors}");
        fs::read_to_string(self.folder.path().join("own/said")).unwrap()
    }
}

//! A repository, a home and a state folder of a test's own.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::{Done, environment, tau_program};

/// Git's configuration in the sandbox's home.
const GIT_CONFIG: &str = "\
[user]
\tname = Test
\temail = test@localhost
[init]
\tdefaultBranch = main
[commit]
\tgpgSign = false
[gc]
\tauto = 0
";

/// A folder that is gone after the test. It holds the folder to work in, a home folder, and
/// tau's state.
///
/// Commands run with an environment that is the same on every machine; see the source of
/// `environment`. Every method fails the test, with a message, when it cannot do what it says.
pub struct Sandbox {
    root: TempDir,
}

impl Sandbox {
    /// An empty folder to work in, which is not a repository.
    #[must_use]
    pub fn new() -> Self {
        let root = TempDir::with_prefix("tau-test-").unwrap();
        for folder in ["repo", "home"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        fs::write(root.path().join("home/.gitconfig"), GIT_CONFIG).unwrap();
        Sandbox { root }
    }

    /// A repository on branch `main` with one commit of these files: name and text.
    #[must_use]
    pub fn repository(files: &[(&str, &str)]) -> Self {
        let sandbox = Sandbox::new();
        sandbox.git(&["init", "--quiet"]);
        for (name, text) in files {
            sandbox.write(name, text);
        }
        sandbox.commit("first");
        sandbox
    }

    /// The folder in which commands run.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.root.path().join("repo")
    }

    /// The folder around it, for what must not be in the repository. Gone after the test, too.
    #[must_use]
    pub fn outside(&self) -> &Path {
        self.root.path()
    }

    /// Tau's state: `TAU_HOME`.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.root.path().join("state")
    }

    /// Writes a file, and the folders it needs. `name` is relative to [`path`](Self::path).
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Writes a file that can be executed.
    pub fn write_script(&self, name: &str, text: &str) {
        self.write(name, text);
        let path = self.path().join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A file's text.
    #[must_use]
    pub fn read(&self, name: &str) -> String {
        let path = self.path().join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Commits all that is in the folder; the commit's id. The date is fixed, so that the same
    /// files give the same id in every run.
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// Runs git, which must succeed; its standard output.
    pub fn git(&self, arguments: &[&str]) -> String {
        let mut command = self.program("git");
        command
            .args(arguments)
            .env("GIT_AUTHOR_DATE", "2024-01-01T00:00:00Z")
            .env("GIT_COMMITTER_DATE", "2024-01-01T00:00:00Z");
        run(command).ends(0).out
    }

    /// Any program, not started, with the sandbox's folder and environment and no input.
    #[must_use]
    pub fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        environment::isolate(
            &mut command,
            &self.root.path().join("home"),
            self.root.path(),
        );
        command.current_dir(self.path()).stdin(Stdio::null());
        command
    }

    /// `tau`, not started: for tests that kill it, or add to its environment.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(tau_program());
        command.args(arguments).env("TAU_HOME", self.state());
        command
    }

    /// Runs `tau` to its end.
    #[must_use]
    pub fn tau(&self, arguments: &[&str]) -> Done {
        run(self.command(arguments))
    }

    /// Runs `tau` to its end with `input` on its standard input.
    #[must_use]
    pub fn pipe(&self, arguments: &[&str], input: &str) -> Done {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that ends without reading all of it is not an error of the test.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap().into()
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Sandbox::new()
    }
}

fn run(mut command: Command) -> Done {
    match command.output() {
        Ok(output) => output.into(),
        Err(error) => panic!("{command:?} did not start: {error}"),
    }
}

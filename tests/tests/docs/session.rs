//! A shell in a sandbox, in which a page's commands run one after the other.

use std::fs;
use std::path::PathBuf;

use tau_tests::{Done, Sandbox, tau_program};

/// The sandbox, and what a shell remembers from one command to the next.
pub(crate) struct Session {
    pub(crate) sandbox: Sandbox,
    folder: PathBuf,
    last_code: i32,
}

impl Session {
    /// A session in `sandbox`, with `tau` in its `PATH`.
    pub(crate) fn new(sandbox: Sandbox) -> Self {
        let programs = sandbox.outside().join("bin");
        fs::create_dir(&programs).unwrap();
        std::os::unix::fs::symlink(tau_program(), programs.join("tau")).unwrap();
        let folder = sandbox.path();
        Session {
            sandbox,
            folder,
            last_code: 0,
        }
    }

    /// Runs one command of a shell. Both streams come as one, as on a terminal.
    pub(crate) fn run(&mut self, command: &str) -> Done {
        // The README starts tau through cargo, which would build it once more.
        let command = command.replace("cargo run --release -- ", "tau ");
        let remembered = self.sandbox.outside().join("folder");
        let script = format!(
            "exec 2>&1\ncd '{}'\nset_code() {{ return {}; }}\nset_code\n{command}\ncode=$?\npwd > '{}'\nexit $code\n",
            self.folder.display(),
            self.last_code,
            remembered.display(),
        );
        let path = std::env::var("PATH").unwrap();
        let programs = self.sandbox.outside().join("bin");
        let output = self
            .sandbox
            .program("sh")
            .args(["-c", &script])
            .env("PATH", format!("{}:{path}", programs.display()))
            .env("TAU_HOME", self.sandbox.state())
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .unwrap();
        let done = Done::from(output);
        self.last_code = done.code;
        self.folder = fs::read_to_string(remembered).unwrap().trim_end().into();
        done
    }
}

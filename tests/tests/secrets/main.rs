//! Secrets and variables: who gets them, and that they stand nowhere else.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod bounds;
mod environment;
mod given;
mod inputs;
mod nowhere;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tau_tests::{Done, Sandbox};

/// The value of the secret in these tests.
const VALUE: &str = "hunter2/hunter3+hunter4";

/// A repository with this `./show.sh`.
fn showing(script: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "--quiet"]);
    sandbox.write_script("show.sh", script);
    sandbox.commit("first");
    sandbox
}

/// A mission with these lines of authority and statements.
fn mission(authority: &str, statements: &str) -> String {
    format!("mission m {{\n  authority {{\n{authority}\n  }}\n\n{statements}\n}}\n")
}

/// The authority to start `./show.sh`, and more.
fn may(more: &str) -> String {
    format!("    run \"./show.sh *\"\n    {more}")
}

/// Runs a mission with more variables.
fn apply(sandbox: &Sandbox, text: &str, variables: &[(&str, &str)]) -> Done {
    sandbox.write("m.tau", text);
    let mut command = sandbox.command(&["apply", "m.tau", "--yes", "--json"]);
    command.envs(variables.iter().copied());
    command.output().unwrap().into()
}

/// Writes `secrets.toml`.
fn configure(sandbox: &Sandbox, text: &str) {
    let folder = sandbox.outside().join("home/.config/tau");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("secrets.toml");
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
}

/// The files below a folder that hold this text, compressed or not.
fn holding(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if let Ok(bytes) = fs::read(&path) {
            let mut plain = Vec::new();
            let mut gzip = std::process::Command::new("gzip");
            let unpacked = gzip
                .arg("-dc")
                .stdin(fs::File::open(&path).unwrap())
                .output();
            plain.extend(unpacked.map(|output| output.stdout).unwrap_or_default());
            let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|it| it == text.as_bytes());
            if holds(&bytes) || holds(&plain) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

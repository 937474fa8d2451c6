//! A small real repository with a real bug, a test that shows it, and the patch that fixes it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tau_interpreter::process;

use crate::git::made;
use crate::render::sanitize;

/// The folder that is made when none is named.
const DEFAULT: &str = "tau-demo";
/// The command that decides. It needs no network, as the crate has no dependencies.
const CHECK: &str = "cargo test --offline";

/// The committed files. The bug is in `src/lib.rs`.
const FILES: [(&str, &str); 5] = [
    ("Cargo.toml", include_str!("demo/files/Cargo.toml.txt")),
    ("Cargo.lock", include_str!("demo/files/Cargo.lock.txt")),
    (".gitignore", "/target\n"),
    ("src/lib.rs", include_str!("demo/files/lib.rs.txt")),
    ("tests/wrap.rs", include_str!("demo/files/tests.rs.txt")),
];
const PATCH: &str = include_str!("demo/files/fix.patch");

/// What a demonstration works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Demo {
    /// A git repository with one commit, in which one test fails.
    pub(crate) repo: PathBuf,
    /// A patch beside it that makes the test pass.
    pub(crate) patch: PathBuf,
    /// The command that shows both.
    pub(crate) check: String,
}

/// Makes the folder for a demonstration: the asked one, which must not exist or be empty, or
/// else `tau-demo`, `tau-demo-2` and so on, whichever is free.
///
/// # Errors
/// A sentence: it is in use, or cannot be made.
pub(crate) fn folder(asked: Option<&Path>) -> Result<PathBuf, String> {
    if let Some(asked) = asked {
        let name = sanitize::path(asked);
        fs::create_dir_all(asked).map_err(|error| format!("cannot make `{name}`: {error}"))?;
        let mut entries =
            fs::read_dir(asked).map_err(|error| format!("cannot look into `{name}`: {error}"))?;
        return match entries.next() {
            None => Ok(asked.to_owned()),
            Some(_) => Err(format!(
                "`{name}` is not empty; the demo needs a folder of its own"
            )),
        };
    }
    for number in 1..100 {
        let name = match number {
            1 => DEFAULT.to_owned(),
            number => format!("{DEFAULT}-{number}"),
        };
        match fs::create_dir(&name) {
            Ok(()) => return Ok(name.into()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(format!("cannot make `{name}` here: {error}")),
        }
    }
    Err(format!(
        "there are too many folders like `{DEFAULT}` here; remove some of them"
    ))
}

/// The programs that the demonstration needs and this machine does not have.
pub(crate) fn missing_programs() -> Vec<&'static str> {
    let needed = ["git", "cargo"];
    let path = std::env::var_os("PATH");
    let there = |name| process::find(name, Path::new("."), path.as_deref()).is_ok();
    needed.into_iter().filter(|name| !there(name)).collect()
}

/// Fills the empty folder `folder`. The commit is the same on every machine.
///
/// # Errors
/// A sentence: a file cannot be written, or git fails.
pub(crate) fn prepare(folder: &Path) -> Result<Demo, String> {
    let repo = folder.join("wrap");
    for (name, text) in FILES {
        made::write(&repo.join(name), text)?;
    }
    let patch = folder.join("fix.patch");
    made::write(&patch, PATCH)?;
    made::commit(&repo, "wrap text to a width")?;
    Ok(Demo {
        repo,
        patch,
        check: CHECK.to_owned(),
    })
}

#[cfg(test)]
mod tests;

//! Libraries from git repositories: locked to the byte, shown before they are added, used offline.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod add;
mod fetch;
mod hostile;
mod running;
mod together;
mod update;
mod vendor;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tau_tests::{Done, Sandbox};

/// A library of one mission with this authority.
fn library(authority: &str) -> String {
    format!(
        "use std.fs\n\nmission look {{\n  authority {{\n{authority}\n  }}\n  step it = fs.read(path: \
         \"a\")\n}}\n"
    )
}

/// A mission that uses these repositories.
fn uses(repositories: &[&str]) -> String {
    let name = |number: usize| ["one", "two", "three"][number];
    let lines = repositories.iter().enumerate();
    let lines: String = lines
        .map(|(number, it)| format!("use \"{it}\" as {}\n", name(number)))
        .collect();
    let mission = "mission fix {\n  authority {\n    read \"**\"\n  }\n\n  step it = fs.read(path: \
                   \"a\")\n}\n";
    format!("use std.fs\n{lines}\n{mission}")
}

/// A repository beside the sandbox's, from which libraries are taken.
struct Host<'a> {
    sandbox: &'a Sandbox,
    name: &'a str,
}

impl<'a> Host<'a> {
    /// One with a commit of these files on `main`, under the tag `v1`.
    fn new(sandbox: &'a Sandbox, name: &'a str, files: &[(&str, &str)]) -> Host<'a> {
        let host = Host { sandbox, name };
        fs::create_dir(host.path()).unwrap();
        host.git(&["init", "--quiet"]);
        for (path, text) in files {
            host.write(path, text);
        }
        host.commit();
        host.git(&["tag", "v1"]);
        host
    }

    fn path(&self) -> PathBuf {
        self.sandbox.outside().join(self.name)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Commits all that is there; the commit's id.
    fn commit(&self) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "x"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs git there, which must succeed; what it prints.
    fn git(&self, arguments: &[&str]) -> String {
        let mut command = self.sandbox.program("git");
        let output = command.args(arguments).current_dir(self.path()).output();
        Done::from(output.unwrap()).ends(0).out.trim().to_owned()
    }
}

/// `tau lib` with these arguments, and what it gives as JSON.
fn lib(sandbox: &Sandbox, arguments: &[&str], code: i32) -> Value {
    let arguments = [&["lib"], arguments, &["--json"]].concat();
    sandbox.tau(&arguments).ends(code).json()
}

/// What is said on standard error by a `tau lib` that ends with `code`.
fn said(sandbox: &Sandbox, arguments: &[&str], code: i32) -> String {
    let err = sandbox.tau(&[&["lib"], arguments].concat()).ends(code).err;
    err.replace(sandbox.outside().to_str().unwrap(), "…")
}

/// The changes of a document: what happens to which library.
fn changes(document: &Value) -> Vec<String> {
    let changes = document["changes"].as_array().unwrap().iter();
    let text = |change: &Value, member: &str| change[member].as_str().unwrap().to_owned();
    changes
        .map(|it| {
            format!(
                "{} {}@{}",
                text(it, "change"),
                text(it, "from"),
                text(it, "version")
            )
        })
        .collect()
}

/// Whether tau's own folder has no library.
fn store_is_empty(sandbox: &Sandbox) -> bool {
    let store = fs::read_dir(sandbox.state().join("libraries"));
    store.map_or(true, |entries| entries.count() == 0)
}

fn is_locked(sandbox: &Sandbox) -> bool {
    sandbox.path().join("tau.lock").exists()
}

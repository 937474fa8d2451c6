//! An empty repository for the time of one fetch, and git in it.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use tempfile::TempDir;

use super::address::Address;
use crate::git::git;

/// The most bytes that a list of names or files may have.
const MAX_LIST_BYTES: u64 = 64 * 1024 * 1024;
/// The most bytes of git's complaints that are kept.
const MAX_COMPLAINT_BYTES: u64 = 16 * 1024;

/// See the module.
pub(super) struct Bare(TempDir);

impl Bare {
    /// One whose ids have so many digits.
    pub(super) fn new(id_length: usize) -> Result<Bare, String> {
        let folder = tempfile::Builder::new().prefix("tau-lib-").tempdir();
        let folder = folder.map_err(|error| format!("cannot be fetched: {error}"))?;
        let bare = Bare(folder);
        let hash = match id_length {
            64 => "--object-format=sha256",
            _ => "--object-format=sha1",
        };
        let mut command = bare.git()?;
        command.args(["init", "--quiet", "--bare", "--template=", hash]);
        output(command)?;
        Ok(bare)
    }

    /// Brings what `wanted` names; its newest commit alone when it is `shallow`.
    pub(super) fn fetch(
        &self,
        address: &Address,
        wanted: &[&str],
        shallow: bool,
    ) -> Result<(), String> {
        let mut command = self.git()?;
        command.args(["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"]);
        if shallow {
            command.arg("--depth=1");
        }
        command.arg("--end-of-options").arg(address.as_os_str());
        command.args(wanted);
        output(command).map(|_| ())
    }

    /// Brings `wanted` with all that was before, and looks for a commit in it.
    pub(super) fn dig(
        &self,
        address: &Address,
        wanted: &[&str],
        commit: &str,
    ) -> Result<String, String> {
        self.fetch(address, wanted, false)
            .map_err(|why| format!("cannot be fetched: {why}"))?;
        self.commit(commit)
            .map_err(|_| format!("has the commit {commit} on no branch and under no tag"))
    }

    /// The commit that was fetched last.
    pub(super) fn fetched(&self) -> Result<String, String> {
        self.commit("FETCH_HEAD")
            .map_err(|_| "has no commit under this version".to_owned())
    }

    fn commit(&self, name: &str) -> Result<String, String> {
        let mut command = self.git()?;
        command.args(["rev-parse", "--verify", "--quiet", "--end-of-options"]);
        command.arg(format!("{name}^{{commit}}"));
        let id = output(command)?;
        let id = String::from_utf8_lossy(&id).trim().to_owned();
        match is_id(&id) {
            true => Ok(id),
            false => Err("git gave no commit".to_owned()),
        }
    }

    /// What git prints when it is asked about this repository.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<Vec<u8>, String> {
        let mut command = self.git()?;
        command.args(arguments);
        output(command)
    }

    /// A git that is asked several things in turn.
    pub(super) fn converse(&self, arguments: &[&str]) -> Result<Child, String> {
        let mut command = self.git()?;
        command.args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(Stdio::null()).spawn().map_err(not_started)
    }

    fn git(&self) -> Result<Command, String> {
        let mut command = alone(self.0.path())?;
        command.env("GIT_DIR", self.0.path());
        Ok(command)
    }
}

/// The branches and tags of a repository, as `git ls-remote` prints them.
pub(super) fn list(address: &Address) -> Result<String, String> {
    // In a folder that is in no repository: its configuration would count.
    let folder = tempfile::Builder::new().prefix("tau-lib-").tempdir();
    let folder = folder.map_err(|error| error.to_string())?;
    let mut command = alone(folder.path())?;
    if let Some(above) = folder.path().parent() {
        command.env("GIT_CEILING_DIRECTORIES", above);
    }
    command.args(["ls-remote", "--quiet", "--end-of-options"]);
    command.arg(address.as_os_str());
    command.args(["refs/heads/*", "refs/tags/*"]);
    let list = output(command)?;
    Ok(String::from_utf8_lossy(&list).into_owned())
}

/// Whether it is a commit's whole id.
pub(super) fn is_id(text: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    matches!(text.len(), 40 | 64) && text.bytes().all(is_digit)
}

/// Git with the user's own configuration, which may be needed to log in, but without anything that
/// asks, runs a hook, reaches further than to the named repository, or comes from the environment.
fn alone(folder: &Path) -> Result<Command, String> {
    let mut command = git(folder)?;
    for (name, _) in std::env::vars_os() {
        if is_gits(&name) {
            command.env_remove(name);
        }
    }
    for setting in [
        "core.hooksPath=/dev/null",
        "credential.interactive=false",
        "fetch.recurseSubmodules=false",
        "gc.auto=0",
        "http.lowSpeedLimit=1",
        "http.lowSpeedTime=60",
        "maintenance.auto=false",
        "submodule.recurse=false",
        "transfer.bundleURI=false",
    ] {
        command.args(["-c", setting]);
    }
    command
        .env("GIT_ALLOW_PROTOCOL", "https:ssh:file")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        // Empty is none, so that no other is looked for; ssh asks nobody but one that says no.
        .env("GIT_ASKPASS", "")
        .env("SSH_ASKPASS", "/bin/false")
        .env("SSH_ASKPASS_REQUIRE", "force");
    Ok(command)
}

fn is_gits(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b"GIT_")
}

/// What the command prints, within bounds.
///
/// # Errors
/// The last line that it complained with.
fn output(mut command: Command) -> Result<Vec<u8>, String> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(not_started)?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let complaints = thread::spawn(move || complaint(err));
    let mut list = Vec::new();
    let read = out.map_or(Ok(0), |out| {
        out.take(MAX_LIST_BYTES + 1).read_to_end(&mut list)
    });
    if read.is_err() || list.len() as u64 > MAX_LIST_BYTES {
        // It may have ended by itself meanwhile.
        let _ = child.kill();
        let _ = child.wait();
        return Err(format!("it lists more than {MAX_LIST_BYTES} bytes"));
    }
    let status = child.wait().map_err(not_started)?;
    let complaint = complaints.join().unwrap_or_default();
    match status.success() {
        true => Ok(list),
        false if complaint.is_empty() => Err(format!("git ended with {status}")),
        false => Err(complaint),
    }
}

/// What git says it failed for: its last `fatal:` or `error:` line, or its last one. All of it is
/// read, so that git is never waiting to be heard.
fn complaint(from: Option<impl Read>) -> String {
    let Some(mut from) = from else {
        return String::new();
    };
    let mut kept = Vec::new();
    // What cannot be read is not said.
    let _ = from
        .by_ref()
        .take(MAX_COMPLAINT_BYTES)
        .read_to_end(&mut kept);
    let _ = io::copy(&mut from, &mut io::sink());
    let text = String::from_utf8_lossy(&kept);
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let of = |prefix: &'static str| lines().filter_map(|line| line.strip_prefix(prefix)).next();
    let line = of("fatal: ")
        .or_else(|| of("error: "))
        .or_else(|| lines().next_back());
    line.unwrap_or_default().trim_end_matches('.').to_owned()
}

fn not_started(error: io::Error) -> String {
    format!("cannot start `git`: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_found_among_the_complaints() {
        let said = |text: &str| complaint(Some(text.as_bytes()));
        assert_eq!(
            said("remote: hello\nfatal: repository not found.\nhint: x\n"),
            "repository not found"
        );
        assert_eq!(said("one\n\ntwo\n"), "two");
        assert_eq!(said(""), "");
    }

    #[test]
    fn ids_are_whole() {
        assert!(is_id(&"0".repeat(40)) && is_id(&"f".repeat(64)));
        assert!(!is_id(&"0".repeat(39)) && !is_id(&"F".repeat(40)));
    }
}

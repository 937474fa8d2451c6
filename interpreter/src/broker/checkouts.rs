//! Clean checkouts, and what is put into them and taken out of them beside the tree.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};
use rustix::io::Errno;
use serde_json::json;
use tau_lang::glob::Glob;

use super::{Broker, installed, repository};
use crate::action::{
    Changed, Checkout, Command, Failure, FileMode, Finished, Ground, Later, Shelf, Subject,
};
use crate::blobs::sha256;
use crate::process::find;
use crate::repository::{Oid, RepositoryError};
use crate::sandbox::{Granted, Places, Tier};
use crate::workspace::CleanFolder;

/// How large a file that is taken out of a checkout may be, in bytes.
const REPORT_LIMIT: u64 = 32 << 20;

/// A clean folder with the hands that checked it out.
struct CleanCheckout {
    broker: Broker,
    folder: CleanFolder,
    /// The tree that it is about: what is checked out, and what is hidden.
    tree: String,
    /// What it shows of the user's checkout.
    installed: Vec<Granted>,
}

impl CleanCheckout {
    fn shelf(&self, shelf: Shelf) -> PathBuf {
        match shelf {
            Shelf::Files => self.folder.files(),
            Shelf::Tools => self.folder.tools(),
            Shelf::Reports => self.folder.reports(),
        }
    }
}

impl Checkout for CleanCheckout {
    fn tree(&self) -> &str {
        &self.tree
    }

    fn tier(&self) -> Tier {
        let sandbox = self.broker.world.sandbox.as_ref();
        sandbox.map_or(Tier::None, |sandbox| sandbox.tier())
    }

    fn environment(&self, argv: &[String]) -> String {
        let world = &self.broker.world;
        let shown = |text: &OsString| text.to_string_lossy().into_owned();
        let variables: BTreeMap<String, String> = world
            .environment
            .iter()
            .map(|(name, value)| (shown(name), shown(value)))
            .collect();
        let path = world.environment.iter().rev().find(|(it, _)| it == "PATH");
        let path = path.map(|(_, value)| value.as_os_str());
        let program = argv.first().and_then(|name| {
            let file = find(name, &self.folder.files(), path).ok()?;
            // One of the tree is known by the tree.
            (!file.starts_with(self.folder.files())).then_some(())?;
            let known = std::fs::metadata(&file).ok()?;
            Some(json!([file, known.len(), known.mtime()]))
        });
        let mut parts = json!({
            "machine": std::env::consts::ARCH,
            "program": program,
            "tier": self.tier().name(),
            "variables": variables,
        });
        // What is not there is not said, so that environments without it keep their digest.
        if !self.installed.is_empty() {
            let all = self.installed.iter();
            parts["installed"] = all
                .map(|it| json!([it.text, installed::state(&it.from)]))
                .collect();
        }
        sha256(parts.to_string().as_bytes())
    }

    fn nonce(&self) -> String {
        self.broker.world.clock.nonce()
    }

    fn path(&self, shelf: Shelf) -> PathBuf {
        self.shelf(shelf)
    }

    fn put(&self, shelf: Shelf, name: &str, bytes: &[u8], starts: bool) -> Result<(), Failure> {
        let path = self.shelf(shelf).join(name);
        let mode = if starts { 0o755 } else { 0o644 };
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        let mut options = File::options();
        options.write(true).create_new(true).mode(mode);
        made.and_then(|()| options.open(&path))
            .and_then(|mut file| file.write_all(bytes))
            .map_err(|error| repository(RepositoryError::io("made", &path, error)))
    }

    fn take(&self, shelf: Shelf, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        let folder = self.shelf(shelf);
        read(&folder, name).map_err(|error| {
            Failure::new(
                "report-unreadable",
                format!("What the command reported in `{name}` cannot be read: {error}."),
            )
        })
    }

    fn names(&self, shelf: Shelf) -> Vec<String> {
        let entries = std::fs::read_dir(self.shelf(shelf));
        let entries = entries.into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    fn run<'a>(&'a self, command: Command, watched: Option<Vec<String>>) -> Later<'a, Finished> {
        Box::pin(async move {
            let (files, build, temp) =
                (self.folder.files(), self.folder.build(), self.folder.temp());
            let places = Places {
                files: &files,
                build: &build,
                temp: &temp,
            };
            // What is proven must not rest on what somebody else says today.
            let gate = None;
            self.broker
                .start(command, watched, gate, places, &self.installed, None)
                .await
        })
    }
}

impl Broker {
    pub(super) fn clean_checkout(
        &self,
        subject: Subject,
        hidden: &[String],
        installed: &[String],
    ) -> Result<Box<dyn Checkout>, Failure> {
        let world = &self.world;
        let store = world.workspace.store();
        let tree = match subject {
            Subject::Base(ground) => self.ground_tree(&ground)?,
            Subject::Candidate(ground) => self.candidate_tree(&ground)?,
            Subject::Without { ground, paths } => {
                let tree = self.candidate_tree(&ground)?;
                let is_left_out = |path: &str| paths.iter().any(|it| it == path);
                store
                    .overlay(&tree, &self.ground_tree(&ground)?, is_left_out)
                    .map_err(repository)?
            }
        };
        let hidden: Vec<Glob> = hidden
            .iter()
            .filter_map(|text| Glob::new(text).ok())
            .collect();
        let seen = self.seen_by_verifiers(tree, &hidden)?;
        let folder = CleanFolder::new(&world.dir, store, seen).map_err(repository)?;
        let installed = self.show_installed(installed, &folder.files())?;
        Ok(Box::new(CleanCheckout {
            broker: self.clone(),
            tree: tree.to_string(),
            folder,
            installed,
        }))
    }

    /// The files that the mission's tree does not share with the ground, protected ones left out.
    pub(super) fn changed_files(&self, ground: &Ground) -> Result<Vec<Changed>, Failure> {
        let tree = self.candidate_tree(ground)?;
        let store = self.world.workspace.store();
        let found = store.changes(&self.ground_tree(ground)?, &tree);
        let bytes = |side: Option<(FileMode, Oid)>| side.map(|(_, blob)| store.read(&blob));
        found
            .map_err(repository)?
            .into_iter()
            .map(|it| {
                Ok(Changed {
                    path: it.path,
                    before: bytes(it.old).transpose().map_err(repository)?,
                    after: bytes(it.new).transpose().map_err(repository)?,
                })
            })
            .collect()
    }
}

/// A regular file below a folder that somebody else has written to; no link is followed.
fn read(folder: &Path, name: &str) -> io::Result<Option<Vec<u8>>> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let folder = openat(CWD, folder, flags | OFlags::DIRECTORY, Mode::empty())?;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    // Not blocking, should it be a pipe.
    let flags = flags | OFlags::NONBLOCK;
    let file = match openat2(&folder, name, flags, Mode::empty(), resolve) {
        Ok(file) => File::from(file),
        Err(Errno::NOENT) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    let length = file.take(REPORT_LIMIT + 1).read_to_end(&mut bytes)?;
    if length as u64 > REPORT_LIMIT {
        let limit = REPORT_LIMIT >> 20;
        return Err(io::Error::other(format!("it is larger than {limit} MB")));
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_a_bounded_size_are_taken() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("good"), "x").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", at("link")).unwrap();
        std::fs::create_dir(at("folder")).unwrap();
        rustix::fs::mknodat(CWD, at("pipe"), rustix::fs::FileType::Fifo, Mode::RUSR, 0).unwrap();
        let large = File::create(at("large")).unwrap();
        large.set_len(REPORT_LIMIT + 1).unwrap();
        assert_eq!(read(dir.path(), "good").unwrap().unwrap(), b"x");
        assert!(read(dir.path(), "none").unwrap().is_none());
        for name in ["link", "folder", "pipe", "large", "../x", "link/x"] {
            assert!(read(dir.path(), name).is_err(), "{name}");
        }
    }
}

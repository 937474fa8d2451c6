//! What a run has made, put into its git directory.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use git2::{Indexer, ObjectType, OdbLookupFlags};

use super::commit::Links;
use super::git::Git;
use super::store::sync;
use super::tree::{self, Kind};
use super::{Oid, RepositoryError, Store};

impl Store {
    /// Puts an object that the run has made into its git directory, with all that it names. It is
    /// on disk (fsync, files and folder) when this returns.
    pub fn keep(&self, tip: &Oid) -> Result<(), RepositoryError> {
        let mut found = Vec::new();
        self.with(|git| {
            let mut seen = HashSet::new();
            collect(git, tip.0, &mut seen, &mut found, 0)
        })?;
        if found.is_empty() {
            return Ok(());
        }
        let failed = RepositoryError::git("store the objects of a commit");
        self.with_made(&found, |directory| {
            let mut builder = directory.packbuilder().map_err(&failed)?;
            builder.set_threads(1);
            for id in &found {
                builder.insert_object(*id, None).map_err(&failed)?;
            }
            let mut pack = git2::Buf::new();
            builder.write_buf(&mut pack).map_err(&failed)?;
            let database = directory.odb().map_err(&failed)?;
            let making = Making::new(self.dir())
                .map_err(|error| RepositoryError::io("made", self.dir(), error))?;
            let mut indexer =
                Indexer::new(Some(&database), &making.0, 0o444, false).map_err(&failed)?;
            let written = indexer.write_all(&pack);
            written.map_err(|error| RepositoryError::io("written", &making.0, error))?;
            let name = indexer.commit().map_err(&failed)?;
            self.take_in(&making.0, &name)
                .map_err(|error| RepositoryError::io("written", self.dir(), error))
        })
    }

    /// Makes a pack and its index part of the git directory.
    ///
    /// INVARIANT: they get the names by which they are found only when their bytes are on disk,
    /// the index, which is looked at first, last. libgit2 waits for neither.
    fn take_in(&self, making: &Path, name: &str) -> io::Result<()> {
        let objects = self.dir().join("objects");
        let packs = objects.join("pack");
        let files = ["pack", "idx"].map(|ending| format!("pack-{name}.{ending}"));
        for file in &files {
            sync(&making.join(file))?;
        }
        for file in &files {
            fs::rename(making.join(file), packs.join(file))?;
            sync(&packs)?;
        }
        // Nobody has waited for these folders yet.
        sync(&objects)?;
        sync(self.dir())?;
        self.dir().parent().map_or(Ok(()), sync)
    }

    /// Lends a handle of its own that finds these objects, which the run has made, as if they
    /// were in the git directory.
    pub(super) fn with_made<T>(
        &self,
        made: &[git2::Oid],
        work: impl FnOnce(&git2::Repository) -> Result<T, RepositoryError>,
    ) -> Result<T, RepositoryError> {
        let failed = RepositoryError::git("look at the objects of the run");
        let directory = self.handles.open()?;
        let database = directory.odb().map_err(&failed)?;
        // Before all others, so that it takes what is written.
        let _memory = database.add_new_mempack_backend(1000).map_err(&failed)?;
        for id in made {
            let Some((kind, _)) = self.made.header(*id) else {
                continue;
            };
            if let Some(bytes) = self.made.get(kind, *id)?
                && !database.exists_ext(*id, OdbLookupFlags::NO_REFRESH)
            {
                database.write(kind, &bytes).map_err(&failed)?;
            }
        }
        work(&directory)
    }
}

/// A folder for what is being made, removed when dropped.
struct Making(PathBuf);

impl Making {
    fn new(dir: &Path) -> io::Result<Making> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = dir.join(format!("making-{}-{number}", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Making(path)),
                // An owner that was killed in between had our number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        // What stays is looked at by nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The objects from `id` on that no git directory has. What is in one names nothing else.
pub(super) fn collect(
    git: &Git<'_>,
    id: git2::Oid,
    seen: &mut HashSet<git2::Oid>,
    found: &mut Vec<git2::Oid>,
    depth: usize,
) -> Result<(), RepositoryError> {
    let Some(kind) = git.kind_of_made(id) else {
        return Ok(());
    };
    if !seen.insert(id) || git.is_stored(id) {
        return Ok(());
    }
    tree::check_depth(&[], depth)?;
    match kind {
        ObjectType::Commit => {
            let links = Links::read(git, id)?;
            for next in links.parents.into_iter().chain([links.tree]) {
                collect(git, next, seen, found, 0)?;
            }
        }
        ObjectType::Tree => {
            for entry in tree::entries(git, id)? {
                if entry.kind() != Kind::Submodule {
                    collect(git, entry.id, seen, found, depth + 1)?;
                }
            }
        }
        _ => {}
    }
    found.push(id);
    Ok(())
}

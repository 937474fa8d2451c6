//! A simulated disk: it fails, and it loses power, as a seed says.
//!
//! What was written and not synced may be lost when the power goes, and in any part: a file keeps
//! the first of its changes up to any one, and nulls may stand where bytes of them should be; of the
//! names that were made and taken away in a folder any may be kept. A sync that fails forgets what
//! it should have kept, as Linux does it: the next one succeeds and does not keep it either, and
//! what is read shows no difference until the power goes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::journal::files::disk::{Disk, Handle};

/// Numbers that look random and are the same for the same seed (splitmix64).
#[derive(Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end.max(1) as u64).unwrap()
    }

    /// Others that follow from these. However many of them are taken, these go on in the same way:
    /// how long a lease is depends on the number of this process.
    fn another(&mut self) -> Chance {
        Chance(self.below(usize::MAX) as u64)
    }

    /// Once in so many times; never for 0.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        times > 0 && self.below(times) == 0
    }
}

/// The disk; clones are the same one.
#[derive(Clone, Debug)]
pub(super) struct Simulated(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    chance: Chance,
    /// One call in so many fails; 0 for none.
    fails: usize,
    files: Vec<File>,
    names: BTreeMap<PathBuf, usize>,
    /// The names that are there after a power cut, and the changes that may be.
    kept: BTreeMap<PathBuf, usize>,
    changes: Vec<(PathBuf, Option<usize>)>,
    /// Processes that are gone, with all their open files.
    dead: BTreeSet<u32>,
    /// Which start of the machine it is: files that were open before are not any more.
    start: u32,
}

#[derive(Debug, Default)]
struct File {
    bytes: Vec<u8>,
    kept: Vec<u8>,
    changes: Vec<Change>,
    /// Which process and which handle has its lock.
    locked: Option<(u32, u64)>,
}

#[derive(Clone, Debug)]
enum Change {
    Append(Vec<u8>),
    Overwrite(usize, Vec<u8>),
    Truncate(usize),
}

/// How much of a file is written at once: small, so that records are torn often.
const BLOCK: usize = 32;

impl File {
    fn change(&mut self, change: Change) {
        apply(&mut self.bytes, &change);
        self.changes.push(change);
    }
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Append(more) => bytes.extend_from_slice(more),
        Change::Overwrite(offset, new) => {
            let end = offset + new.len();
            bytes.resize(end.max(bytes.len()), 0);
            bytes[*offset..end].copy_from_slice(new);
        }
        Change::Truncate(length) => bytes.truncate(*length),
    }
}

impl State {
    /// Whether this call fails, and how.
    fn fails(&mut self) -> io::Result<()> {
        if !self.chance.once_in(self.fails) {
            return Ok(());
        }
        let errors = [
            ErrorKind::StorageFull,
            ErrorKind::Other,
            ErrorKind::ReadOnlyFilesystem,
        ];
        Err(errors[self.chance.below(errors.len())].into())
    }

    fn named(&self, path: &Path) -> io::Result<usize> {
        self.names
            .get(path)
            .copied()
            .ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn name(&mut self, path: &Path, file: Option<usize>) {
        match file {
            Some(file) => self.names.insert(path.to_owned(), file),
            None => self.names.remove(path),
        };
        self.changes.push((path.to_owned(), file));
    }
}

impl Simulated {
    /// An empty disk.
    pub(super) fn new(seed: u64) -> Simulated {
        Simulated(Arc::new(Mutex::new(State {
            chance: Chance::new(seed),
            fails: 0,
            files: Vec::new(),
            names: BTreeMap::new(),
            kept: BTreeMap::new(),
            changes: Vec::new(),
            dead: BTreeSet::new(),
            start: 0,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// From now on one call in so many fails; none with 0.
    pub(super) fn fail_once_in(&self, calls: usize) {
        self.state().fails = calls;
    }

    /// The disk as the process of this number sees it.
    pub(super) fn of(&self, process: u32) -> Arc<dyn Disk> {
        Arc::new(Seen {
            disk: self.clone(),
            process,
        })
    }

    /// A process is killed: its files are closed, and nothing else is lost.
    pub(super) fn kill(&self, process: u32) {
        let mut state = self.state();
        state.dead.insert(process);
        for file in &mut state.files {
            if file.locked.is_some_and(|(by, _)| by == process) {
                file.locked = None;
            }
        }
    }

    /// The power goes, and comes back.
    pub(super) fn cut(&self) {
        let mut guard = self.state();
        let State {
            chance,
            files,
            names,
            kept,
            changes,
            ..
        } = &mut *guard;
        for (path, file) in changes.drain(..) {
            if chance.once_in(2) {
                match file {
                    Some(file) => kept.insert(path, file),
                    None => kept.remove(&path),
                };
            }
        }
        names.clone_from(kept);
        for file in files.iter_mut() {
            let count = chance.below(file.changes.len() + 1);
            for (index, change) in file.changes[..count].iter().enumerate() {
                let mut change = change.clone();
                // What was there already is not harmed by what is written behind it.
                if let Change::Append(bytes) = &mut change {
                    lose_blocks(bytes, index + 1 == count, chance.another());
                }
                apply(&mut file.kept, &change);
            }
            file.changes.clear();
            file.locked = None;
            file.bytes.clone_from(&file.kept);
        }
        guard.start += 1;
    }

    /// Makes a file's content another one, as if nobody had noticed: for what the tests age.
    pub(super) fn rewrite(&self, path: &Path, bytes: &[u8]) {
        let mut state = self.state();
        let file = state.named(path).unwrap();
        state.files[file].bytes = bytes.to_vec();
    }

    pub(super) fn bytes(&self, path: &Path) -> Option<Vec<u8>> {
        let state = self.state();
        let file = state.named(path).ok()?;
        Some(state.files[file].bytes.clone())
    }
}

/// Puts nulls into some of the blocks, and cuts the end of the file, now and then.
fn lose_blocks(bytes: &mut Vec<u8>, is_last: bool, mut chance: Chance) {
    if is_last && chance.once_in(2) {
        let kept = chance.below(bytes.len() + 1);
        bytes.truncate(kept);
    }
    if chance.once_in(2) {
        for block in bytes.chunks_mut(BLOCK) {
            if chance.once_in(3) {
                block.fill(0);
            }
        }
    }
}

/// The disk as a process sees it.
#[derive(Debug)]
struct Seen {
    disk: Simulated,
    process: u32,
}

#[derive(Debug)]
struct Open {
    disk: Simulated,
    process: u32,
    start: u32,
    file: usize,
    number: u64,
}

impl Seen {
    fn state(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.disk.state();
        match state.dead.contains(&self.process) {
            true => Err(ErrorKind::BrokenPipe.into()),
            false => Ok(state),
        }
    }

    fn open(&self, state: &mut State, file: usize) -> Box<dyn Handle> {
        Box::new(Open {
            disk: self.disk.clone(),
            process: self.process,
            start: state.start,
            file,
            number: u64::try_from(state.chance.below(usize::MAX)).unwrap(),
        })
    }
}

impl Disk for Seen {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut state = self.state()?;
        state.fails()?;
        let file = state.named(path)?;
        Ok(state.files[file].bytes.clone())
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut state = self.state()?;
        state.fails()?;
        let here = state
            .names
            .keys()
            .filter(|path| path.parent() == Some(folder));
        let names = here.map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
        Ok(names.collect())
    }

    fn append_to(&self, path: &Path) -> io::Result<Box<dyn Handle>> {
        let mut state = self.state()?;
        state.fails()?;
        let file = match state.named(path) {
            Ok(file) => file,
            Err(_) => {
                state.files.push(File::default());
                let file = state.files.len() - 1;
                state.name(path, Some(file));
                file
            }
        };
        Ok(self.open(&mut state, file))
    }

    fn rewrite(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state()?;
        state.fails()?;
        let file = state.named(path)?;
        let offset = usize::try_from(offset).unwrap();
        state.files[file].change(Change::Overwrite(offset, bytes.to_vec()));
        Ok(())
    }

    fn create(&self, path: &Path, content: &[u8]) -> io::Result<Box<dyn Handle>> {
        let mut state = self.state()?;
        if state.named(path).is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        state.files.push(File::default());
        let file = state.files.len() - 1;
        state.name(path, Some(file));
        state.fails()?;
        state.files[file].change(Change::Append(content.to_vec()));
        Ok(self.open(&mut state, file))
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state()?;
        let file = state.named(from)?;
        if state.named(to).is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        state.fails()?;
        state.name(to, Some(file));
        Ok(())
    }

    fn unlink(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state()?;
        state.named(path)?;
        state.fails()?;
        state.name(path, None);
        Ok(())
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.state()?;
        state.fails()?;
        let (here, others): (Vec<_>, Vec<_>) = std::mem::take(&mut state.changes)
            .into_iter()
            .partition(|(path, _)| path.parent() == Some(folder));
        state.changes = others;
        for (path, file) in here {
            match file {
                Some(file) => state.kept.insert(path, file),
                None => state.kept.remove(&path),
            };
        }
        Ok(())
    }

    fn is_locked(&self, path: &Path) -> io::Result<bool> {
        let mut state = self.state()?;
        state.fails()?;
        let file = state.named(path)?;
        Ok(state.files[file].locked.is_some())
    }
}

impl Open {
    fn state(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.disk.state();
        match state.start != self.start || state.dead.contains(&self.process) {
            true => Err(ErrorKind::BrokenPipe.into()),
            false => Ok(state),
        }
    }
}

impl Handle for Open {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state()?;
        let failed = state.fails();
        // One that fails may have written some of it, or all.
        let length = match failed {
            Ok(()) => bytes.len(),
            Err(_) => state.chance.below(bytes.len() + 1),
        };
        state.files[self.file].change(Change::Append(bytes[..length].to_vec()));
        failed
    }

    fn overwrite(&self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state()?;
        state.fails()?;
        state.files[self.file].change(Change::Overwrite(0, bytes.to_vec()));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.state()?;
        let failed = state.fails();
        let file = &mut state.files[self.file];
        if failed.is_err() {
            // The file has its length, and what should be in it is believed to be on the disk.
            file.changes
                .retain(|change| !matches!(change, Change::Overwrite(..)));
            for change in &mut file.changes {
                if let Change::Append(bytes) = change {
                    bytes.fill(0);
                }
            }
            return failed;
        }
        for change in file.changes.drain(..) {
            apply(&mut file.kept, &change);
        }
        Ok(())
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        let mut state = self.state()?;
        state.fails()?;
        let length = usize::try_from(length).unwrap();
        state.files[self.file].change(Change::Truncate(length));
        Ok(())
    }

    fn lock(&self) -> io::Result<()> {
        let mut state = self.state()?;
        state.fails()?;
        let locked = &mut state.files[self.file].locked;
        match locked {
            Some(_) => Err(ErrorKind::WouldBlock.into()),
            None => {
                *locked = Some((self.process, self.number));
                Ok(())
            }
        }
    }

    fn unlock(&self) {
        let Ok(mut state) = self.state() else { return };
        let locked = &mut state.files[self.file].locked;
        if *locked == Some((self.process, self.number)) {
            *locked = None;
        }
    }

    fn has_name(&self) -> io::Result<bool> {
        let mut state = self.state()?;
        state.fails()?;
        Ok(state.names.values().any(|file| *file == self.file))
    }
}

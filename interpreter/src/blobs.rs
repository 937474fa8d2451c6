//! Large values by content.
//!
//! A blob is a file that is named by the SHA-256 of its content. One with the ending `.gz` is
//! compressed; the name says so, and not the bytes, since a value may itself be a compressed file.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rustix::fs::{
    AtFlags, CWD, FlockOperation, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT, flock, utimensat,
};
use rustix::io::retry_on_intr;
use sha2::{Digest as _, Sha256};

use crate::home::sync_dir;

/// A folder of blobs.
#[derive(Clone, Debug)]
pub struct Blobs {
    root: PathBuf,
    /// The folders in it that are surely on disk.
    known: Arc<Mutex<HashSet<PathBuf>>>,
}

impl Blobs {
    /// Blobs in this folder, which need not exist yet.
    #[must_use]
    pub fn new(root: PathBuf) -> Blobs {
        let known = Arc::default();
        Blobs { root, known }
    }

    /// Keeps a value, durably, and gives its name.
    ///
    /// # Errors
    /// The file system's.
    pub fn put(&self, bytes: &[u8]) -> io::Result<String> {
        let name = sha256(bytes);
        let _kept = self.lock(FlockOperation::LockShared)?;
        if !self.has(&name)? {
            self.write(&name, bytes, bytes.len() as u64)?;
        }
        Ok(name)
    }

    /// Keeps a blob that is there, as if it were put now, for a record that is about to name it.
    ///
    /// # Errors
    /// It is not there any more, or the file system's.
    pub fn keep(&self, name: &str) -> io::Result<()> {
        let _kept = self.lock(FlockOperation::LockShared)?;
        match self.has(name)? {
            true => Ok(()),
            false => Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("the blob {name} is gone"),
            )),
        }
    }

    /// Keeps what a file holds, durably, gives its name and removes the file.
    ///
    /// # Errors
    /// The file system's. The file is still where it was.
    pub fn take(&self, file: &Path) -> io::Result<String> {
        let (mut content, mut hasher, mut length) = (File::open(file)?, Sha256::new(), 0);
        let mut buffer = vec![0; 64 << 10];
        loop {
            match content.read(&mut buffer)? {
                0 => break,
                read => {
                    hasher.update(&buffer[..read]);
                    length += read as u64;
                }
            }
        }
        let name = hex(&hasher.finalize());
        let _kept = self.lock(FlockOperation::LockShared)?;
        if !self.has(&name)? {
            self.write(&name, File::open(file)?, length)?;
        }
        fs::remove_file(file)?;
        Ok(name)
    }

    /// The bytes of a blob.
    ///
    /// # Errors
    /// It is not there, cannot be read, or does not hold what its name says.
    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        match self.found(name) {
            Some((path, true)) => {
                GzDecoder::new(File::open(path)?).read_to_end(&mut bytes)?;
            }
            Some((path, false)) => {
                File::open(path)?.read_to_end(&mut bytes)?;
            }
            None => return Err(io::Error::from(io::ErrorKind::NotFound)),
        }
        if sha256(&bytes) != name {
            let why = format!("the blob {name} is damaged");
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        Ok(bytes)
    }

    /// Where the blob of this name is, and whether it is compressed there. Names that are no
    /// SHA-256 have no place.
    #[must_use]
    pub fn found(&self, name: &str) -> Option<(PathBuf, bool)> {
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if name.len() != 64 || !name.bytes().all(is_hex) {
            return None;
        }
        let plain = self.root.join(&name[..2]).join(&name[2..]);
        let packed = plain.with_extension(PACKED);
        if packed.exists() {
            Some((packed, true))
        } else {
            plain.exists().then_some((plain, false))
        }
    }

    /// Whether there is such a blob; then it is on disk. It got its name after its bytes were,
    /// but whoever gave it may not have come to wait for the name.
    fn has(&self, name: &str) -> io::Result<bool> {
        let Some((path, _)) = self.found(name) else {
            return Ok(false);
        };
        touch(&path)?;
        self.sync_names(&path).map(|()| true)
    }

    /// Removes the blobs that were last kept, or found to be there, before this time, unless they
    /// are to be `kept`; and what killed processes had begun to write.
    ///
    /// # Errors
    /// The file system's.
    pub fn sweep(&self, before: SystemTime, kept: impl Fn(&str) -> bool) -> io::Result<Swept> {
        let mut swept = Swept::default();
        self.each(|path, name| {
            let is_old = || Ok::<bool, io::Error>(fs::metadata(path)?.modified()? < before);
            if name.is_some_and(&kept) || !is_old()? {
                return Ok(());
            }
            // Whoever keeps it in this moment has touched it, or finds it gone.
            let _gone = self.lock(FlockOperation::LockExclusive)?;
            if is_old()? {
                let bytes = on_disk(&fs::metadata(path)?);
                fs::remove_file(path)?;
                swept.blobs += 1;
                swept.bytes += bytes;
            }
            Ok(())
        })?;
        Ok(swept)
    }

    /// How many bytes each blob takes on the disk.
    ///
    /// # Errors
    /// The file system's.
    pub fn sizes(&self) -> io::Result<HashMap<String, u64>> {
        let mut sizes = HashMap::new();
        self.each(|path, name| {
            let bytes = on_disk(&fs::metadata(path)?);
            sizes.extend(name.map(|name| (name.to_owned(), bytes)));
            Ok(())
        })?;
        Ok(sizes)
    }

    /// Gives `work` each file, with its blob's name if it is one. What goes meanwhile is no error.
    fn each(&self, mut work: impl FnMut(&Path, Option<&str>) -> io::Result<()>) -> io::Result<()> {
        let gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        let folders = match fs::read_dir(&self.root) {
            Err(error) if gone(&error) => return Ok(()),
            read => read?,
        };
        for folder in folders {
            let folder = folder?;
            let first = folder.file_name().to_string_lossy().into_owned();
            if !folder.file_type()?.is_dir() {
                match work(&folder.path(), None) {
                    Err(error) if !gone(&error) => return Err(error),
                    _ => continue,
                }
            }
            for file in fs::read_dir(folder.path())? {
                let path = file?.path();
                let rest = path.file_stem().unwrap_or_default().to_string_lossy();
                match work(&path, Some(&format!("{first}{rest}"))) {
                    Err(error) if !gone(&error) => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Holds the lock of the folder as long as what it gives lives: shared while something is kept,
    /// and alone while something is removed.
    fn lock(&self, how: FlockOperation) -> io::Result<File> {
        let folder = match File::open(&self.root) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&self.root)?;
                File::open(&self.root)?
            }
            opened => opened?,
        };
        retry_on_intr(|| flock(&folder, how))?;
        Ok(folder)
    }

    /// Writes a blob of `length` bytes, compressed unless it is small.
    fn write(&self, name: &str, mut bytes: impl Read, length: u64) -> io::Result<()> {
        let plain = self.root.join(&name[..2]).join(&name[2..]);
        fs::create_dir_all(plain.parent().unwrap_or(&self.root))?;
        let (new, file) = self.new_file()?;
        let written = (|| {
            if length < SMALL {
                let mut file = file;
                io::copy(&mut bytes, &mut file)?;
                file.sync_all()?;
                fs::rename(&new, &plain)?;
                return self.sync_names(&plain);
            }
            let mut packed = GzEncoder::new(file, Compression::fast());
            io::copy(&mut bytes, &mut packed)?;
            packed.finish()?.sync_all()?;
            let packed = plain.with_extension(PACKED);
            fs::rename(&new, &packed)?;
            self.sync_names(&packed)
        })();
        if written.is_err() {
            // A file without a name that counts harms nothing.
            let _ = fs::remove_file(&new);
        }
        written
    }

    /// A new file in the folder, which has no blob's name.
    fn new_file(&self) -> io::Result<(PathBuf, File)> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = self
                .root
                .join(format!("new-{}-{number}", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((path, file)),
                // A process that was killed had our number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until the name of a blob is on disk, and that of its folder.
    fn sync_names(&self, blob: &Path) -> io::Result<()> {
        let folder = blob.parent().unwrap_or(&self.root);
        sync_dir(folder)?;
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known().contains(folder) {
            return Ok(());
        }
        sync_dir(&self.root)?;
        if let Some(home) = self.root.parent() {
            sync_dir(home)?;
        }
        known().insert(folder.to_owned());
        Ok(())
    }
}

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many blobs.
    pub blobs: u64,
    /// How many bytes they took on the disk.
    pub bytes: u64,
}

/// Makes a blob one that was kept just now, so that nobody removes it before a record names it.
fn touch(path: &Path) -> io::Result<()> {
    let now = |nanos| Timespec {
        tv_sec: 0,
        tv_nsec: nanos,
    };
    let times = Timestamps {
        last_access: now(UTIME_OMIT),
        last_modification: now(UTIME_NOW),
    };
    Ok(utimensat(CWD, path, &times, AtFlags::empty())?)
}

fn on_disk(file: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    file.blocks() * 512
}

/// What the names of compressed blobs end with.
const PACKED: &str = "gz";

/// Values shorter than this are not worth compressing: a file takes a whole block anyway.
const SMALL: u64 = 4096;

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// The bytes that hexadecimal digits stand for; `None` for any other text.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match *pair {
            [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
            _ => None,
        })
        .collect()
}

/// The SHA-256 of bytes, as hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(root: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for folder in fs::read_dir(root).unwrap().flatten() {
            let inner = fs::read_dir(folder.path()).unwrap().flatten();
            found.extend(inner.map(|file| file.file_name().into_string().unwrap()));
        }
        found
    }

    #[test]
    fn a_value_is_kept_once_and_small_where_it_can_be() {
        let temp = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(temp.path().join("blobs"));
        let text = "the same line\n".repeat(10_000);
        let name = blobs.put(text.as_bytes()).unwrap();
        assert_eq!(blobs.put(text.as_bytes()).unwrap(), name);
        let log = temp.path().join("log");
        fs::write(&log, &text).unwrap();
        assert_eq!(blobs.take(&log).unwrap(), name);
        assert!(!log.exists());
        assert_eq!(
            files(&temp.path().join("blobs")),
            [format!("{}.gz", &name[2..])]
        );
        let (path, packed) = blobs.found(&name).unwrap();
        assert!(packed && fs::metadata(path).unwrap().len() < 2000);
        assert_eq!(blobs.read(&name).unwrap(), text.as_bytes());
    }

    #[test]
    fn a_compressed_value_comes_back_as_it_was() {
        let temp = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(temp.path().join("blobs"));
        let text = "line\n".repeat(10_000);
        let name = blobs.put(text.as_bytes()).unwrap();
        let inner = fs::read(blobs.found(&name).unwrap().0).unwrap();
        for value in [inner.as_slice(), b"", b"x"] {
            let name = blobs.put(value).unwrap();
            assert_eq!(blobs.read(&name).unwrap(), value);
        }
    }

    #[test]
    fn the_blobs_of_older_runs_are_read_and_damage_is_found() {
        let temp = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(temp.path().join("blobs"));
        let text = "old line\n".repeat(10_000);
        let name = sha256(text.as_bytes());
        let plain = temp.path().join("blobs").join(&name[..2]);
        fs::create_dir_all(&plain).unwrap();
        fs::write(plain.join(&name[2..]), &text).unwrap();
        assert_eq!(blobs.put(text.as_bytes()).unwrap(), name);
        assert_eq!(files(&temp.path().join("blobs")).len(), 1);
        assert_eq!(blobs.read(&name).unwrap(), text.as_bytes());
        fs::write(plain.join(&name[2..]), "other").unwrap();
        let error = blobs.read(&name).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        let missing = blobs.read(&sha256(b"missing")).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        assert!(blobs.read("../../etc/passwd").is_err());
    }

    #[test]
    fn what_nobody_names_is_swept_unless_it_was_just_kept() {
        let temp = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(temp.path().join("blobs"));
        let [old, named, again] =
            ["old", "named", "again"].map(|it| blobs.put(it.as_bytes()).unwrap());
        let long_ago = SystemTime::UNIX_EPOCH;
        for name in [&old, &named, &again] {
            let file = File::open(blobs.found(name).unwrap().0).unwrap();
            file.set_modified(long_ago).unwrap();
        }
        let killed = temp.path().join("blobs/new-1-1");
        File::create(&killed)
            .unwrap()
            .set_modified(long_ago)
            .unwrap();
        // It was there already, and is named soon.
        blobs.put(b"again").unwrap();
        let before = long_ago + std::time::Duration::from_secs(1);
        let swept = blobs.sweep(before, |name| name == named).unwrap();
        assert_eq!(swept.blobs, 2);
        assert!(blobs.read(&old).is_err() && !killed.exists());
        assert!(blobs.read(&named).is_ok() && blobs.read(&again).is_ok());
        assert_eq!(blobs.put(b"old").unwrap(), old);
        assert_eq!(blobs.sizes().unwrap().len(), 3);
    }

    #[test]
    fn a_blob_that_is_to_be_named_once_more_stays() {
        let temp = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(temp.path().join("blobs"));
        let names = [b"one", b"two"].map(|bytes| blobs.put(bytes).unwrap());
        for name in &names {
            let (path, _) = blobs.found(name).unwrap();
            let file = File::open(path).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        }
        blobs.keep(&names[0]).unwrap();
        let before = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
        assert_eq!(blobs.sweep(before, |_| false).unwrap().blobs, 1);
        assert_eq!(blobs.read(&names[0]).unwrap(), b"one");
        let gone = blobs.keep(&names[1]).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn hexadecimal_digits_there_and_back() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(unhex(&hex(&all)).unwrap(), all);
        assert_eq!((unhex("0"), unhex("0g"), unhex("é")), (None, None, None));
    }
}

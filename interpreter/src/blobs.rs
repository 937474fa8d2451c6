//! Large values by content.
//!
//! A blob is a file that is named by the SHA-256 of its content. One with the ending `.gz` is
//! compressed; the name says so, and not the bytes, since a value may itself be a compressed file.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
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
        if !self.has(&name)? {
            self.write(&name, bytes, bytes.len() as u64)?;
        }
        Ok(name)
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
        match self.found(name) {
            Some((path, _)) => self.sync_names(&path).map(|()| true),
            None => Ok(false),
        }
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
    fn hexadecimal_digits_there_and_back() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(unhex(&hex(&all)).unwrap(), all);
        assert_eq!((unhex("0"), unhex("0g"), unhex("é")), (None, None, None));
    }
}

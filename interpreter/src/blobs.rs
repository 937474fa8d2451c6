//! Large values by content.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::home::sync_dir;

/// A folder of blobs named by their SHA-256.
#[derive(Clone, Debug)]
pub struct Blobs {
    root: PathBuf,
}

impl Blobs {
    /// Blobs in this folder, which need not exist yet.
    #[must_use]
    pub fn new(root: PathBuf) -> Blobs {
        Blobs { root }
    }

    /// Where the blob of this name is. Names that are no SHA-256 have no place.
    #[must_use]
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        let hex = name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit());
        hex.then(|| self.root.join(&name[..2]).join(&name[2..]))
    }

    /// Moves a file in, durably, and gives its name.
    ///
    /// # Errors
    /// The file system's. The file is still where it was.
    pub fn take(&self, file: &Path) -> io::Result<String> {
        let mut content = File::open(file)?;
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match content.read(&mut buffer)? {
                0 => break,
                read => hasher.update(&buffer[..read]),
            }
        }
        let name = hex(&hasher.finalize());
        let path = self.root.join(&name[..2]).join(&name[2..]);
        if !path.exists() {
            content.sync_all()?;
            let folder = self.root.join(&name[..2]);
            fs::create_dir_all(&folder)?;
            fs::rename(file, &path)?;
            sync_dir(&folder)?;
            sync_dir(&self.root)?;
        } else {
            fs::remove_file(file)?;
        }
        Ok(name)
    }

    /// The bytes of a blob.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        match self.path(name) {
            Some(path) => fs::read(path),
            None => Err(io::Error::from(io::ErrorKind::NotFound)),
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of bytes, as hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

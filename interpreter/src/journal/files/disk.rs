//! What journals need of a file system, and nothing else, so that one can be simulated which fails
//! and loses power.

use std::fmt::Debug;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rustix::fs::{FlockOperation, flock, fstat};
use rustix::io::Errno;

/// A file system.
pub trait Disk: Debug + Send + Sync + 'static {
    /// The bytes of a file.
    ///
    /// # Errors
    /// The file system's.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The names in a folder.
    ///
    /// # Errors
    /// The file system's.
    fn names(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// Opens a file to append to it, and makes it if there is none.
    ///
    /// # Errors
    /// The file system's.
    fn append_to(&self, path: &Path) -> io::Result<Box<dyn Handle>>;

    /// Writes over bytes that a file has with the same ones. A sync that fails may let the machine
    /// believe that they are on the disk; then no later one would put them there.
    ///
    /// # Errors
    /// The file system's.
    fn rewrite(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes a new file with this content.
    ///
    /// # Errors
    /// The file system's, also when there is one of this name.
    fn create(&self, path: &Path, content: &[u8]) -> io::Result<Box<dyn Handle>>;

    /// Gives a file another name, too.
    ///
    /// # Errors
    /// The file system's, also when there is one of that name.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Takes a name away.
    ///
    /// # Errors
    /// The file system's.
    fn unlink(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// The file system's.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Whether somebody holds the [lock](Handle::lock) of a file.
    ///
    /// # Errors
    /// The file system's.
    fn is_locked(&self, path: &Path) -> io::Result<bool>;
}

/// An open file.
pub trait Handle: Debug + Send + Sync + 'static {
    /// Writes behind everything that is there, all of it or with an error.
    ///
    /// # Errors
    /// The file system's. How much was written cannot be known then.
    fn append(&self, bytes: &[u8]) -> io::Result<()>;

    /// Writes over the first bytes.
    ///
    /// # Errors
    /// The file system's.
    fn overwrite(&self, bytes: &[u8]) -> io::Result<()>;

    /// Makes what was written durable.
    ///
    /// # Errors
    /// The file system's. What was written since the last time may be gone, now or later.
    fn sync(&self) -> io::Result<()>;

    /// Cuts the file.
    ///
    /// # Errors
    /// The file system's.
    fn truncate(&self, length: u64) -> io::Result<()>;

    /// Takes the file's lock until all copies of this handle are closed, or the process dies.
    ///
    /// # Errors
    /// The file system's, also when somebody else has it.
    fn lock(&self) -> io::Result<()>;

    /// Gives the lock back now, also if another process has got a copy of the handle.
    fn unlock(&self);

    /// Whether the file still has a name.
    ///
    /// # Errors
    /// The file system's.
    fn has_name(&self) -> io::Result<bool>;
}

/// The file system of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Machine;

impl Disk for Machine {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        let names = fs::read_dir(folder)?
            .map(|entry| entry.map(|it| it.file_name().to_string_lossy().into_owned()));
        names.collect()
    }

    fn append_to(&self, path: &Path) -> io::Result<Box<dyn Handle>> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Box::new(file))
    }

    fn rewrite(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        // Not the handle that appends: what is written with that is always put behind the rest.
        let file = OpenOptions::new().write(true).open(path)?;
        file.write_all_at(bytes, offset)
    }

    fn create(&self, path: &Path, content: &[u8]) -> io::Result<Box<dyn Handle>> {
        let mut file = OpenOptions::new().create_new(true).write(true).open(path)?;
        file.write_all(content)?;
        Ok(Box::new(file))
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)
    }

    fn unlink(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    fn is_locked(&self, path: &Path) -> io::Result<bool> {
        let file = File::open(path)?;
        match flock(&file, FlockOperation::NonBlockingLockShared) {
            Ok(()) => {
                // What fails here is given back by the operating system.
                let _ = flock(&file, FlockOperation::Unlock);
                Ok(false)
            }
            Err(Errno::WOULDBLOCK) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }
}

impl Handle for File {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        (&*self).write_all(bytes)
    }

    fn overwrite(&self, bytes: &[u8]) -> io::Result<()> {
        self.write_all_at(bytes, 0)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn lock(&self) -> io::Result<()> {
        Ok(flock(self, FlockOperation::NonBlockingLockExclusive)?)
    }

    fn unlock(&self) {
        // What fails here is given back by the operating system.
        let _ = flock(self, FlockOperation::Unlock);
    }

    fn has_name(&self) -> io::Result<bool> {
        Ok(fstat(self)?.st_nlink > 0)
    }
}

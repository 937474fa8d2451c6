//! Digests of what must not be guessed from them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use secrecy::{ExposeSecret as _, SecretBox};

use crate::blobs::sha256;

/// How many bytes the key has.
const KEY: usize = 32;

/// How many keys this process has begun to make, so that each has a file of its own.
static MADE: AtomicU32 = AtomicU32::new(0);

/// Makes digests with a key that stands in no journal. Who has a journal and not the key cannot try
/// which value has a digest; who has the same home can tell whether a value is the same.
#[derive(Debug)]
pub struct Seal {
    key: SecretBox<[u8; KEY]>,
}

impl Seal {
    /// The key in this file, which is made if it is not there.
    ///
    /// # Errors
    /// It can be neither read nor made, or is damaged.
    pub fn open(path: &Path) -> io::Result<Seal> {
        match File::open(path) {
            Ok(file) => Seal::read(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Seal::make(path),
            Err(error) => Err(error),
        }
    }

    fn read(mut file: File) -> io::Result<Seal> {
        let mut key = SecretBox::new(Box::new([0; KEY]));
        file.read_exact(secrecy::ExposeSecretMut::expose_secret_mut(&mut key))?;
        Ok(Seal { key })
    }

    /// Of several that make it at the same time, all get the key of the first.
    fn make(path: &Path) -> io::Result<Seal> {
        let seal = Seal::read(File::open("/dev/urandom")?)?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let own = path.with_extension(format!("{}-{number}.new", std::process::id()));
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = file.open(&own)?;
        file.write_all(seal.key.expose_secret())?;
        file.sync_all()?;
        let linked = fs::hard_link(&own, path);
        fs::remove_file(&own)?;
        match linked {
            Ok(()) => Ok(seal),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Seal::read(File::open(path)?)
            }
            Err(error) => Err(error),
        }
    }

    /// The digest of a value under a name. The hash of a hash, as in HMAC, so that nothing can be
    /// added to the value behind it.
    #[must_use]
    pub fn digest(&self, name: &str, value: &str) -> String {
        let key = self.key.expose_secret();
        let inner = format!("{}\n{name}\n{}", name.len(), sha256(value.as_bytes()));
        let inner = sha256(&[&key[..], inner.as_bytes()].concat());
        sha256(&[&key[..], inner.as_bytes()].concat())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_same_home_gives_the_same_digest_and_another_gives_another() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("home/seal");
        let first = Seal::open(&path).unwrap();
        let again = Seal::open(&path).unwrap();
        assert_eq!(first.digest("a", "hunter2!"), again.digest("a", "hunter2!"));
        assert_ne!(first.digest("a", "hunter2!"), first.digest("b", "hunter2!"));
        assert_ne!(first.digest("a", "hunter2!"), first.digest("a", "hunter3!"));
        let other = Seal::open(&temp.path().join("other")).unwrap();
        assert_ne!(first.digest("a", "hunter2!"), other.digest("a", "hunter2!"));
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn several_that_make_it_at_once_get_one_key() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("seal");
        let digests: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| Seal::open(&path).unwrap().digest("a", "b")))
                .collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert!(digests.iter().all(|it| *it == digests[0]), "{digests:?}");
    }

    #[test]
    fn nothing_shows_the_key() {
        let temp = tempfile::tempdir().unwrap();
        let seal = Seal::open(&temp.path().join("seal")).unwrap();
        assert_eq!(
            format!("{seal:?}"),
            "Seal { key: SecretBox<[u8; 32]>([REDACTED]) }"
        );
    }
}

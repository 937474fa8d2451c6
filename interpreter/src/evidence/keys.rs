//! A user's two keys, and the files that they are in.
//!
//! INVARIANT: they are below the folder of tau's state, which no box shows.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::key::{KEY, PublicKey, Signer, private_pem};

/// The most bytes that are read of a key's file.
const MOST: u64 = 64 * 1024;

/// How many files this process has begun to make, so that each has a name of its own.
static MADE: AtomicU32 = AtomicU32::new(0);

/// Who signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Says what a run was and did.
    Runner,
    /// Says what the checks showed.
    Verifier,
}

impl Role {
    /// Both.
    pub const ALL: [Role; 2] = [Role::Runner, Role::Verifier];

    /// Its word, also in names of files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Role::Runner => "runner",
            Role::Verifier => "verifier",
        }
    }

    /// Whose the key is in OpenSSH's files.
    #[must_use]
    pub fn owner(self) -> String {
        format!("{}@tau", self.word())
    }
}

/// The two keys.
#[derive(Debug)]
pub struct Keys {
    runner: Signer,
    verifier: Signer,
}

impl Keys {
    /// The keys in this folder. What is not there is made.
    ///
    /// # Errors
    /// A sentence: one can be neither read nor made, is damaged, or others may read it.
    pub fn open(folder: &Path) -> Result<Keys, String> {
        let signer = |role| {
            let path = file(folder, role);
            let opened = match Keys::read(&path) {
                Err(Wrong::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
                    make(&path).map_err(Wrong::Io)
                }
                read => read,
            };
            opened.map_err(|wrong| wrong.told(&path))
        };
        Ok(Keys {
            runner: signer(Role::Runner)?,
            verifier: signer(Role::Verifier)?,
        })
    }

    /// The public halves of those keys of a folder that are there; nothing is made.
    ///
    /// # Errors
    /// As [`Keys::open`].
    pub fn public(folder: &Path) -> Result<Vec<(PublicKey, Role)>, String> {
        let mut found = Vec::new();
        for role in Role::ALL {
            let path = file(folder, role);
            match Keys::read(&path) {
                Ok(signer) => found.push((signer.public(), role)),
                Err(Wrong::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
                Err(wrong) => return Err(wrong.told(&path)),
            }
        }
        Ok(found)
    }

    /// The key of a role.
    #[must_use]
    pub fn of(&self, role: Role) -> &Signer {
        match role {
            Role::Runner => &self.runner,
            Role::Verifier => &self.verifier,
        }
    }

    fn read(path: &Path) -> Result<Signer, Wrong> {
        let file = File::open(path).map_err(Wrong::Io)?;
        let mode = file.metadata().map_err(Wrong::Io)?.mode();
        if mode & 0o077 != 0 {
            return Err(Wrong::Open(mode & 0o777));
        }
        let mut text = String::new();
        let read = file.take(MOST).read_to_string(&mut text);
        read.map_err(Wrong::Io)?;
        Signer::read(&text).map_err(Wrong::NoKey)
    }
}

/// The file of a key: a PKCS#8 key in PEM, as OpenSSL makes one too.
#[must_use]
pub fn file(folder: &Path, role: Role) -> PathBuf {
    folder.join(format!("{}.pem", role.word()))
}

/// Of several that make it at the same time, all get the key of the first.
fn make(path: &Path) -> io::Result<Signer> {
    if let Some(folder) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let mut seed = [0; KEY];
    File::open("/dev/urandom")?.read_exact(&mut seed)?;
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let own = path.with_extension(format!("{}-{number}.new", std::process::id()));
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&own)?;
    let text = private_pem(&seed);
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&own, path);
    fs::remove_file(&own)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    Keys::read(path).map_err(|wrong| match wrong {
        Wrong::Io(error) => error,
        other => io::Error::other(other.told(path)),
    })
}

/// What is wrong with a key's file.
enum Wrong {
    Io(io::Error),
    /// Others may read it; its mode.
    Open(u32),
    NoKey(String),
}

impl Wrong {
    fn told(self, path: &Path) -> String {
        let path = path.display();
        match self {
            Wrong::Io(error) => format!("the key `{path}` cannot be used: {error}"),
            Wrong::Open(mode) => format!(
                "the key `{path}` may be read by others (mode {mode:o}); if nobody has, run `chmod 600 {path}`"
            ),
            Wrong::NoKey(why) => format!("the key `{path}` cannot be used: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn they_are_made_once_and_for_their_owner_alone() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("home/keys");
        assert_eq!(Keys::public(&folder), Ok(Vec::new()));
        let made: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| Keys::open(&folder).unwrap()))
                .collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let public = Keys::public(&folder).unwrap();
        for keys in &made {
            assert_eq!(public, Role::ALL.map(|role| (keys.of(role).public(), role)));
        }
        assert_ne!(public[0].0, public[1].0);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&file(&folder, Role::Runner)), 0o600);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    }

    #[test]
    fn one_that_others_may_read_is_not_used() {
        let temp = tempfile::tempdir().unwrap();
        Keys::open(temp.path()).unwrap();
        let runner = file(temp.path(), Role::Runner);
        fs::set_permissions(&runner, fs::Permissions::from_mode(0o640)).unwrap();
        let wrong = Keys::open(temp.path()).unwrap_err();
        assert!(
            wrong.contains("may be read by others (mode 640)"),
            "{wrong}"
        );
        assert!(Keys::public(temp.path()).is_err());
    }

    #[test]
    fn nothing_shows_them() {
        let temp = tempfile::tempdir().unwrap();
        let keys = Keys::open(temp.path()).unwrap();
        let secret = fs::read_to_string(file(temp.path(), Role::Runner)).unwrap();
        let secret = secret.lines().nth(1).unwrap();
        assert!(!format!("{keys:?}").contains(secret));
    }
}

//! Gets the value of a secret from where it is.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::AsyncReadExt as _;

use super::held::Held;
use super::owned::{Exposed, check};
use super::sources::{Broken, Source};
use super::weak::{MAX_BYTES, Weak};
use crate::clock::Clock;
use crate::net::Network;
use crate::process;

/// How long the command of a secret may take: somebody may have to open a keyring.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What a source may use to get a value.
pub(super) struct Means<'a> {
    pub(super) network: &'a Network,
    pub(super) clock: &'a Clock,
    /// Hides a text on the way to the value, before it is used.
    pub(super) hide: &'a (dyn Fn(&str) -> Result<(), Weak> + Send + Sync),
}

/// Why there is no value. None of it says anything of the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// `secrets.toml` cannot be used.
    Broken(Broken),
    /// There is no such variable.
    NotSet(String),
    /// The file cannot be read, or others could read it, too.
    File(PathBuf, String),
    /// The command cannot be started or did not succeed.
    Command(String, String),
    /// The host gives this GitHub App no token; why, as a clause about the App.
    GithubApp(String, String),
    /// The value is not UTF-8.
    NotText,
    /// It cannot be kept secret.
    Weak(Weak),
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unavailable::Broken(Broken(why)) => f.write_str(why),
            Unavailable::NotSet(name) => write!(f, "the environment has no variable `{name}`"),
            Unavailable::File(path, why) => write!(f, "`{}` cannot be used: {why}", path.display()),
            Unavailable::Command(program, why) => write!(f, "its command `{program}` {why}"),
            Unavailable::GithubApp(id, why) => write!(f, "the GitHub App `{id}` {why}"),
            Unavailable::NotText => f.write_str("its value is not UTF-8"),
            Unavailable::Weak(weak) => write!(f, "its value cannot be a secret: {weak}"),
        }
    }
}

impl Source {
    /// Whether there is likely a value, without starting or reading anything.
    ///
    /// # Errors
    /// There is surely none.
    pub fn look(&self) -> Result<(), Unavailable> {
        match self {
            Source::Env(name) => variable(name).map(drop),
            Source::File(path) => open(path).map(drop),
            Source::Command(argv) => {
                let program = argv.first().map_or("", String::as_str);
                let path = std::env::var_os("PATH");
                match process::find(program, Path::new("/"), path.as_deref()) {
                    Ok(_) => Ok(()),
                    Err(error) => Err(Unavailable::Command(
                        program.to_owned(),
                        format!("cannot be started: {error}"),
                    )),
                }
            }
            Source::GithubApp(app) => app.look(),
        }
    }

    /// The value. What ends its last line is no part of it.
    ///
    /// # Errors
    /// There is none, or none that can be kept secret.
    pub(super) async fn fetch(&self, means: &Means<'_>) -> Result<Held, Unavailable> {
        let value = match self {
            Source::Env(name) => variable(name)?,
            Source::File(path) => text(read(path)?)?,
            Source::Command(argv) => text(written_by(argv).await?)?,
            Source::GithubApp(app) => return app.token(means).await,
        };
        Weak::check(&value).map_err(Unavailable::Weak)?;
        Ok(Held::lasting(SecretString::from(value)))
    }
}

fn variable(name: &str) -> Result<String, Unavailable> {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => Ok(value),
        Ok(_) | Err(std::env::VarError::NotPresent) => Err(Unavailable::NotSet(name.to_owned())),
        Err(std::env::VarError::NotUnicode(_)) => Err(Unavailable::NotText),
    }
}

/// Opens a file that nobody else can read.
pub(super) fn open(path: &Path) -> Result<File, Unavailable> {
    let unusable = |why: String| Unavailable::File(path.to_owned(), why);
    // What is looked at is what is read, whatever becomes of its name. A pipe would make it wait.
    let flags =
        rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::CLOEXEC | rustix::fs::OFlags::NONBLOCK;
    let opened = rustix::fs::open(path, flags, rustix::fs::Mode::empty());
    let file = File::from(opened.map_err(|error| unusable(error.to_string()))?);
    check(&file, Exposed::ToReaders).map_err(unusable)?;
    Ok(file)
}

fn read(path: &Path) -> Result<Vec<u8>, Unavailable> {
    let mut bytes = Vec::new();
    let read = open(path)?.take(MAX + 1).read_to_end(&mut bytes);
    read.map_err(|error| Unavailable::File(path.to_owned(), error.to_string()))?;
    Ok(bytes)
}

/// What is read at most: a value that is too long shows as such.
const MAX: u64 = MAX_BYTES as u64 + 2;

/// What a command of the operator writes. It has tau's own environment, since a keyring is found by
/// it, no input, and no folder of a repository to find programs in.
async fn written_by(argv: &[String]) -> Result<Vec<u8>, Unavailable> {
    let Some((program, args)) = argv.split_first() else {
        return Ok(Vec::new());
    };
    let failed = |why: String| Unavailable::Command(program.clone(), why);
    let mut child = tokio::process::Command::new(program)
        .args(args)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // It may say what is nobody else's to see.
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(format!("cannot be started: {error}")))?;
    let mut bytes = Vec::new();
    let mut pipe = child.stdout.take();
    let working = async {
        if let Some(pipe) = &mut pipe {
            pipe.take(MAX + 1).read_to_end(&mut bytes).await?;
        }
        // What writes more is not waited for: its pipe is closed.
        drop(pipe);
        child.wait().await
    };
    match tokio::time::timeout(PATIENCE, working).await {
        Ok(Ok(status)) if status.success() => Ok(bytes),
        Ok(Ok(status)) => Err(failed(format!(
            "did not succeed ({status}); start it yourself to see why"
        ))),
        Ok(Err(error)) => Err(failed(format!("cannot be read: {error}"))),
        Err(_) => Err(failed(format!(
            "was not done after {} seconds",
            PATIENCE.as_secs()
        ))),
    }
}

/// Bytes as a text, without what ends its last line.
fn text(bytes: Vec<u8>) -> Result<String, Unavailable> {
    let mut text = String::from_utf8(bytes).map_err(|_| Unavailable::NotText)?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use secrecy::ExposeSecret as _;

    use super::*;

    fn fetch(source: &Source) -> Result<String, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let means = Means {
            network: &Network::default(),
            clock: &Clock::system(),
            hide: &|_| Ok(()),
        };
        let fetched = runtime.block_on(source.fetch(&means));
        fetched
            .map(|held| held.value.expose_secret().to_owned())
            .map_err(|error| error.to_string())
    }

    fn command(script: &str) -> Source {
        Source::Command(["sh", "-c", script].map(str::to_owned).to_vec())
    }

    #[test]
    fn a_command_gives_what_it_writes() {
        assert_eq!(fetch(&command("echo hunter2!")), Ok("hunter2!".to_owned()));
        assert_eq!(
            fetch(&command("printf 'hunter2!\\r\\n'")),
            Ok("hunter2!".to_owned())
        );
        assert_eq!(
            fetch(&command("echo hunter2!; echo hush >&2; exit 3")).unwrap_err(),
            "its command `sh` did not succeed (exit status: 3); start it yourself to see why"
        );
        assert_eq!(
            fetch(&command("printf '\\377\\377\\377\\377\\377\\377'")).unwrap_err(),
            "its value is not UTF-8"
        );
        assert_eq!(
            fetch(&command("echo short")).unwrap_err(),
            "its value cannot be a secret: it has fewer than 6 bytes, so it could not be kept out \
             of what is recorded"
        );
        // It is not waited for, and would never end.
        let endless = Source::Command(vec!["yes".to_owned(), "x".repeat(100)]);
        assert!(fetch(&endless).is_err());
        let none = Source::Command(vec!["no-such-keyring".to_owned()]);
        assert!(fetch(&none).unwrap_err().contains("cannot be started"));
        assert!(none.look().is_err());
    }

    #[test]
    fn the_most_and_the_least_bytes_are_taken() {
        let most = command(&format!("head -c {MAX_BYTES} /dev/zero | tr '\\0' x; echo"));
        assert_eq!(fetch(&most).map(|value| value.len()), Ok(MAX_BYTES));
        let more = command(&format!("head -c {} /dev/zero | tr '\\0' x", MAX_BYTES + 1));
        assert_eq!(
            fetch(&more).unwrap_err(),
            "its value cannot be a secret: it has more than 16384 bytes"
        );
        assert_eq!(fetch(&command("echo 123456")), Ok("123456".to_owned()));
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("token");
        fs::write(&path, "hunter2!\n").unwrap();
        let source = Source::File(path.clone());
        for mode in [0o644, 0o640, 0o604, 0o602] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let why = fetch(&source).unwrap_err();
            assert_eq!(
                why,
                format!(
                    "`{}` cannot be used: others can read it: `chmod 600` it (its mode is {mode:o})",
                    path.display()
                )
            );
            assert!(source.look().is_err());
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(fetch(&source), Ok("hunter2!".to_owned()));
        let folder = Source::File(temp.path().to_owned());
        assert!(fetch(&folder).unwrap_err().ends_with("no regular file"));
    }
}

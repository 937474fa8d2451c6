//! What a command is handed beside its words, and who talks with it while it runs.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{
    AtFlags, CWD, FileType, Mode, OFlags, ResolveFlags, fstat, mkdirat, openat2, renameat, statat,
    unlinkat,
};
use tau_lang::glob::check_path;
use tau_lang::syntax::tree::Effect;

use super::{Broker, repository};
use crate::action::{self, Command, Failure, Handed, Said, Talk, Then};
use crate::process::Speaker;
use crate::repository::RepositoryError;
use crate::sandbox::Places;

/// The largest file that is read for a command, in bytes.
const LARGEST: u64 = 4 << 20;

/// The longest argument, in bytes: that of Linux, with its end (execve(2)).
const ARGUMENT: usize = (128 << 10) - 1;

impl Broker {
    /// Hands a command what it gets beside its words: a text for its input comes back.
    pub(super) fn hand_over(
        &self,
        command: &mut Command,
        places: &Places<'_>,
    ) -> Result<Option<Text>, Failure> {
        let plain = |text: String| self.redactor().text(&text).into_owned();
        match std::mem::take(&mut command.handed) {
            Handed::Nothing => Ok(None),
            Handed::Input(text) => Ok(Some(Text(plain(text)))),
            Handed::Argument(text) => {
                let text = plain(text).replace('\0', "\u{fffd}");
                if text.len() > ARGUMENT {
                    return Err(Failure::new(
                        "argument-too-long",
                        format!(
                            "An argument of {} bytes cannot be given to a command; {ARGUMENT} can.",
                            text.len()
                        ),
                    )
                    .help("Hand it over on the command's input, or in a file."));
                }
                command.argv.push(text);
                Ok(None)
            }
            Handed::File(text) => {
                // The one folder beside the tree that every box shows.
                let path = places.build.join("handed.txt");
                std::fs::write(&path, plain(text))
                    .map_err(|error| repository(RepositoryError::io("written", &path, error)))?;
                command.argv.push(path.to_string_lossy().into_owned());
                Ok(None)
            }
        }
    }
}

/// Says a text and nothing else.
pub(super) struct Text(String);

impl Speaker for Text {
    fn hears(&self) -> bool {
        false
    }

    fn begin(&mut self) -> Said {
        Said {
            text: std::mem::take(&mut self.0),
            then: Then::Closed,
        }
    }

    fn hear(&mut self, _: &str) -> Said {
        Said::default()
    }
}

/// Who talks with a command, at the desk where its files are.
pub(super) struct Conversation<'a> {
    pub(super) talk: &'a mut dyn Talk,
    pub(super) desk: Desk<'a>,
}

impl Conversation<'_> {
    fn plain(&self, said: Said) -> Said {
        let text = self.desk.broker.redactor().text(&said.text).into_owned();
        Said { text, ..said }
    }
}

impl Speaker for Conversation<'_> {
    fn hears(&self) -> bool {
        true
    }

    fn begin(&mut self) -> Said {
        let said = self.talk.begin(&self.desk);
        self.plain(said)
    }

    fn hear(&mut self, line: &str) -> Said {
        let said = self.talk.hear(line, &self.desk);
        self.plain(said)
    }
}

/// The files of a command that runs. It may be changing them at this moment, and may have put links, and
/// worse, where files were: no link is followed, and what is not a regular file is not opened.
pub(super) struct Desk<'a> {
    broker: &'a Broker,
    folder: &'a Path,
}

impl<'a> Desk<'a> {
    pub(super) fn new(broker: &'a Broker, folder: &'a Path) -> Desk<'a> {
        Desk { broker, folder }
    }

    /// The path below the folder.
    fn below<'p>(&self, path: &'p str) -> Result<&'p str, String> {
        let inside = Path::new(path).strip_prefix(self.folder).ok();
        let path = inside.and_then(Path::to_str).unwrap_or(path);
        match check_path(path) {
            Ok(()) => Ok(path),
            Err(why) => Err(format!("`{path}` is not a path here: {why}.")),
        }
    }

    fn open_folder(&self) -> rustix::io::Result<OwnedFd> {
        let flags = OFlags::DIRECTORY | OFlags::PATH | OFlags::CLOEXEC;
        rustix::fs::openat(CWD, self.folder, flags, Mode::empty())
    }

    fn text(&self, path: &str) -> rustix::io::Result<Result<String, &'static str>> {
        let root = self.open_folder()?;
        // A FIFO would be waited for.
        let file = beneath(root.as_fd(), path, OFlags::RDONLY | OFlags::NONBLOCK)?;
        let known = fstat(&file)?;
        if FileType::from_raw_mode(known.st_mode) != FileType::RegularFile {
            return Ok(Err("is not a regular file"));
        }
        let mut text = String::new();
        let mut file = File::from(file).take(LARGEST + 1);
        Ok(match file.read_to_string(&mut text) {
            Err(_) => Err("is not a text"),
            Ok(_) if text.len() as u64 > LARGEST => Err("is larger than 4 MiB"),
            Ok(_) => Ok(text),
        })
    }

    /// Makes a file beside it and puts it in its place, so that nothing is written through what is there.
    fn put(&self, path: &str, text: &str) -> rustix::io::Result<Result<(), &'static str>> {
        let mut folder = self.open_folder()?;
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        for part in folders.split('/').filter(|part| !part.is_empty()) {
            match mkdirat(&folder, part, Mode::from_raw_mode(0o755)) {
                Ok(()) | Err(rustix::io::Errno::EXIST) => {}
                Err(error) => return Err(error),
            }
            folder = beneath(folder.as_fd(), part, OFlags::DIRECTORY | OFlags::PATH)?;
        }
        let mode = match statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(rustix::io::Errno::NOENT) => 0o644,
            Err(error) => return Err(error),
            Ok(known) if FileType::from_raw_mode(known.st_mode) != FileType::RegularFile => {
                return Ok(Err("is not a regular file"));
            }
            Ok(known) => known.st_mode & 0o777,
        };
        let beside = format!(".{}", self.broker.world.clock.nonce());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
        let file = rustix::fs::openat(
            &folder,
            &beside,
            flags | OFlags::CLOEXEC,
            Mode::from_raw_mode(mode),
        )?;
        let written = File::from(file)
            .write_all(text.as_bytes())
            .map_err(|error| {
                rustix::io::Errno::from_io_error(&error).unwrap_or(rustix::io::Errno::IO)
            });
        let put = written.and_then(|()| renameat(&folder, &beside, &folder, name));
        if put.is_err() {
            // What is left of it is found when the command has ended, and refused.
            let _ = unlinkat(&folder, &beside, AtFlags::empty());
        }
        put.map(Ok)
    }
}

impl action::Desk for Desk<'_> {
    fn folder(&self) -> &Path {
        self.folder
    }

    fn read(&self, path: &str) -> Result<String, String> {
        let path = self.below(path)?;
        if let Err(why) = self.broker.why_not(Effect::Read, path) {
            return Err(format!("`{path}` may not be read: it {why}."));
        }
        match self.text(path) {
            Ok(Ok(text)) => Ok(text),
            Ok(Err(why)) => Err(format!("`{path}` {why}.")),
            Err(rustix::io::Errno::NOENT) => Err(format!("There is no file `{path}`.")),
            Err(error) => Err(format!("`{path}` cannot be read: {error}.")),
        }
    }

    fn write(&self, path: &str, text: &str) -> Result<(), String> {
        let path = self.below(path)?;
        if let Err(why) = self.broker.why_not(Effect::Write, path) {
            return Err(format!("`{path}` may not be written: it {why}."));
        }
        match self.put(path, text) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => Err(format!("`{path}` {why}.")),
            Err(error) => Err(format!("`{path}` cannot be written: {error}.")),
        }
    }

    fn may_write(&self, path: &str) -> Result<(), String> {
        let path = self
            .below(path)
            .map_err(|_| "is not a path here".to_owned())?;
        self.broker.why_not(Effect::Write, path)
    }
}

/// Opens what is below a folder, without following links.
fn beneath(folder: BorrowedFd<'_>, path: &str, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    let how = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    openat2(folder, path, flags | OFlags::CLOEXEC, Mode::empty(), how)
}

//! Boxes that the system's bubblewrap makes, where it may make namespaces and tau may not. In it the
//! helper runs that confines a command with Landlock and seccomp.
//!
//! Bubblewrap's arguments are those of its 0.8.0, the first with `--size` and `--perms`
//! (bwrap(1)).

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::NoBox;
use super::confined;
use super::spec::{Access, Ground, Mount};
use super::sys;

/// Where it is looked for. The `PATH` is the user's, and may name a folder that anybody writes to.
const PLACES: &[&str] = &["/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"];

/// Where the helper is in the box.
const HELPER: &str = "/.tau";

/// How boxes are made in one run.
#[derive(Debug)]
pub(super) struct Bwrap {
    program: PathBuf,
    /// What all boxes have in common.
    common: Vec<OsString>,
}

impl Bwrap {
    /// Finds out whether this machine makes such boxes, by making one.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn new(ground: &Ground) -> Result<Bwrap, NoBox> {
        sys::has_landlock(sys::LEAST).map_err(NoBox::Unknown)?;
        confined::lists_children().map_err(NoBox::Unknown)?;
        let program = PLACES.iter().map(Path::new).find(|path| path.is_file());
        let program = program.ok_or_else(|| {
            NoBox::Unknown("bubblewrap is not installed (`/usr/bin/bwrap`)".to_owned())
        })?;
        let failed = |what: &str, error: io::Error| NoBox::Failed(format!("{what}: {error}"));
        let helper = std::env::current_exe().map_err(|error| failed("this program", error))?;
        let bwrap = Bwrap {
            program: program.to_owned(),
            common: common(ground, &helper).map_err(|error| failed("files of a box", error))?,
        };
        bwrap.try_out()?;
        Ok(bwrap)
    }

    /// The command that starts the helper in a box with these mounts, but for the helper's words.
    pub(super) fn around(&self, mounts: &[Mount]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.common);
        for mount in mounts {
            command.args(arguments(mount));
        }
        // Its root would be a folder in memory that anybody in it could fill.
        command.args(["--remount-ro", "/", "--", HELPER]);
        command
    }

    fn try_out(&self) -> Result<(), NoBox> {
        let mut command = self.around(&[]);
        command.arg("--version").env_clear().stdin(Stdio::null());
        let output = command.output();
        let output = output.map_err(|error| NoBox::Failed(format!("bubblewrap: {error}")))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or("it says nothing");
        Err(NoBox::Unknown(format!("bubblewrap makes none: {said}")))
    }
}

/// Its arguments for what all boxes have.
fn common(ground: &Ground, helper: &Path) -> io::Result<Vec<OsString>> {
    let words = [
        "--unshare-all",
        "--unshare-user",
        "--disable-userns",
        "--cap-drop",
        "ALL",
        "--die-with-parent",
        "--uid",
        "1000",
        "--gid",
        "1000",
        "--hostname",
        "box",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
    ];
    let mut all: Vec<OsString> = words.iter().map(OsString::from).collect();
    let mut files = 0;
    for mount in &ground.mounts {
        match mount {
            // It has made the folder of devices by itself.
            mount if mount.path().starts_with("/dev") || mount.path() == Path::new("/proc") => {}
            Mount::File { path, text } => {
                files += 1;
                let file = ground.at.join(format!("file-{files}"));
                fs::write(&file, text)?;
                all.extend([OsString::from("--ro-bind"), file.into(), path.into()]);
            }
            mount => all.extend(arguments(mount)),
        }
    }
    all.extend(["--ro-bind".into(), helper.into(), HELPER.into()]);
    Ok(all)
}

/// Its arguments for one part of what is seen.
fn arguments(mount: &Mount) -> Vec<OsString> {
    let words = |word: &str, from: &Path, to: &Path| {
        vec![word.into(), from.as_os_str().into(), to.as_os_str().into()]
    };
    match mount {
        Mount::Shown { path, access } => {
            let word = match access {
                Access::Read => "--ro-bind",
                Access::Write => "--bind",
                Access::Device => "--dev-bind",
            };
            words(word, path, path)
        }
        // Older ones make no layers.
        Mount::Granted { path, from, .. } => words("--ro-bind", from, path),
        Mount::Kept { root, path } => {
            let whole = root.join(path);
            match is_plain(root, path) {
                true => words("--ro-bind", &whole, &whole),
                false => Vec::new(),
            }
        }
        Mount::Scratch { path, size } => {
            let mut all: Vec<OsString> = ["--perms", "1777", "--size"].map(OsString::from).into();
            all.extend([size.to_string().into(), "--tmpfs".into(), path.into()]);
            all
        }
        Mount::Folder(path) => vec!["--dir".into(), path.into()],
        Mount::Link { path, target } => words("--symlink", target, path),
        // Only the ground has files.
        Mount::File { .. } => Vec::new(),
    }
}

/// Whether a part of a folder is there, and no link leads to it.
fn is_plain(root: &Path, path: &Path) -> bool {
    let mut whole = root.to_owned();
    path.components().all(|part| {
        whole.push(part);
        fs::symlink_metadata(&whole).is_ok_and(|it| !it.is_symlink())
    })
}

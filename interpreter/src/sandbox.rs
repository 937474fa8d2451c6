//! The box: what a mission starts runs where only what was granted is there.
//!
//! Each command gets namespaces of its own and a root that is built for it: the mission's files, the
//! system's programs, toolchains, an empty home folder, no network, nothing of other processes. Its
//! capabilities are gone, Landlock and seccomp stand behind the mounts, and when it ends the kernel
//! kills whatever it has left. See `docs/src/reference/sandbox.md`.
//!
//! ```text
//! tau ── socket ──► keeper (this program again, one thread, in a user namespace)
//!                     └─ init of a command (in its own namespaces: mounts, limits)
//!                          └─ the command (confined: no capabilities, Landlock, seccomp)
//! ```

mod bwrap;
mod confined;
mod granted;
mod inside;
mod keeper;
mod links;
mod network;
mod spec;
mod streams;
mod sys;
mod talk;
mod tier;
mod toolchains;
mod view;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

pub use self::granted::{Granted, NotShown, granted, may_show};
pub use self::inside::entered;
pub use self::spec::{Ended, Exceeded, Limits};
pub use self::streams::Streams;
pub use self::tier::Tier;
pub use self::view::Places;

use self::bwrap::Bwrap;
use self::confined::Confined;
use self::keeper::Keeper;
pub use self::network::{Line, PORT};
use self::spec::{Mount, Spec};

/// How a run's commands are boxed.
#[derive(Debug)]
pub struct Sandbox {
    run: PathBuf,
    kind: Kind,
    /// The home folder, and what is seen of toolchains. Both are the machine's to say: what a mission
    /// puts into the environment of its commands shows them nothing more.
    home: PathBuf,
    toolchains: Vec<Mount>,
}

#[derive(Debug)]
enum Kind {
    Full(Keeper),
    Bwrap(Bwrap),
    Landlock,
    None,
}

/// Why there is no box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoBox {
    /// This machine does not make such boxes.
    Unknown(String),
    /// It could not be made now.
    Failed(String),
}

impl NoBox {
    /// Why.
    #[must_use]
    pub fn why(self) -> String {
        match self {
            NoBox::Unknown(why) | NoBox::Failed(why) => why,
        }
    }
}

/// A command in its box. When this is dropped, the command is killed with all it has started.
#[derive(Debug)]
pub struct Running {
    handle: Handle,
    line: Option<Line>,
}

#[derive(Debug)]
enum Handle {
    Kept(keeper::Running),
    Confined(Confined),
}

/// What to start.
#[derive(Debug)]
pub struct Start<'a> {
    /// The program's file.
    pub program: &'a Path,
    /// What it is called by, and its arguments.
    pub argv: &'a [String],
    /// All of its environment.
    pub env: Vec<(OsString, OsString)>,
    /// What it sees of the run.
    pub places: Places<'a>,
    /// What it may read of the machine besides.
    pub granted: &'a [Granted],
    /// How much it may use.
    pub limits: Limits,
    /// Whether it has a listener at [`PORT`] for a proxy, where boxes have a network of their own.
    pub proxied: bool,
}

impl Sandbox {
    /// The strongest box that this machine makes, for the run in the folder `run`. With it comes why
    /// each stronger one is not there. What only fails now, as on a full disk, is no reason for a
    /// weaker one.
    pub fn strongest(
        run: &Path,
        env: &[(OsString, OsString)],
    ) -> (Option<Sandbox>, BTreeMap<Tier, String>) {
        let mut missing = BTreeMap::new();
        for tier in [Tier::Full, Tier::Bwrap, Tier::Landlock] {
            match Sandbox::of(tier, run, env) {
                Ok(sandbox) => return (Some(sandbox), missing),
                Err(NoBox::Unknown(why)) => drop(missing.insert(tier, why)),
                Err(NoBox::Failed(why)) => {
                    missing.insert(tier, why);
                    break;
                }
            }
        }
        (None, missing)
    }

    /// The strongest box that this machine makes now, and why each stronger one is not there. Leaves
    /// nothing behind.
    #[must_use]
    pub fn probe(env: &[(OsString, OsString)]) -> (Option<Tier>, BTreeMap<Tier, String>) {
        match tempfile::tempdir() {
            Ok(run) => {
                let (found, missing) = Sandbox::strongest(run.path(), env);
                (found.map(|sandbox| sandbox.tier()), missing)
            }
            Err(error) => {
                let why = format!("no temporary folder can be made: {error}");
                (None, BTreeMap::from([(Tier::Full, why)]))
            }
        }
    }

    /// A box of this kind.
    ///
    /// # Errors
    /// Why this machine does not make it.
    pub fn of(tier: Tier, run: &Path, env: &[(OsString, OsString)]) -> Result<Sandbox, NoBox> {
        let home = view::home_of(env);
        let kind = match tier {
            Tier::None => Kind::None,
            Tier::Landlock => {
                confined::probe().map_err(NoBox::Unknown)?;
                Kind::Landlock
            }
            Tier::Bwrap | Tier::Full => {
                let at = run.join("box");
                std::fs::create_dir_all(&at)
                    .map_err(|error| format!("`{}` cannot be made: {error}", at.display()))
                    .map_err(NoBox::Failed)?;
                let user = view::variable(env, "USER").and_then(|user| user.to_str());
                let user = user.filter(|user| is_name(user)).unwrap_or("user");
                let ground = view::ground(&at, user, &home);
                match tier {
                    Tier::Full => Kind::Full(Keeper::start(&ground)?),
                    _ => Kind::Bwrap(Bwrap::new(&ground)?),
                }
            }
        };
        Ok(Sandbox {
            run: run.to_owned(),
            kind,
            toolchains: toolchains::seen(env, &home),
            home,
        })
    }

    /// The home folder, as commands know it.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// How strong it is.
    #[must_use]
    pub fn tier(&self) -> Tier {
        match self.kind {
            Kind::Full(_) => Tier::Full,
            Kind::Bwrap(_) => Tier::Bwrap,
            Kind::Landlock => Tier::Landlock,
            Kind::None => Tier::None,
        }
    }

    /// Starts a command with these streams; `None` where there is no box to start it in.
    ///
    /// # Errors
    /// The system's.
    pub fn start(
        &self,
        start: Start<'_>,
        streams: Streams<'_>,
    ) -> std::io::Result<Option<Running>> {
        if self.tier() == Tier::None {
            return Ok(None);
        }
        let Start {
            program,
            argv,
            mut env,
            places,
            granted,
            limits,
            proxied,
        } = start;
        let is_own = view::variable(&env, "HOME").is_none_or(|home| *home == self.home);
        let mut set = |name: &str, value: &Path| {
            env.retain(|(it, _)| it != name);
            env.push((name.into(), value.into()));
        };
        let mounts = if self.tier() >= Tier::Bwrap {
            set("TMPDIR", Path::new("/tmp"));
            view::own(
                &self.run,
                &self.home,
                &self.toolchains,
                granted,
                &places,
                limits.scratch,
            )
        } else {
            set("TMPDIR", places.temp);
            if is_own {
                // It cannot be made empty, and may not be seen.
                set("HOME", places.temp);
                links::home(places.temp, &self.home, &self.toolchains, granted)?;
            }
            view::shared(&self.toolchains, granted, &places)
        };
        let spec = Spec {
            program: program.to_owned(),
            argv: argv.iter().map(OsString::from).collect(),
            mounts,
            env,
            cwd: places.files.to_owned(),
            limits,
            proxied,
        };
        let (handle, line) = match &self.kind {
            Kind::Full(keeper) if proxied => {
                let (line, theirs) = Line::new()?;
                let running = keeper.start_command(&spec, streams, Some(theirs.as_fd()))?;
                (Handle::Kept(running), Some(line))
            }
            Kind::Full(keeper) => (
                Handle::Kept(keeper.start_command(&spec, streams, None)?),
                None,
            ),
            Kind::Bwrap(bwrap) => {
                let around = bwrap.around(&spec.mounts);
                let confined = Confined::start(&spec, Some(around), streams)?;
                (Handle::Confined(confined), None)
            }
            Kind::Landlock => {
                let confined = Confined::start(&spec, None, streams)?;
                (Handle::Confined(confined), None)
            }
            Kind::None => return Ok(None),
        };
        Ok(Some(Running { handle, line }))
    }
}

impl Running {
    /// On which its init hands out the listener of its network; once.
    pub fn line(&mut self) -> Option<Line> {
        self.line.take()
    }

    /// Waits for its end. May be waited for again when this was cut.
    pub async fn wait(&mut self) -> Ended {
        match &mut self.handle {
            Handle::Kept(it) => it.wait().await,
            Handle::Confined(it) => it.wait().await,
        }
    }

    /// Kills it with all it has started; its end is still to be waited for.
    pub fn kill(&self) {
        match &self.handle {
            Handle::Kept(it) => it.kill(),
            Handle::Confined(it) => it.kill(),
        }
    }
}

/// Whether this can stand in `/etc/passwd`.
fn is_name(user: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    !user.is_empty() && user != "root" && user.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_fails_now_gives_no_weaker_box() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        // No folder can be made in a file.
        let (found, missing) = Sandbox::strongest(&file, &[]);
        assert!(found.is_none(), "{found:?}");
        assert_eq!(missing.keys().collect::<Vec<_>>(), [&Tier::Full]);
        assert!(
            missing[&Tier::Full].contains("cannot be made"),
            "{missing:?}"
        );
    }

    #[test]
    fn names_that_would_break_a_line_of_passwd_are_none() {
        for name in ["", "root", "a:b", "a\nb", "é"] {
            assert!(!is_name(name), "{name:?}");
        }
        assert!(is_name("ann-b.c_1"));
    }
}

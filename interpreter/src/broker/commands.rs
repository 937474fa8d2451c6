//! Starting processes.

use std::ffi::OsString;
use std::path::Path;
use std::sync::atomic::Ordering;

use tau_lang::glob::Glob;
use tau_lang::syntax::command;
use tau_lang::syntax::tree::Effect;

use super::conversation::{Conversation, Desk};
use super::{Broker, TAIL, limits, repository};
use crate::action::{Command, Failure, FailureKind, Finished, Ground, Missing, Script, Talk};
use crate::blobs::sha256;
use crate::content::IN_RECORD;
use crate::net::Gate;
use crate::process::{self, Launch, LaunchError};
use crate::repository::{Oid, RepositoryError};
use crate::sandbox::{Granted, Places};

impl Broker {
    /// Whether a program of this name is where started commands find theirs.
    pub(super) fn has_program(&self, name: &str) -> bool {
        let environment = self.world.environment.iter();
        let mut path = environment.filter(|(it, _)| it == "PATH");
        let path = path.next().map(|(_, value)| value.as_os_str());
        process::find(name, self.world.dir.path(), path).is_ok()
    }

    /// The tree that a mission's is held against.
    pub(super) fn ground_tree(&self, ground: &Ground) -> Result<Oid, Failure> {
        let Some(tree) = &ground.tree else {
            return Ok(self.world.workspace.base().tree);
        };
        tree.parse()
            .map_err(|_| Failure::new("tree-invalid", format!("`{tree}` is not the id of a tree.")))
    }

    /// The tree as it is now, with protected files as they are in the ground.
    pub(super) fn candidate_tree(&self, ground: &Ground) -> Result<Oid, Failure> {
        let globs: Vec<Glob> = ground
            .protected
            .iter()
            .map(|text| {
                Glob::new(text).map_err(|why| {
                    Failure::new(
                        "glob-invalid",
                        format!("`{text}` is not a path pattern: {why}."),
                    )
                })
            })
            .collect::<Result<_, _>>()?;
        let mut tree = self.staged_tree()?;
        let workspace = &self.world.workspace;
        let store = workspace.store();
        if !globs.is_empty() {
            let protects = |path: &str| globs.iter().any(|glob| glob.matches(path));
            let overlaid = store.overlay(&tree, &self.ground_tree(ground)?, protects);
            tree = overlaid.map_err(repository)?;
        }
        // A step's result tells its id, and whoever goes on with the run must find it.
        store.keep(&tree).map_err(repository)?;
        Ok(tree)
    }

    /// Starts a command where its files are, and waits for it. What is granted is the command; what is
    /// started is `watched` instead if that is given: the same with what watches it. It may reach what
    /// `gate` lets through, and sees what is `installed` beside what it is granted of the machine; `talk`
    /// talks with it.
    pub(super) async fn start(
        &self,
        command: Command,
        watched: Option<Vec<String>>,
        gate: Option<Gate>,
        places: Places<'_>,
        installed: &[Granted],
        talk: Option<&mut dyn Talk>,
    ) -> Result<Finished, Failure> {
        let text = command::join(&command.argv);
        self.ask(Effect::Run, None, &text)?;
        let granted = self.command_limits(&text);
        let mut command = with_script(command);
        let mut of_machine = self.of_machine()?;
        of_machine.extend_from_slice(installed);
        for word in &command.argv {
            self.without_secrets(word.as_bytes(), "a command, which others can see")?;
        }
        let variables = self.variables(&command).await?;
        command.timeout = limits::time(granted, self.time_left(command.timeout));
        if let Some(watched) = watched {
            command.argv = watched;
        }
        let mut text = self.hand_over(&mut command, &places)?;
        let mut base_env = self.world.environment.clone();
        base_env.retain(|(it, _)| !variables.iter().any(|(name, _)| *it == **name));
        base_env.extend(
            variables
                .into_iter()
                .map(|(name, value)| (name.into(), value)),
        );
        let set: [(&str, OsString); 5] = [
            process::mark(self.world.dir.path()),
            // Two trees that share a build folder can make a RED tree look GREEN.
            ("CARGO_TARGET_DIR", places.build.join("cargo").into()),
            ("TMPDIR", places.temp.into()),
            // Git looks for a repository upwards; there is none above a run's folders.
            ("GIT_CEILING_DIRECTORIES", self.world.dir.path().into()),
            ("TAU_STEP", OsString::from(&self.step)),
        ];
        for (name, value) in set {
            base_env.retain(|(it, _)| it.as_os_str() != name);
            base_env.push((name.into(), value));
        }
        let log = self.log_file();
        let notes = self.world.dir.processes();
        let launch = Launch {
            command: &command,
            cwd: places.files,
            log: &log,
            output_limit: limits::output(granted),
            limits: limits::in_box(granted),
            granted: of_machine,
            tail: TAIL,
            notes: Some(&notes),
            base_env,
            redactor: self.world.secrets.redactor(),
            gate,
            sandbox: self.world.sandbox.as_ref().map(|it| (it, places.clone())),
        };
        self.world.has_started.store(true, Ordering::Relaxed);
        let ended = match (talk, &mut text) {
            (Some(talk), _) => {
                let desk = Desk::new(self, places.files);
                process::talk(launch, &mut Conversation { talk, desk }).await
            }
            (None, Some(text)) => process::talk(launch, text).await,
            (None, None) => process::run(launch).await,
        };
        let ended = ended.map_err(not_started)?;
        let name = self.keep(&log, ended.bytes).map_err(|error| {
            Failure::new(
                "log-not-written",
                format!("The output cannot be kept: {error}."),
            )
        })?;
        self.with_done(|done| done.logs.push(name.clone()));
        Ok(Finished {
            exit: ended.exit,
            tail: ended.tail,
            log: name,
            seconds: ended.seconds,
        })
    }

    /// Takes the output of a command out of its file: little into the record of the step, much into
    /// a blob. Gives its name.
    fn keep(&self, log: &Path, length: u64) -> std::io::Result<String> {
        if length <= IN_RECORD as u64 {
            let bytes = std::fs::read(log)?;
            let name = sha256(&bytes);
            if self.with_done(|done| done.contents.take_in(&name, &bytes)) {
                std::fs::remove_file(log)?;
                return Ok(name);
            }
        }
        self.world.blobs.take(log)
    }

    /// Runs a command in the mission's worktree and stages what it changed.
    pub(super) async fn run_in_worktree(
        &self,
        command: Command,
        writes: &[String],
        talk: Option<&mut dyn Talk>,
    ) -> Result<Finished, Failure> {
        self.ask(Effect::Run, None, &command::join(&command.argv))?;
        let world = &self.world;
        let tree = self.seen_by_steps(self.staged_tree()?)?;
        world.worktree.enter(tree).await.map_err(repository)?;
        let leave = Leave {
            broker: self,
            clean: false,
        };
        let build = world.dir.path().join("build");
        let temp = world.dir.path().join("tmp");
        std::fs::create_dir_all(&build)
            .map_err(|error| repository(RepositoryError::io("made", &build, error)))?;
        let places = Places {
            files: world.worktree.dir(),
            build: &build,
            temp: &temp,
        };
        let finished = self
            .start(command, None, self.gate_of_commands(), places, &[], talk)
            .await;
        let differences = world.worktree.differences(&tree);
        let result = finished.and_then(|finished| {
            let edits = differences.map_err(|error| self.left_behind(&error))?;
            self.accept(&edits, writes)?;
            Ok((finished, edits))
        });
        let clean = matches!(&result, Ok((_, edits)) if edits.is_empty());
        leave.now(clean).await;
        let (finished, edits) = result?;
        self.stage(edits)?;
        Ok(finished)
    }

    /// Whether a command could start at all, for the moment before a run.
    #[must_use]
    pub fn may_run(&self, text: &str) -> bool {
        self.allows(Effect::Run, None, text)
    }
}

/// Leaves the worktree also when the step is cancelled in between.
struct Leave<'a> {
    broker: &'a Broker,
    clean: bool,
}

impl Leave<'_> {
    async fn now(self, clean: bool) {
        self.broker.world.worktree.leave(clean).await;
        std::mem::forget(self);
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        let broker = self.broker.clone();
        let clean = self.clean;
        // Dropped inside the runtime, as every step runs there.
        tokio::spawn(async move { broker.world.worktree.leave(clean).await });
    }
}

/// A command that could not be started.
/// The shell with its text as arguments, as POSIX has it: `sh -c TEXT sh ARGS`.
fn with_script(mut command: Command) -> Command {
    if let Some(Script { text, args }) = command.script.take() {
        let shell = command.argv.first().cloned().unwrap_or_default();
        command.argv.extend(["-c".to_owned(), text, shell]);
        command.argv.extend(args);
    }
    command
}

pub(super) fn not_started(error: LaunchError) -> Failure {
    let message = error.to_string();
    let mut failure = Failure::new(error.code(), message);
    if let LaunchError::NotFound { program, .. } = &error {
        failure.kind = FailureKind::Blocked(Missing {
            effect: "run".to_owned(),
            scope: program.clone(),
            limited_by: "machine".to_owned(),
            limited_at: None,
            grant: None,
        });
    }
    failure
}

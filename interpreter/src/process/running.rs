//! A process that runs: in its box, or with tau's own rights.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsFd as _;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Child;
use tokio::time::sleep;

use super::left_over::Note;
use super::proxied::{self, Proxied};
use super::{Launch, LaunchError, failed, find, variable};
use crate::action::Exit;
use crate::sandbox::{Ended, Running, Start, Streams, Tier};

/// It is killed with all that it has started when this is dropped.
pub(super) enum Process {
    /// In a box.
    Boxed {
        running: Running,
        proxied: Option<Proxied>,
    },
    /// With tau's own rights.
    Free {
        child: Child,
        group: Option<Group>,
        _note: Option<Note>,
    },
}

/// The ends of its pipes that a process gets.
pub(super) struct Pipes {
    /// Its output.
    pub(super) output: PipeWriter,
    /// Its input and its errors, if somebody talks with it.
    pub(super) talked: Option<(PipeReader, PipeWriter)>,
}

impl Pipes {
    fn streams(&self) -> Streams<'_> {
        Streams {
            output: self.output.as_fd(),
            talked: self
                .talked
                .as_ref()
                .map(|(input, errors)| (input.as_fd(), errors.as_fd())),
        }
    }

    fn give(self, command: &mut tokio::process::Command) -> io::Result<()> {
        match self.talked {
            Some((input, errors)) => command.stdin(input).stderr(errors),
            None => command
                .stdin(Stdio::null())
                .stderr(self.output.try_clone()?),
        };
        command.stdout(self.output);
        Ok(())
    }
}

impl Process {
    /// Starts it.
    pub(super) async fn start(launch: &Launch<'_>, pipes: Pipes) -> Result<Process, LaunchError> {
        let Some((name, args)) = launch.command.argv.split_first() else {
            return Err(LaunchError::Empty);
        };
        let program = find(name, launch.cwd, variable(launch, "PATH"))?;
        let failed = |error| failed(launch, error);
        let own = launch.command.env.iter();
        let own = own.map(|(name, value)| (name.into(), value.into()));
        if let Some((sandbox, places)) = &launch.sandbox {
            let gate = launch.gate.as_ref();
            let gate = gate.filter(|_| sandbox.tier() == Tier::Full);
            let mut env = launch.base_env.clone();
            env.extend(gate.iter().flat_map(|gate| proxied::variables(gate)));
            env.extend(own);
            let start = Start {
                program: &program,
                argv: &launch.command.argv,
                env,
                places: places.clone(),
                granted: &launch.granted,
                limits: launch.limits,
                proxied: gate.is_some(),
            };
            let started = sandbox.start(start, pipes.streams());
            let started = started.map_err(|error| LaunchError::NoBox(error.to_string()))?;
            if let Some(mut running) = started {
                let line = running.line().zip(gate);
                let proxied = line.map(|(line, gate)| Proxied::serve(line, gate.clone()));
                return Ok(Process::Boxed { running, proxied });
            }
        }
        let mut command = tokio::process::Command::new(program);
        command
            .arg0(name)
            .args(args)
            .current_dir(launch.cwd)
            .env_clear()
            .envs(launch.base_env.iter().map(|(name, value)| (name, value)))
            .envs(launch.command.env.iter().map(|(name, value)| (name, value)))
            .process_group(0)
            .kill_on_drop(true);
        pipes.give(&mut command).map_err(failed)?;
        let mut tries = 0;
        let child = loop {
            match command.spawn() {
                // Another thread, about to start a process of its own, still holds the program open
                // as it was when it was written. That is over in a moment.
                Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && tries < 200 => {
                    tries += 1;
                    sleep(Duration::from_millis(5)).await;
                }
                other => break other.map_err(failed)?,
            }
        };
        let number = child.id().and_then(|id| i32::try_from(id).ok());
        let leader = number.and_then(Pid::from_raw);
        // The command, which goes now, holds writing ends; while they are open the pipe has no end.
        Ok(Process::Free {
            child,
            group: Some(Group(leader)),
            _note: launch.notes.map(|folder| Note::new(folder, leader)),
        })
    }

    /// Waits until it ends by itself. May be waited for again when this was cut.
    pub(super) async fn wait(&mut self, launch: &Launch<'_>) -> Result<Exit, LaunchError> {
        match self {
            Process::Boxed { running, proxied } => match boxed(running, proxied).await {
                Ended::Code(code) => Ok(Exit::Code(code)),
                Ended::Signal(signal) => Ok(Exit::Signal(signal)),
                Ended::Killed => Ok(Exit::Signal(Signal::KILL.as_raw())),
                Ended::Over(limit) => Ok(Exit::Over(limit)),
                Ended::NotStarted(error) => {
                    Err(failed(launch, io::Error::from_raw_os_error(error)))
                }
                Ended::NoBox(why) => Err(LaunchError::NoBox(why)),
            },
            Process::Free { child, .. } => match child.wait().await {
                Ok(status) => Ok(ended(status)),
                Err(error) => Err(failed(launch, error)),
            },
        }
    }

    /// Kills what is left of it.
    pub(super) async fn end(&mut self, launch: &Launch<'_>) -> Result<(), LaunchError> {
        match self {
            Process::Boxed { running, proxied } => {
                running.kill();
                // One that had ended already says so again.
                running.wait().await;
                if let Some(proxied) = proxied.take() {
                    proxied.end().await;
                }
            }
            Process::Free { child, group, .. } => {
                drop(group.take());
                // It is dead; this only takes it off the process table.
                child.wait().await.map_err(|error| failed(launch, error))?;
            }
        }
        Ok(())
    }
}

/// How a box ends. One whose proxy is broken is none.
async fn boxed(running: &mut Running, proxied: &mut Option<Proxied>) -> Ended {
    let broken = async {
        match proxied {
            Some(proxied) => proxied.broken().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = running.wait() => ended,
        why = broken => Ended::NoBox(why),
    }
}

/// Kills a process group when dropped.
///
/// When the leader has been waited for and nobody else is in the group, its number is free. That
/// another process could have got it by now would need all numbers to have been used in between.
pub(super) struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // It fails when nobody is left, which is what is wanted.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

fn ended(status: ExitStatus) -> Exit {
    match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, signal) => Exit::Signal(signal.unwrap_or(0)),
    }
}

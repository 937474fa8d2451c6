//! Remotes of the user's repository: where their branches are, and moving them.
//!
//! Git works in the run's own git directory, so nothing of the repository's configuration but the
//! remote's address takes part; of the user's own it may use what is needed to log in. Nothing is
//! asked, no hook on this side runs, and no address that starts a program is used.

mod address;
mod said;

use std::ffi::OsString;
use std::time::Duration;

use tau_lang::syntax::tree::Effect;

use super::{Broker, not_started, repository};
use crate::action::{
    Act, Command, Exit, Failure, FailureKind, Later, NotDone, Push, Pushing, Requesting, Sending,
    Survey,
};
use crate::process::{self, Ended, Launch};

use self::said::Said;

/// What git may write at most, in bytes.
const OUTPUT: u64 = 1 << 20;
/// How much of it is read, in bytes from its end.
const READ: usize = 64 << 10;
/// How long looking up a branch may take.
const LOOK: Duration = Duration::from_secs(30);
/// What git calls the remote: its address is in no argument, which every user of the machine sees.
const REMOTE: &str = "tau";

/// Set for every git here, over all configuration.
const SETTINGS: &[(&str, &str)] = &[
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("credential.interactive", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("http.lowSpeedLimit", "1"),
    ("http.lowSpeedTime", "60"),
    ("push.followTags", "false"),
    ("push.gpgSign", "false"),
    ("push.recurseSubmodules", "no"),
];

/// Of tau's own environment, besides what every process gets: how to reach and trust hosts.
const ALSO_PASSED_ON: &[&str] = &[
    "ALL_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSH_AUTH_SOCK",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "XDG_CONFIG_HOME",
    "all_proxy",
    "https_proxy",
    "no_proxy",
];

impl Survey for Broker {
    fn remote_branch<'a>(&'a self, remote: &'a str, branch: &'a str) -> Later<'a, Option<String>> {
        Box::pin(async move {
            self.ask(Effect::Git, Some("push"), branch)?;
            let refname = format!("refs/heads/{branch}");
            let list = ["ls-remote", "--refs", "--end-of-options", REMOTE, &refname];
            let ended = self.git(remote, &list, LOOK).await;
            let ended = ended.map_err(|(NotDone::Refused(why) | NotDone::Unclear(why))| why)?;
            match ended.exit {
                Exit::Code(0) => Ok(said::listed(&ended.tail, &refname)),
                _ => Err(unreachable(remote, &ended)),
            }
        })
    }
}

impl Act for Broker {
    fn request<'a>(&'a self, sending: &'a Sending) -> Requesting<'a> {
        Box::pin(async move {
            self.send_once(sending).await.map_err(|failure| {
                match failure.kind {
                    // It was sent, and nobody said what has become of it.
                    FailureKind::Uncertain => NotDone::Unclear(Failure {
                        kind: FailureKind::Failed,
                        ..failure
                    }),
                    _ => NotDone::Refused(failure),
                }
            })
        })
    }

    fn push<'a>(&'a self, push: &'a Push) -> Pushing<'a> {
        Box::pin(async move {
            self.ask(Effect::Git, Some("push"), &push.branch)
                .map_err(NotDone::Refused)?;
            let refname = format!("refs/heads/{}", push.branch);
            // Empty is that there must be no such branch.
            let expected = push.expected.as_deref().unwrap_or_default();
            let lease = format!("--force-with-lease={refname}:{expected}");
            let moved = format!("{}:{refname}", push.commit);
            let args = [
                "push",
                "--porcelain",
                "--no-verify",
                "--no-signed",
                &lease,
                "--end-of-options",
                REMOTE,
                &moved,
            ];
            let ended = self.git(&push.remote, &args, push.timeout).await?;
            match said::pushed(&ended.tail, &refname) {
                _ if ended.exit == Exit::Code(0) => Ok(()),
                Said::Rejected(why) => {
                    let Push { remote, branch, .. } = push;
                    let message = format!("`{remote}` did not take `{branch}`: {why}.");
                    let failure = Failure::new("push-rejected", message);
                    Err(NotDone::Refused(failure.detail(
                        serde_json::json!({ "remote": remote, "branch": branch, "why": why }),
                    )))
                }
                Said::Nothing => Err(NotDone::Unclear(unreachable(&push.remote, &ended))),
            }
        })
    }
}

impl Broker {
    /// Runs git on a remote.
    ///
    /// # Errors
    /// It was not started, or what it says cannot be heard.
    async fn git(&self, remote: &str, args: &[&str], most: Duration) -> Result<Ended, NotDone> {
        let world = &self.world;
        let url = world.repository.remote(remote).map_err(repository);
        let url = url.map_err(NotDone::Refused)?;
        let url = address::checked(&url, world.repository.root()).map_err(|why| {
            let message = format!("The address of `{remote}` {why}.");
            NotDone::Refused(Failure::new("remote-refused", message))
        })?;
        let mut argv = vec!["git".to_owned()];
        argv.extend(args.iter().map(|arg| (*arg).to_owned()));
        let command = Command {
            argv,
            env: Vec::new(),
            script: None,
            granted: None,
            secrets: Vec::new(),
            timeout: self.time_left(most),
        };
        let log = self.log_file();
        let notes = world.dir.processes();
        let launch = Launch {
            // It is tau that reaches out, with what the user's own git knows.
            granted: Vec::new(),
            sandbox: None,
            gate: None,
            command: &command,
            cwd: world.dir.path(),
            log: &log,
            output_limit: OUTPUT,
            limits: crate::sandbox::Limits::default(),
            tail: READ,
            notes: Some(&notes),
            base_env: self.git_environment(url),
            redactor: world.secrets.redactor(),
        };
        let ended = process::run(launch).await;
        let ended = ended.map_err(|error| NotDone::Unclear(not_started(error)))?;
        let name = world.blobs.take(&log).map_err(|error| {
            let message = format!("What git said cannot be kept: {error}.");
            Failure::new("log-not-written", message)
        });
        if let Ok(name) = name {
            // What cannot be kept changes nothing about what has happened.
            self.with_done(|done| done.logs.push(name));
        }
        Ok(ended)
    }

    fn git_environment(&self, url: OsString) -> Vec<(OsString, OsString)> {
        let world = &self.world;
        let mut all = process::base_environment();
        let also = ALSO_PASSED_ON.iter();
        all.extend(also.filter_map(|name| Some(((*name).into(), std::env::var_os(name)?))));
        all.retain(|(name, _)| !name.as_encoded_bytes().starts_with(b"LC_"));
        let mut set = |name: &str, value: OsString| all.push((name.into(), value));
        let (mark, of) = process::mark(world.dir.path());
        set(mark, of);
        set("GIT_DIR", world.dir.git().into());
        set("GIT_ALLOW_PROTOCOL", "https:ssh:file".into());
        set("GIT_TERMINAL_PROMPT", "0".into());
        set("GIT_NO_REPLACE_OBJECTS", "1".into());
        set("GIT_NO_LAZY_FETCH", "1".into());
        // Empty is none, so that no other is looked for; ssh asks nobody but one that says no.
        set("GIT_ASKPASS", OsString::new());
        set("SSH_ASKPASS", "/bin/false".into());
        set("SSH_ASKPASS_REQUIRE", "force".into());
        // Its words are read.
        set("LC_ALL", "C".into());
        if let Some(shallow) = world.repository.shallow() {
            set("GIT_SHALLOW_FILE", shallow.into());
        }
        let own = [(format!("remote.{REMOTE}.url"), url)];
        let fixed = SETTINGS.iter();
        let settings = fixed.map(|(name, value)| ((*name).to_owned(), OsString::from(value)));
        let settings: Vec<_> = settings.chain(own).collect();
        set("GIT_CONFIG_COUNT", settings.len().to_string().into());
        for (number, (name, value)) in settings.into_iter().enumerate() {
            set(&format!("GIT_CONFIG_KEY_{number}"), name.into());
            set(&format!("GIT_CONFIG_VALUE_{number}"), value);
        }
        all
    }
}

/// Nobody answered, or not in a way that says anything.
fn unreachable(remote: &str, ended: &Ended) -> Failure {
    let why = match ended.exit {
        Exit::TimedOut => "it did not answer in time".to_owned(),
        Exit::Signal(signal) => format!("git was ended by signal {signal}"),
        _ => said::complaint(&ended.tail),
    };
    let message = format!("`{remote}` was not reached: {why}.");
    Failure::new("remote-unreachable", message)
}

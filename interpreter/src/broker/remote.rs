//! Remotes of the user's repository: where their branches are, and moving them.
//!
//! Git works in the run's own git directory, so nothing of the repository's configuration but the
//! remote's address takes part; of the user's own it may use what is needed to log in, unless tau logs
//! in itself. Nothing is asked, no hook on this side runs, and no address that starts a program is
//! used.

mod address;
mod login;
mod said;

use std::ffi::OsString;
use std::time::Duration;

use tau_lang::syntax::tree::Effect;

use super::{Broker, not_started, repository};
use crate::action::{
    Act, Command, Exit, Failure, FailureKind, Fetched, Later, Missing, NotDone, Push, Pushing,
    Remote, Requesting, Sending, Survey,
};
use crate::ledger::Amount;
use crate::process::{self, Ended, Launch};

use self::login::Login;
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
    fn remote_branch<'a>(
        &'a self,
        remote: &'a Remote,
        branch: &'a str,
    ) -> Later<'a, Option<String>> {
        Box::pin(async move {
            self.ask(Effect::Git, Some("push"), branch)?;
            let refname = format!("refs/heads/{branch}");
            let list = ["ls-remote", "--refs", "--end-of-options", REMOTE, &refname];
            let ended = self.git(remote, &list, LOOK).await;
            let ended = ended.map_err(|(NotDone::Refused(why) | NotDone::Unclear(why))| why)?;
            match ended.exit {
                Exit::Code(0) => Ok(said::listed(&ended.tail, &refname)),
                _ => Err(not_reached(remote, branch, &ended)),
            }
        })
    }

    fn query<'a>(&'a self, sending: &'a Sending) -> Later<'a, Fetched> {
        Box::pin(async move {
            self.send_once(sending).await.map_err(|failure| {
                let kind = match failure.kind {
                    FailureKind::Uncertain => FailureKind::Failed,
                    kind => kind,
                };
                Failure { kind, ..failure }
            })
        })
    }

    fn spent(&self) -> Amount {
        self.world.ledger.total()
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
                    let name = &remote.name;
                    let message = format!("`{name}` did not take `{branch}`: {why}.");
                    let failure = Failure::new("push-rejected", message);
                    Err(NotDone::Refused(failure.detail(
                        serde_json::json!({ "remote": name, "branch": branch, "why": why }),
                    )))
                }
                Said::Nothing => {
                    let failure = not_reached(&push.remote, &push.branch, &ended);
                    Err(match failure.kind {
                        // Whom a remote does not let in changes nothing there.
                        FailureKind::Blocked(_) => NotDone::Refused(failure),
                        _ => NotDone::Unclear(failure),
                    })
                }
            }
        })
    }
}

impl Broker {
    /// Runs git on a remote.
    ///
    /// # Errors
    /// It was not started, or what it says cannot be heard.
    async fn git(&self, remote: &Remote, args: &[&str], most: Duration) -> Result<Ended, NotDone> {
        let world = &self.world;
        let base_env = self.git_environment(remote).await;
        let base_env = base_env.map_err(NotDone::Refused)?;
        let mut argv = vec!["git".to_owned()];
        argv.extend(args.iter().map(|arg| (*arg).to_owned()));
        let command = Command {
            argv,
            env: Vec::new(),
            script: None,
            handed: crate::action::Handed::Nothing,
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
            base_env,
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

    /// What git gets. With a token it is in here, and in nothing else: git alone gets it, which with
    /// these settings starts nothing that is not its own.
    async fn git_environment(&self, remote: &Remote) -> Result<Vec<(OsString, OsString)>, Failure> {
        let world = &self.world;
        let url = world.repository.remote(&remote.name).map_err(repository)?;
        let refused = |why: String| {
            let message = format!("The address of `{}` {why}.", remote.name);
            Failure::new("remote-refused", message)
        };
        let (url, login) = match &remote.token {
            Some(token) => {
                let url = address::of_token(&url).map_err(refused)?;
                let login = self.login(token, &url).await?;
                (OsString::from(url.to_string()), Some(login))
            }
            None => {
                let url = address::checked(&url, world.repository.root()).map_err(refused)?;
                (url, None)
            }
        };
        let mut all = process::base_environment();
        if login.is_none() {
            let also = ALSO_PASSED_ON.iter();
            all.extend(also.filter_map(|name| Some(((*name).into(), std::env::var_os(name)?))));
        }
        let is_replaced =
            |name: &str| name.starts_with("LC_") || (login.is_some() && name == "HOME");
        all.retain(|(name, _)| !name.to_str().is_some_and(is_replaced));
        let mut set = |name: &str, value: OsString| all.push((name.into(), value));
        let (mark, of) = process::mark(world.dir.path());
        set(mark, of);
        set("GIT_DIR", world.dir.git().into());
        let protocols = login.as_ref().map_or("https:ssh:file", Login::protocol);
        set("GIT_ALLOW_PROTOCOL", protocols.into());
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
        let mut settings: Vec<_> = settings.chain(own).collect();
        if let Some(login) = login {
            for (name, value) in login::VARIABLES {
                set(name, value.into());
            }
            settings.extend(login.into_settings());
        }
        set("GIT_CONFIG_COUNT", settings.len().to_string().into());
        for (number, (name, value)) in settings.into_iter().enumerate() {
            set(&format!("GIT_CONFIG_KEY_{number}"), name.into());
            set(&format!("GIT_CONFIG_VALUE_{number}"), value);
        }
        Ok(all)
    }
}

/// Nobody answered, or not in a way that says anything; or nobody is let in without logging in.
fn not_reached(remote: &Remote, branch: &str, ended: &Ended) -> Failure {
    let name = &remote.name;
    let why = match ended.exit {
        Exit::TimedOut => "it did not answer in time".to_owned(),
        Exit::Signal(signal) => format!("git was ended by signal {signal}"),
        _ if said::wants_login(&ended.tail) => return no_credential(remote, branch),
        _ => said::complaint(&ended.tail),
    };
    let message = format!("`{name}` was not reached: {why}.");
    Failure::new("remote-unreachable", message)
}

/// A person must log in, or push.
fn no_credential(remote: &Remote, branch: &str) -> Failure {
    let Remote { name, token } = remote;
    let (message, help) = match token {
        Some(token) => (
            format!("`{name}` does not let the secret `{token}` in."),
            "Look at its value and at what it may do there",
        ),
        None => (
            format!("`{name}` lets nobody in without logging in, and git knows no way to."),
            "Give the step a `token`, or git a credential helper or a key",
        ),
    };
    Failure {
        kind: FailureKind::Blocked(Missing {
            effect: "credential".to_owned(),
            scope: token.as_ref().unwrap_or(name).clone(),
            limited_by: "machine".to_owned(),
            limited_at: None,
            grant: None,
        }),
        ..Failure::new("push-credential", message)
    }
    .help(format!(
        "{help}; or push by hand with `git push {name} {branch}`. Then go on with `tau resume`."
    ))
}

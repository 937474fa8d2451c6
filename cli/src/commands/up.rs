//! `tau up`

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use tau_interpreter::clock::Clock;
use tau_interpreter::home::Home;
use tau_interpreter::jobs::{Holder, Queue, Seat, Status, Taken};

use super::status;
use crate::args::Up;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::runner::pool::unusable;
use crate::runner::supervisor::{self, News};
use crate::runner::{self, EndSignals, own};

/// The most workers that are started without being asked for.
const WORKERS: usize = 4;

/// How often it is looked whether the supervisor and its workers are there, and how long.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_secs(30);

/// A log that has more bytes begins anew.
const LOG_BYTES: u64 = 8 << 20;

/// Starts the local runtime, or is it.
pub(crate) fn run(args: &Up, context: &mut Context) -> Outcome {
    let cores = available_parallelism().map_or(1, usize::from);
    let workers = args
        .jobs
        .unwrap_or_else(|| u32::try_from(cores.min(WORKERS)).unwrap_or(1));
    let home = runner::home()?;
    if let Some(holder) = Seat::holder(&home) {
        return there_already(&home, &holder, context);
    }
    // What keeps workers from working is said here, where somebody reads it.
    Queue::join(&home, 0)
        .map_err(|error| unusable(&error))?
        .leave();
    match args.foreground {
        true => stay(&home, workers, args.session, context),
        false => start(&home, workers, context),
    }
}

fn there_already(home: &Home, holder: &Holder, context: &mut Context) -> Outcome {
    let Holder {
        pid,
        started,
        workers,
        ..
    } = holder;
    context.note(&format!(
        "the local runtime is up already: process {pid} since {started}, for {workers} runs at a time"
    ));
    said(home, context)
}

fn said(home: &Home, context: &mut Context) -> Outcome {
    if context.form() != Form::Human {
        status::print(&status::look(home, context)?, context);
    }
    Ok(Exit::Succeeded)
}

/// Starts a supervisor in the background and waits until it has its workers.
fn start(home: &Home, workers: u32, context: &mut Context) -> Outcome {
    let path = home.root().join("up.log");
    let cannot = |error: io::Error| {
        Failure::new(
            Exit::Blocked,
            format!("the local runtime cannot be started: {error}"),
        )
    };
    let log = log(&path).map_err(cannot)?;
    let jobs = workers.to_string();
    let mut command = own::tau().map_err(cannot)?;
    command
        .args(["up", "--foreground", "--session", "--jobs", &jobs])
        .current_dir("/")
        .stdout(log.try_clone().map_err(cannot)?)
        .stderr(log);
    let mut child = command.spawn().map_err(cannot)?;
    let began = Instant::now();
    loop {
        let holder = Seat::holder(home);
        let other = holder
            .as_ref()
            .filter(|it| it.pid.cast_unsigned() != child.id());
        if let Some(other) = other {
            return there_already(home, other, context);
        }
        let there = Status::workers(home);
        if holder.is_some() && there >= workers as usize {
            break;
        }
        if let Ok(Some(status)) = child.try_wait() {
            return Err(did_not(&format!("its process ended with {status}"), &path));
        }
        if began.elapsed() > PATIENCE {
            return Err(did_not(
                &format!("{there} of {workers} workers came"),
                &path,
            ));
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    context.note(&format!(
        "the local runtime is up: process {}, for {workers} runs at a time\n\n  look       \
         tau status\n  end        tau down",
        child.id()
    ));
    said(home, context)
}

fn did_not(why: &str, log: &Path) -> Failure {
    Failure::failed(format!("the local runtime did not come up: {why}"))
        .help(format!("what it said is in `{}`", log.display()))
}

/// The log, at its end; the one before is kept.
fn log(path: &PathBuf) -> io::Result<File> {
    if fs::metadata(path).is_ok_and(|it| it.len() > LOG_BYTES) {
        fs::rename(path, path.with_extension("log.old"))?;
    }
    File::options()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
}

/// Is the supervisor until it is told to end.
fn stay(home: &Home, workers: u32, session: bool, context: &mut Context) -> Outcome {
    if session {
        // Without a terminal nobody interrupts it. It fails for whoever leads a group, which then
        // is out of the terminal's reach already.
        let _ = rustix::process::setsid();
    }
    let seat = match Seat::take(home, workers, env!("CARGO_PKG_VERSION")) {
        Ok(seat) => seat,
        Err(Taken::By(holder)) => return there_already(home, &holder, context),
        Err(Taken::Io(error)) => {
            let message = format!("the local runtime cannot be started: {error}");
            return Err(Failure::new(Exit::Blocked, message));
        }
    };
    runner::runtime()?.block_on(async {
        let signals = EndSignals::new().map_err(|error| {
            Failure::new(Exit::Fault, format!("cannot listen to signals: {error}"))
        })?;
        let tell =
            |news: News| context.note(&format!("{} {}", Clock::system().now(), words(&news)));
        supervisor::keep(workers, signals, tell).await;
        Ok::<(), Failure>(())
    })?;
    context.note(&format!(
        "{} the local runtime has ended",
        Clock::system().now()
    ));
    drop(seat);
    Ok(Exit::Succeeded)
}

fn words(news: &News) -> String {
    let pause = |pause: &Duration| format!("another one follows in {} ms", pause.as_millis());
    match news {
        News::Started(pid) => format!("worker {pid} is started"),
        News::Died(Some(status), after) => format!("a worker died ({status}); {}", pause(after)),
        News::Died(None, after) => format!("a worker died; {}", pause(after)),
        News::CannotStart(error, after) => {
            format!("no worker can be started: {error}; {}", pause(after))
        }
        News::Ending => "the local runtime ends".to_owned(),
    }
}

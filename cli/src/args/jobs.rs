//! Commands of the local runtime.

use clap::Args;

/// Run what is queued, one process for each run
///
/// Takes the oldest run of every repository that is queued, that has lost its tau, or that waits
/// for a time that has come or an answer that is given, and goes on with it as it was recorded, in
/// a process of its own. Any number of workers may do so at the same time: each run is run by one.
///
/// A worker that is told to end takes no more runs and ends at once; the runs that it has started
/// go on by themselves. When it is killed, nothing is lost either.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau worker -j 4
  tau worker --drain         run all that there is to run, then end")]
pub(crate) struct Worker {
    /// How many runs at the same time
    #[arg(short = 'j', long = "jobs", value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) jobs: u32,

    /// End after one run, or at once if there is none to run
    #[arg(long, conflicts_with = "drain")]
    pub(crate) once: bool,

    /// End when there is nothing to run any more
    #[arg(long)]
    pub(crate) drain: bool,

    /// The process that keeps this worker, without which it ends
    #[arg(long, value_name = "PID", hide = true)]
    pub(crate) supervisor: Option<i32>,
}

/// Start the local runtime: workers that run what is queued, in the background
///
/// One supervisor for all your repositories. It starts workers again that die, and says what
/// happens in `up.log` in TAU_HOME. From then on `--detach` leaves runs to it. They see the
/// environment that it was started with.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau up -j 4
  tau status
  tau down")]
pub(crate) struct Up {
    /// How many workers, each of which runs one run at a time; by default one for each core, and
    /// not more than 4
    #[arg(short = 'j', long = "jobs", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) jobs: Option<u32>,

    /// Stay in the foreground, for service managers and containers
    #[arg(long)]
    pub(crate) foreground: bool,

    /// Begin a session of its own
    #[arg(long, hide = true, requires = "foreground")]
    pub(crate) session: bool,
}

/// End the local runtime
///
/// The supervisor and its workers end. The runs that they have started go on by themselves, and
/// are named.
#[derive(Args, Debug)]
pub(crate) struct Down {}

/// Say whether the local runtime is up, and where all runs stand
///
/// One `name=value` a line, for people and programs. Exits 0 when it is up, 3 when it is not.
#[derive(Args, Debug)]
pub(crate) struct Status {}

/// Remove old runs, and what only they have stored
///
/// Runs that have ended, the oldest first: those that ended longer ago, and as many as make the
/// rest small enough. Never one that is queued, runs, is stale, waits, is uncertain, or is held with
/// `tau block`. What a run has committed stays in its repository.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau prune --dry-run
  tau prune --older-than 7d --yes
  tau prune --keep-bytes 10GB")]
pub(crate) struct Prune {
    /// Those that ended longer ago; by default 30d, unless `--keep-bytes` is given
    #[arg(long, value_name = "DURATION")]
    pub(crate) older_than: Option<String>,

    /// As many as it takes until all runs together take no more than so much
    #[arg(long, value_name = "SIZE")]
    pub(crate) keep_bytes: Option<String>,

    /// Only show them
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Remove them without asking
    #[arg(short, long)]
    pub(crate) yes: bool,
}

//! Commands that run missions and look at runs.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use tau_interpreter::sandbox::Tier;

use super::Setting;

/// A mission and its inputs.
#[derive(Args, Debug)]
pub(crate) struct Mission {
    /// A `.tau` or `.yaml` file, a saved plan, or a name of the library such as `std/prove-patch`
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: String,

    #[command(flatten)]
    pub(crate) given: Given,
}

/// What a mission is run with and on.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Given {
    /// Which mission of the file, when it has several
    #[arg(long, value_name = "NAME")]
    pub(crate) mission: Option<String>,

    /// Give an input its value; `@path` reads a file, `@-` standard input. May be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<Setting>,

    /// The repository to work on; by default the one around the current folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) repo: Option<PathBuf>,

    /// The commit to start from, instead of HEAD
    #[arg(long, value_name = "REV")]
    pub(crate) base: Option<String>,

    /// A policy that holds beside those of the machine, the user and the repository. May be repeated
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) policy: Vec<PathBuf>,
}

/// Check a mission, show its plan, ask, and run it
///
/// Your checkout, index and HEAD are never touched: a run works on a commit, in its own worktree
/// and on its own branch. Without a terminal to ask on, `--yes` is needed.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau apply .tau/fix.tau --set patch=@fix.patch
  git diff | tau apply .tau/fix.tau --set patch=@- --yes
  tau apply std/prove-patch --set patch=@fix.patch --set check=\"cargo test\" --json --yes")]
pub(crate) struct Apply {
    #[command(flatten)]
    pub(crate) mission: Mission,

    #[command(flatten)]
    pub(crate) running: Running,
}

/// How a mission is run.
#[derive(Args, Clone, Debug)]
pub(crate) struct Running {
    /// Run without asking
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Leave it to the local runtime, or, where none is up, to a process of its own; and end
    #[arg(long)]
    pub(crate) detach: bool,

    /// Where answers of models come from: `replay:RUN` uses those that another run has recorded
    ///
    /// No model is asked then, and nothing is paid. A step that asks more than was recorded fails.
    #[arg(long, value_name = "replay:RUN", conflicts_with = "detach")]
    pub(crate) models: Option<String>,

    /// The box for what it starts, instead of the strongest that this machine makes
    ///
    /// `none` gives commands all your rights.
    #[arg(long = "box", value_name = "TIER")]
    pub(crate) tier: Option<Tier>,
}

/// Take an issue to a proven commit, and as far towards a merge as it is told
///
/// It is `tau apply std/issue-to-merge` with `issue` and, of one at GitHub, `repo` set from ISSUE. The
/// mission is a file like any other: copy it, change it, and name it with `--file`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau fix acme/app#42
  tau fix issue.md --set check=\"cargo test --test cut\"
  tau fix acme/app#42 --set deliver=draft
  tau convert std/issue-to-merge --to tau > .tau/issue-to-merge.tau
  tau fix acme/app#42 --file .tau/issue-to-merge.tau")]
pub(crate) struct Fix {
    /// `owner/repo#42`, the address of an issue, a file, `-` for standard input, or a text
    #[arg(value_name = "ISSUE")]
    pub(crate) issue: String,

    /// The mission, in place of the library's
    #[arg(long, value_name = "FILE", default_value = "std/issue-to-merge", value_hint = ValueHint::FilePath)]
    pub(crate) file: String,

    #[command(flatten)]
    pub(crate) given: Given,

    #[command(flatten)]
    pub(crate) running: Running,
}

/// Show everything that can be known before a mission runs; touches nothing
///
/// The steps in their order, the authority needed and granted, what is checked only while it
/// runs, and what would block.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau plan .tau/fix.tau
  tau plan .tau/fix.tau --set patch=@fix.patch --out fix.plan && tau apply fix.plan")]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) mission: Mission,

    /// Save the plan, so that `tau apply PLAN` runs exactly it
    #[arg(long, value_name = "PLAN", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
}

/// List the runs on this repository, the latest first
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau runs
  tau runs --blocked
  tau runs --outcome failed --limit 5
  tau runs --all --json")]
pub(crate) struct Runs {
    /// Of every repository
    #[arg(long)]
    pub(crate) all: bool,

    /// Only those that ended so, or are so
    #[arg(long, value_enum, value_name = "OUTCOME")]
    pub(crate) outcome: Option<RunOutcome>,

    /// Only those that wait for somebody: that are blocked, ask a person, or are uncertain
    #[arg(long, conflicts_with = "outcome")]
    pub(crate) blocked: bool,

    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: usize,
}

/// How a run ended, or where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunOutcome {
    Queued,
    Running,
    Succeeded,
    Failed,
    Blocked,
    Cancelled,
    Uncertain,
    Waiting,
    Stale,
}

impl RunOutcome {
    /// Its word in a report.
    pub(crate) fn word(self) -> &'static str {
        match self {
            RunOutcome::Queued => "queued",
            RunOutcome::Running => "running",
            RunOutcome::Succeeded => "succeeded",
            RunOutcome::Failed => "failed",
            RunOutcome::Blocked => "blocked",
            RunOutcome::Cancelled => "cancelled",
            RunOutcome::Uncertain => "uncertain",
            RunOutcome::Waiting => "waiting",
            RunOutcome::Stale => "stale",
        }
    }
}

/// Show one run: its outcome, its steps and what to do next
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau show @
  tau show @ edit --prompt")]
pub(crate) struct Show {
    /// A run's id, the beginning of one, or `@` for the latest here
    pub(crate) run: String,

    /// The step whose prompts are shown; of one in a loop, those of all rounds
    #[arg(requires = "prompt")]
    pub(crate) step: Option<String>,

    /// Show what a step has sent to models
    #[arg(long, requires = "step")]
    pub(crate) prompt: bool,
}

/// Show what the steps of a run printed
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau logs @
  tau logs @ red
  tau logs 01k5 -f")]
pub(crate) struct Logs {
    /// A run's id, the beginning of one, or `@` for the latest here
    pub(crate) run: String,

    /// Only this step
    pub(crate) step: Option<String>,

    /// Go on until the run has ended
    #[arg(short, long)]
    pub(crate) follow: bool,
}

/// Show what a run changed, as a patch
#[derive(Args, Debug)]
pub(crate) struct Diff {
    /// A run's id, the beginning of one, or `@` for the latest here
    pub(crate) run: String,
}

/// Go on with a run that was interrupted or blocked
///
/// What rests on something that has changed since, such as the mission's file or an input, is done again.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau resume @
  tau resume @ --set check=\"cargo test --test cut\"")]
pub(crate) struct Resume {
    /// A run's id, the beginning of one, or `@` for the latest here
    pub(crate) run: String,

    /// With the file as it was when the run last ran, whatever it says now
    #[arg(long)]
    pub(crate) as_recorded: bool,

    /// Give an input another value, or a secret one again, which no record of the run has; `@path`
    /// reads a file, `@-` standard input
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "detach")]
    pub(crate) set: Vec<Setting>,

    /// Let a process of its own run it, and end as soon as it does
    #[arg(long)]
    pub(crate) detach: bool,

    /// Only if its journal still has so many records
    #[arg(long, value_name = "RECORDS", hide = true)]
    pub(crate) behind: Option<u64>,
}

/// Go on with every run whose tau is gone: killed, or lost with the machine
///
/// One after the other, each with its file as it was recorded. Runs that have ended, wait or are
/// blocked are left alone.
#[derive(Args, Debug)]
pub(crate) struct Recover {
    /// Only this run: an id, the beginning of one, or `@` for the latest here
    pub(crate) run: Option<String>,

    /// Of every repository
    #[arg(long, conflicts_with = "run")]
    pub(crate) all: bool,
}

/// End a run: tell whoever runs it, or write down that nobody goes on with it
///
/// A run that goes on ends its steps, does what its `finally` says, and is waited for.
#[derive(Args, Debug)]
pub(crate) struct Cancel {
    /// A run's id, the beginning of one, or `@` for the latest here
    pub(crate) run: String,
}

/// Hold a run that nobody runs, and say why
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau block 01k5 --why \"the base moved; look at it on Monday\"")]
pub(crate) struct Block {
    /// A run's id, the beginning of one, or `@` for the latest here
    pub(crate) run: String,

    /// What a person must know or do before somebody goes on with it
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) why: String,
}

/// Show a run again as it went, from its journal; nothing is done
#[derive(Args, Debug)]
pub(crate) struct Replay {
    /// A run's id, the beginning of one, or `@` for the latest here
    pub(crate) run: String,
}

/// Write a run's times as a Chrome trace, for Perfetto or chrome://tracing
///
/// From its journal alone, also while it is going on: the run and its owners, each step with its
/// attempts and waits, one lane for each that runs at the same time, and the moments at which
/// something was intended, asked, answered, committed or killed.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau trace @ --out run.trace.json
  tau trace 01k5 | jq '.traceEvents[].name'")]
pub(crate) struct Trace {
    /// A run's id, the beginning of one, or `@` for the latest here
    pub(crate) run: String,

    /// Write it into this file instead of to standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
}

/// Say yes to what a waiting run asks, or answer its question
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau approve @ && tau resume @
  tau approve 01k5 release --seen 3f2a9c
  tau approve 01k5 --answer \"the second one\"")]
pub(crate) struct Approve {
    /// A run's id, the beginning of one, or `@` for the latest here
    pub(crate) run: String,

    /// Which step's question, when there are several
    pub(crate) step: Option<String>,

    /// The answer to a question that wants one
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) answer: Option<String>,

    /// Only if the question is still the one of this digest, as `tau show` told it
    #[arg(long, value_name = "DIGEST")]
    pub(crate) seen: Option<String>,
}

/// Say no to what a waiting run asks; the step that asked fails
#[derive(Args, Debug)]
pub(crate) struct Deny {
    /// A run's id, the beginning of one, or `@` for the latest here
    pub(crate) run: String,

    /// Which step's question, when there are several
    pub(crate) step: Option<String>,

    /// Why not
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) why: String,
}

/// Say whether what a step was about to do outside has happened
///
/// A run is uncertain when it was cut between a step's intention and its result, and the outside
/// could not say what has become of it. Nobody repeats the step before you have said so.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau show @
  tau resolve @ push happened && tau resume @
  tau resolve 01k5 push not-happened --why \"the branch is not there\"")]
pub(crate) struct Resolve {
    /// A run's id, the beginning of one, or `@` for the latest here
    pub(crate) run: String,

    /// The step
    pub(crate) step: String,

    /// Whether it has happened
    #[arg(value_enum)]
    pub(crate) settled: Settled,

    /// What the step gives, as JSON, where tau cannot know it; `@path` reads a file
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) result: Option<String>,

    /// How you know
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) why: Option<String>,
}

/// What a person says about an outside effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Settled {
    /// It is there; the step is not done again
    Happened,
    /// It is not there; the step is done when the run goes on
    NotHappened,
}

/// Send an event to a run that waits for it, or will
///
/// A step with `event.wait` gets it; one that comes before the step is kept. It is kept safely when
/// this command ends, whether somebody runs the run or nobody does.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau send @ deployed
  tau send 01k7 review.done --data '{\"verdict\": \"accept\"}'
  tau send 01k7 review.done --data @review.json")]
pub(crate) struct Send {
    /// A run's id, the beginning of one, or `@` for the latest here
    pub(crate) run: String,

    /// The event's name: letters, digits and `-_.:/`
    pub(crate) name: String,

    /// What it carries, as JSON; `@path` reads a file, `@-` standard input
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) data: Option<String>,
}

/// Start a new run from what an old one had done before a step
///
/// With the old run's inputs, repository and commit, and with its file as it is now, or another one.
/// Steps that rest on what differs are done again; so are commits, on the new run's own branch.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau fork @ --at green
  tau fork 01k5 --at edit other.tau --yes")]
pub(crate) struct Fork {
    /// A run's id, the beginning of one, or `@` for the latest here
    pub(crate) run: String,

    /// The file to go on with, instead of the run's own
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<String>,

    /// The first step that is done anew
    #[arg(long, value_name = "STEP")]
    pub(crate) at: String,

    /// Run without asking
    #[arg(short, long)]
    pub(crate) yes: bool,
}

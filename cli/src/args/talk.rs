//! Commands that talk with a model.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Ask a model about the repository
///
/// The mission `std/ask`: the model may read the files of a commit, and change and start what is named here and
/// nothing else. Its answer is written to standard output; what it looks at is told on standard error. What it
/// changes stays in the run: `tau diff` shows it.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau ask 'where are tokens refreshed?'
  git log -5 | tau ask -                       a question from standard input
  tau ask 'what does main do?' --model ollama/qwen3 --json
  tau ask 'rename `load` to `open`' --write 'src/**' --run 'cargo check'")]
pub(crate) struct Ask {
    /// What you want to know; `-` reads it from standard input
    pub(crate) question: String,

    #[command(flatten)]
    pub(crate) of: Of,
}

/// Talk with a model about the repository
///
/// The mission `std/chat`: the model may read the files of a commit, and change and start what is named here and
/// nothing else. Each conversation is one run, which waits between two turns: nothing of it is lost when tau ends
/// or is killed. A line is a turn; `/end` ends the conversation, and the end of input leaves it waiting.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau chat
  tau chat 'what does main do?'
  tau chat --resume                            go on with the latest conversation here
  tau chat --resume 01k5                       or with this one
  tau chat --from 01k5 --at 2                  a new one that begins with the first two turns of it")]
pub(crate) struct Chat {
    /// What you say first
    pub(crate) message: Option<String>,

    /// Go on with a conversation; by default the latest of this repository
    #[arg(long, value_name = "RUN", num_args = 0..=1, default_missing_value = "@", conflicts_with_all = ["from", "model", "write", "run", "base", "models"])]
    pub(crate) resume: Option<String>,

    /// Begin with the turns of another conversation, which stays as it is
    #[arg(long, value_name = "RUN", conflicts_with_all = ["model", "write", "run", "base", "models"])]
    pub(crate) from: Option<String>,

    /// With `--from`: up to this turn, counted from 1; all of them without it
    #[arg(long, value_name = "TURN", requires = "from", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) at: Option<u32>,

    #[command(flatten)]
    pub(crate) of: Of,
}

/// Whom to ask, about what.
#[derive(Args, Debug)]
pub(crate) struct Of {
    /// The model, such as `openrouter/openai/gpt-5`; by default that of your first provider which has one
    #[arg(long, value_name = "MODEL")]
    pub(crate) model: Option<String>,

    /// Files that it may change, such as `src/**`; none without it. May be repeated
    #[arg(long, value_name = "GLOB")]
    pub(crate) write: Vec<String>,

    /// A command that it may start, such as `cargo test`; none without it. May be repeated
    #[arg(long, value_name = "COMMAND")]
    pub(crate) run: Vec<String>,

    /// The commit whose files it reads, instead of HEAD
    #[arg(long, value_name = "REV")]
    pub(crate) base: Option<String>,

    /// A policy that holds beside those of the machine, the user and the repository. May be repeated
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) policy: Vec<PathBuf>,

    /// Where answers of models come from: `replay:RUN` uses those that another run has recorded
    #[arg(long, value_name = "replay:RUN")]
    pub(crate) models: Option<String>,
}

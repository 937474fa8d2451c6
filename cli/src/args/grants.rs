//! `tau grants`

use clap::{Args, Subcommand};

/// Compare what runs used with what their mission is granted
///
/// Each run's journal tells what its steps read and changed, what they started and where they
/// committed. What is proposed covers all of it, and nothing that is not granted now.
#[derive(Args, Debug)]
#[command(subcommand_required = true, disable_help_subcommand = true)]
pub(crate) struct Grants {
    #[command(subcommand)]
    pub(crate) command: GrantsCommand,
}

/// What to compare them for.
#[derive(Debug, Subcommand)]
pub(crate) enum GrantsCommand {
    Infer(GrantsInfer),
    Unused(GrantsUnused),
}

/// Propose the least authority under which runs would pass again
///
/// Prints the change of the mission's file; it is not written. What the text of the mission asks for
/// stays, also where no run came to it, as without it a run is blocked before it begins. More than
/// five files of one folder become that folder, where all of it is granted.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau grants infer @
  tau grants infer 01k5 01k7
  tau grants infer @ | patch")]
pub(crate) struct GrantsInfer {
    /// Runs of one mission: ids, beginnings of some, or `@` for the latest here
    #[arg(value_name = "RUN", required = true)]
    pub(crate) runs: Vec<String>,
}

/// Propose to drop what runs did not need at all
///
/// Prints the change of the mission's file; it is not written. What was needed in part stays whole.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau grants unused @
  tau grants unused 01k5 01k7 --json")]
pub(crate) struct GrantsUnused {
    /// Runs of one mission: ids, beginnings of some, or `@` for the latest here
    #[arg(value_name = "RUN", required = true)]
    pub(crate) runs: Vec<String>,
}

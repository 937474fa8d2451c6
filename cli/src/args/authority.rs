//! `tau authority`

use clap::{Args, Subcommand, ValueHint};

/// Show what missions may do, and what their steps need of that
///
/// For each mission: what it grants, what its steps need, what is checked when it runs, and what
/// it grants in vain. Nothing runs.
#[derive(Args, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  tau authority .tau/fix.tau
  tau authority std/prove-patch --json
  tau authority diff main:.tau/fix.tau .tau/fix.tau    what the change would allow"
)]
pub(crate) struct Authority {
    #[command(subcommand)]
    pub(crate) command: Option<AuthorityCommand>,

    /// A `.tau` or `.yaml` file, or a name of the library such as `std/prove-patch`
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<String>,

    /// Only this mission of the file
    #[arg(long, value_name = "NAME")]
    pub(crate) mission: Option<String>,
}

/// What else can be asked about authority.
#[derive(Debug, Subcommand)]
pub(crate) enum AuthorityCommand {
    Diff(AuthorityDiff),
}

/// Show what one file may do and another may not
///
/// Compares what the lines cover, not how they are written. A denial or protection that is dropped
/// counts as more authority. Exits 1 when B may do more than A, 0 when it may not.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau authority diff old.tau new.tau
  tau authority diff main:.tau/fix.tau .tau/fix.tau
  tau authority diff HEAD~1:./fix.tau HEAD:./fix.tau")]
pub(crate) struct AuthorityDiff {
    /// A file, or `REV:PATH`, the file at a git revision, with its path from the repository's root
    #[arg(value_name = "A")]
    pub(crate) from: String,

    /// What to compare with it, named in the same way
    #[arg(value_name = "B")]
    pub(crate) to: String,
}

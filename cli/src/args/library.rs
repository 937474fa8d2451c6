//! `tau lib`

use clap::{Args, Subcommand};

/// Add, update and check the libraries that tau files use from git repositories
///
/// `tau.lock` says which commit each library is and what its files hold, to the byte. Only `add`,
/// `update`, `fetch` and `vendor` use the network; no other command of tau ever does for a library.
#[derive(Args, Debug)]
#[command(subcommand_required = true, disable_help_subcommand = true)]
pub(crate) struct Lib {
    #[command(subcommand)]
    pub(crate) command: LibCommand,
}

/// What to do with libraries.
#[derive(Debug, Subcommand)]
pub(crate) enum LibCommand {
    Add(LibAdd),
    Update(LibUpdate),
    Fetch(LibFetch),
    Vendor(LibVendor),
    Verify(LibVerify),
}

/// Lock the repositories that the tau files of this folder use
///
/// Fetches each, and what it uses itself, shows what its missions and actions need, asks, and
/// writes `tau.lock`. Without a terminal to ask on, `--yes` is needed.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau lib add                              all that is used and not locked yet
  tau lib add github.com/acme/flows@v1.4
  tau lib add ../flows@main --yes")]
pub(crate) struct LibAdd {
    /// Repositories at a version, as they stand behind `use`; by default all that are used
    #[arg(value_name = "REF")]
    pub(crate) refs: Vec<String>,

    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Ask the repositories again what the locked versions are now
///
/// Shows which have moved, and what their missions and actions need more or less than before; asks,
/// and writes `tau.lock`. A tag should never move: one that did is named. Without REF it also drops
/// what no file uses any more.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau lib update
  tau lib update github.com/acme/flows     only this one

To use another version, change it behind `use` and run `tau lib add`.")]
pub(crate) struct LibUpdate {
    /// Locked repositories, with or without their version; by default all
    #[arg(value_name = "REF")]
    pub(crate) refs: Vec<String>,

    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Bring the locked libraries that are not on this machine
///
/// Exits 1 when one cannot be had, or is not what is locked.
#[derive(Args, Debug)]
pub(crate) struct LibFetch {}

/// Copy the locked libraries into the project, to `tau_libraries/`
///
/// They are used from there, so that nothing needs to be fetched where the project is. Folders there
/// of libraries that are not locked any more are removed.
#[derive(Args, Debug)]
pub(crate) struct LibVendor {}

/// Say whether the locked libraries are here and unchanged, and whether all that is used is locked
///
/// Exits 1 when something is missing or differs.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau lib verify
  tau lib verify --json")]
pub(crate) struct LibVerify {}

//! Commands for the first minutes.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clap_complete::Shell;

/// Write a first mission for the repository at hand
///
/// Looks at what the repository is built with and writes `.tau/fix.tau`: apply a given patch and
/// prove, with the repository's own tests, that it fixes what they show.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau init
  tau init --force           write it anew")]
pub(crate) struct Init {
    /// Where; by default the current folder's repository
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) directory: Option<PathBuf>,

    /// Replace a mission that is already there
    #[arg(long)]
    pub(crate) force: bool,
}

/// Say whether this machine and this repository are ready, and what is missing
///
/// Exits 0 when runs are possible, 1 when something they need is missing.
#[derive(Args, Debug)]
pub(crate) struct Doctor {}

/// See a mission run, on a small repository made for it
///
/// Makes a Rust crate with a real bug and a test that shows it, and a patch that fixes the bug.
/// Needs git and Rust's toolchain, and no network. The folder stays, to look at.
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// The folder to make, which must not exist or be empty; by default `tau-demo`
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) directory: Option<PathBuf>,
}

/// Write a completion script for a shell to standard output
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau completions bash > ~/.local/share/bash-completion/completions/tau
  tau completions zsh  > ~/.zfunc/_tau
  tau completions fish > ~/.config/fish/completions/tau.fish")]
pub(crate) struct Completions {
    /// Which shell
    pub(crate) shell: Shell,
}

/// Write the JSON Schema of missions in YAML, or of a type's values, to standard output
///
/// Editors complete and check `.yaml` missions with it. It knows the keys, the actions and their
/// arguments; names, types and authority are checked by `tau lint` alone.
///
/// With `--type` it is the schema that a model is given which is asked for a value of that type.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau schema > .tau/schema.json
  tau schema --type Review .tau/review.tau")]
pub(crate) struct Schema {
    /// The type whose values are described, of FILE or of the library
    #[arg(long = "type", value_name = "NAME")]
    pub(crate) type_name: Option<String>,

    /// The file that the type stands in
    #[arg(value_name = "FILE", requires = "type_name", value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<String>,
}

//! Commands about evidence that others can check.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::Given;

/// Write what a run that has ended says of itself, signed
///
/// One in-toto statement a line, each in a DSSE envelope: what each check showed, a summary, and
/// what the run was, was granted, used and made. A run writes it when it ends; the same run always
/// has the same receipt.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau receipt @ > fix.intoto.jsonl
  tau receipt @ --out evidence      with what other programs need to check it")]
pub(crate) struct Receipt {
    /// A run's id, the beginning of one, or `@` for the latest here
    pub(crate) run: String,

    /// Write it into this folder, with the public keys, a signature for `ssh-keygen -Y verify`, and
    /// the link for `in-toto-verify`
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,

    /// Also write its last statement, with the head of the run's journal, as a git note on the commit
    /// that the run made
    ///
    /// Into `refs/notes/tau` of the run's repository, where `git push origin refs/notes/tau` finds it.
    #[arg(long)]
    pub(crate) note: bool,

    /// Sign with `runner.pem` and `verifier.pem` of this folder instead of your own keys
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) keys: Option<PathBuf>,
}

/// Show the public keys with which your runs' receipts are checked
///
/// The private ones are made when they are first needed, and only you can read them.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau keys                  one OpenSSH key a line
  tau keys > tau.keys       for `tau verify RECEIPT --key tau.keys`
  tau keys --allowed-signers > signers && git -c gpg.ssh.allowedSignersFile=signers verify-commit SHA")]
pub(crate) struct Keys {
    /// As a file of allowed signers, for `git verify-commit` and `ssh-keygen -Y verify`
    #[arg(long)]
    pub(crate) allowed_signers: bool,
}

/// Check a receipt, and run its verifiers again instead of believing it
///
/// Says of each part whether it holds: the signatures and whose they are, the statements, the
/// repository, the commit and its patch, what was used against what was granted and what policies
/// allow here, the run's journal where it is on this machine, and at last the verifiers, which are
/// run on the named commits. Exits 0 when nothing is wrong, and 1 otherwise.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau verify fix.intoto.jsonl --key their.keys
  tau verify fix.intoto.jsonl --key their.keys --no-run --level proved
  tau verify @                  a run of your own, its journal included")]
pub(crate) struct Verify {
    /// A receipt, or a run's id, the beginning of one, or `@` for the latest here
    #[arg(value_name = "RECEIPT", value_hint = ValueHint::FilePath)]
    pub(crate) what: String,

    /// The repository that it is about; by default the one around the current folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) repo: Option<PathBuf>,

    /// Trust the public keys in this file, and no others: PEM, or lines with OpenSSH keys. May be
    /// repeated
    ///
    /// Without it your own keys count, and those in `keys` beside the policies of the user and of
    /// the machine.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key: Vec<PathBuf>,

    /// A policy that what was used must fit, beside those of the machine, the user and the
    /// repository. May be repeated
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) policy: Vec<PathBuf>,

    /// The least level of proof that counts
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) level: Option<Level>,

    /// Check the papers alone, and say so
    #[arg(long)]
    pub(crate) no_run: bool,
}

/// How much a proof shows, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Level {
    /// Somebody says so
    Claimed,
    /// RED, GREEN and RED again
    Tested,
    /// All that tau can show
    Proved,
}

impl Level {
    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Level::Claimed => "claimed",
            Level::Tested => "tested",
            Level::Proved => "proved",
        }
    }

    /// The level of a word, in letters of any size.
    pub(crate) fn parse(word: &str) -> Option<Level> {
        let all = [Level::Claimed, Level::Tested, Level::Proved];
        all.into_iter()
            .find(|it| it.word().eq_ignore_ascii_case(word))
    }
}

/// Show that a mission's verifiers can fail
///
/// Shows them trees that they must refuse, each in clean checkouts: the base without the change, the
/// change with one file of it taken back, and mutations of the lines that the change adds. Ends with
/// 1 when a verifier accepts everything, or when all of them accept the base.
///
/// Of a run that has ended it takes what is in its receipt: the verifiers, also those of the missions that
/// it called, with what bounded them, and its own change.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau prove .tau/fix.tau --set patch=@fix.patch
  tau prove .tau/fix.tau --change fix.patch --budget 50
  tau prove @                   the change of the latest run here")]
pub(crate) struct Prove {
    /// A `.tau` or `.yaml` file, a saved plan, a name of the library; or a run's id, the beginning of
    /// one, or `@` for the latest here
    #[arg(value_name = "FILE|RUN", value_hint = ValueHint::FilePath)]
    pub(crate) what: String,

    #[command(flatten)]
    pub(crate) given: Given,

    /// A change that the verifiers accept, as git writes it; without it, the one file that is given
    /// with `--set`, or the run's own
    #[arg(long, value_name = "PATCH", value_hint = ValueHint::FilePath)]
    pub(crate) change: Option<PathBuf>,

    /// How many mutations to try, at most
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) budget: usize,
}

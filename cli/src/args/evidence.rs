//! Commands about evidence that others can check.

use std::path::PathBuf;

use clap::{Args, ValueHint};

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
  tau keys > tau.keys       for `tau verify RECEIPT --key tau.keys`")]
pub(crate) struct Keys {}

//! `tau test`

use std::path::PathBuf;

use clap::{Args, ValueHint};
use tau_interpreter::sandbox::Tier;

/// Run the tests of missions
///
/// A test stands beside its mission: it runs it in a repository of its own, with some actions
/// scripted, and says what must hold at the end. Nothing of the folder it is started in is used or
/// touched. Exits 0 when all tests pass, 1 when one fails, 2 when a file has errors or there is no
/// test.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau test
  tau test .tau/fix.tau --filter 'second try'
  tau test --crash
  tau test --json")]
pub(crate) struct Test {
    /// Files and folders
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Also kill each run at every place and lose every answer, go on with it, and compare the end
    #[arg(long)]
    pub(crate) crash: bool,

    /// Only tests whose name holds this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,

    /// The box for what missions start, instead of the strongest that this machine makes
    ///
    /// `none` gives commands all your rights.
    #[arg(long = "box", value_name = "TIER")]
    pub(crate) tier: Option<Tier>,
}

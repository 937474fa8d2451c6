//! `tau completions SHELL`

use clap::CommandFactory;

use crate::args::{Cli, Completions};
use crate::context::Context;
use crate::exit::{Exit, Outcome};

/// Writes the script that lets a shell complete `tau`'s command line.
pub(crate) fn run(args: &Completions, context: &mut Context) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "tau", &mut script);
    context.print_raw(&String::from_utf8_lossy(&script));
    Ok(Exit::Succeeded)
}

//! The commands, one file each.

mod completions;
mod demo;
mod doctor;
mod explain;
mod fmt;
mod init;
mod lint;

use crate::args::Command;
use crate::context::Context;
use crate::exit::{Failure, Outcome};

/// Does what the command line asks for.
pub(crate) fn run(command: Command, context: &mut Context) -> Outcome {
    match command {
        Command::Apply(_)
        | Command::Plan(_)
        | Command::Graph(_)
        | Command::Runs(_)
        | Command::Show(_)
        | Command::Logs(_)
        | Command::Diff(_)
        | Command::Resume(_) => Err(Failure::failed("this build cannot run missions yet")),
        Command::Lint(args) => lint::run(&args, context),
        Command::Fmt(args) => fmt::run(&args, context),
        Command::Explain(args) => explain::run(&args, context),
        Command::Init(args) => init::run(&args, context),
        Command::Doctor(args) => doctor::run(&args, context),
        Command::Demo(args) => demo::run(&args, context),
        Command::Completions(args) => completions::run(&args, context),
    }
}

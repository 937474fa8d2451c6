//! `tau lib`

mod add;
mod change;
mod fetch;
mod load;
mod propose;
mod show;
mod update;
mod vendor;
mod verify;

use crate::args::{Lib, LibCommand};
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::libraries::Project;

/// What is said where there is nothing to do.
const NOTHING: &str = "nothing is locked\n";

/// Does what was asked with the libraries of the project at hand.
pub(crate) fn run(args: &Lib, context: &mut Context) -> Outcome {
    let project = Project::here().map_err(|why| {
        Failure::usage(format!("the lock file cannot be read: {why}"))
            .help("bring `tau.lock` back from git, or remove it and run `tau lib add`")
    })?;
    match &args.command {
        LibCommand::Add(args) => add::run(&project, args, context),
        LibCommand::Update(args) => update::run(&project, args, context),
        LibCommand::Fetch(_) => fetch::run(&project, context),
        LibCommand::Vendor(_) => vendor::run(&project, context),
        LibCommand::Verify(_) => verify::run(&project, context),
    }
}

//! The `tau` program: command line in, text and exit code out.
//!
//! A command is one file in `commands/`. It decides nothing that a plan or the interpreter should
//! decide, prints only through its [`Context`], and says how it ended; only `main` exits.

mod args;
mod ask;
mod commands;
mod context;
mod demo;
mod evidence;
mod exit;
mod fault;
mod files;
mod git;
mod home;
mod init;
mod language;
mod libraries;
mod lines;
mod machine;
mod mission;
mod observe;
mod policies;
mod prove;
mod render;
mod runner;
mod saved;
mod testing;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Global};
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};

/// Checking makes many small values that live for one file. The system's allocator took a quarter
/// of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Some(code) = tau_interpreter::sandbox::entered() {
        return code;
    }
    let exit = fault::guard(|| {
        let Cli { global, command } = Cli::parse();
        let mut context = Context::new(&global);
        let (observer, wrong) = observe::start();
        if let Some(wrong) = wrong {
            context.warn(&wrong);
        }
        let outcome = enter(&global).and_then(|()| commands::run(command, &mut context));
        let exit = settle(outcome, &mut context);
        if let Some(unsent) = observer.finish() {
            context.detail(&unsent);
        }
        context.finish(exit)
    });
    exit.into()
}

/// Goes to the folder that `-C` names.
fn enter(global: &Global) -> Result<(), Failure> {
    let Some(directory) = &global.chdir else {
        return Ok(());
    };
    std::env::set_current_dir(directory).map_err(|error| {
        let directory = render::sanitize::path(directory);
        Failure::usage(format!("cannot go to `{directory}`: {error}"))
    })
}

fn settle(outcome: Outcome, context: &mut Context) -> Exit {
    outcome.unwrap_or_else(|failure| {
        context.fail(&failure);
        failure.exit
    })
}

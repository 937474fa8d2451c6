//! The commands, one file each.

mod answer;
mod apply;
mod ask;
mod authority;
mod block;
mod cancel;
mod chat;
mod completions;
mod convert;
mod demo;
mod diff;
mod doctor;
mod down;
mod explain;
mod fix;
mod fmt;
mod fork;
mod grants;
mod graph;
mod init;
mod keys;
mod lib;
mod lint;
mod logs;
mod plan;
mod prove;
mod prune;
mod receipt;
mod recover;
mod replay;
mod resolve;
mod resume;
mod runs;
mod schema;
mod send;
mod show;
mod status;
mod test;
mod trace;
mod up;
mod verify;
mod worker;

use crate::args::Command;
use crate::context::Context;
use crate::exit::Outcome;

/// Does what the command line asks for.
pub(crate) fn run(command: Command, context: &mut Context) -> Outcome {
    match command {
        Command::Apply(args) => apply::run(&args, context),
        Command::Fix(args) => fix::run(&args, context),
        Command::Ask(args) => ask::run(&args, context),
        Command::Chat(args) => chat::run(&args, context),
        Command::Plan(args) => plan::run(&args, context),
        Command::Authority(args) => authority::run(&args, context),
        Command::Grants(args) => grants::run(&args, context),
        Command::Lib(args) => lib::run(&args, context),
        Command::Convert(args) => convert::run(&args, context),
        Command::Graph(args) => graph::run(&args, context),
        Command::Runs(args) => runs::run(&args, context),
        Command::Show(args) => show::run(&args, context),
        Command::Logs(args) => logs::run(&args, context),
        Command::Diff(args) => diff::run(&args, context),
        Command::Resume(args) => resume::run(&args, context),
        Command::Recover(args) => recover::run(&args, context),
        Command::Replay(args) => replay::run(&args, context),
        Command::Trace(args) => trace::run(&args, context),
        Command::Receipt(args) => receipt::run(&args, context),
        Command::Verify(args) => verify::run(&args, context),
        Command::Prove(args) => prove::run(&args, context),
        Command::Keys(args) => keys::run(&args, context),
        Command::Approve(args) => answer::approve(&args, context),
        Command::Deny(args) => answer::deny(&args, context),
        Command::Resolve(args) => resolve::run(&args, context),
        Command::Send(args) => send::run(&args, context),
        Command::Fork(args) => fork::run(&args, context),
        Command::Cancel(args) => cancel::run(&args, context),
        Command::Block(args) => block::run(&args, context),
        Command::Worker(args) => worker::run(&args, context),
        Command::Up(args) => up::run(&args, context),
        Command::Status(args) => status::run(&args, context),
        Command::Down(args) => down::run(&args, context),
        Command::Prune(args) => prune::run(&args, context),
        Command::Lint(args) => lint::run(&args, context),
        Command::Fmt(args) => fmt::run(&args, context),
        Command::Explain(args) => explain::run(&args, context),
        Command::Test(args) => test::run(&args, context),
        Command::Init(args) => init::run(&args, context),
        Command::Doctor(args) => doctor::run(&args, context),
        Command::Demo(args) => demo::run(&args, context),
        Command::Schema(args) => schema::run(&args, context),
        Command::Completions(args) => completions::run(&args, context),
    }
}

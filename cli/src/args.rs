//! What can be typed after `tau`.

mod authority;
mod evidence;
mod files;
mod grants;
mod jobs;
mod library;
mod rules;
mod run;
mod setting;
mod start;
mod talk;
mod test;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

pub(crate) use self::authority::{Authority, AuthorityCommand, AuthorityDiff};
pub(crate) use self::evidence::{Keys, Level, Prove, Receipt, Verify};
pub(crate) use self::files::{Convert, Explain, Fmt, Format, Graph, GraphFormat, Lint, Target};
pub(crate) use self::grants::{Grants, GrantsCommand};
pub(crate) use self::jobs::{Down, Prune, Status, Up, Worker};
pub(crate) use self::library::{Lib, LibAdd, LibCommand, LibUpdate};
pub(crate) use self::rules::Ignorable;
pub(crate) use self::run::{
    Apply, Approve, Block, Cancel, Deny, Diff, Fix, Fork, Given, Logs, Mission, Plan, Recover,
    Replay, Resolve, Resume, Running, Runs, Send, Settled, Show, Trace,
};
pub(crate) use self::setting::Setting;
pub(crate) use self::start::{Completions, Demo, Doctor, Init, Schema};
pub(crate) use self::talk::{Ask, Chat, Of};
pub(crate) use self::test::Test;
use crate::render::style;

/// State, bound and prove a coding mission.
///
/// A tau file says what is to be done, what may be touched, and what decides that it is done.
#[derive(Debug, Parser)]
#[command(
    name = "tau",
    version,
    styles = style::CLAP,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "\
Start here:
  tau demo                    see a mission run from a failing test to a proven commit
  tau init                    write a first mission for the repository at hand
  tau plan .tau/fix.tau       see what it would do and may touch; nothing runs
  tau fix owner/repo#42       take an issue to a proven commit

Exit codes: 0 succeeded, 1 failed, 2 the file or the command line is wrong, 3 blocked,
4 cancelled, 5 uncertain, 6 waiting, 70 a fault in tau itself."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command has.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// Work as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true, value_hint = ValueHint::DirPath)]
    pub(crate) chdir: Option<PathBuf>,

    /// Write one JSON document to standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Write one JSON document a line to standard output, the result last
    #[arg(long, global = true)]
    pub(crate) json_stream: bool,

    /// When to use colours; `auto` respects NO_COLOR and a missing terminal
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, global = true)]
    pub(crate) color: Color,

    /// Say nothing on standard error but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Also say what is done on the way
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Apply(Apply),
    Fix(Fix),
    Ask(Ask),
    Chat(Chat),
    Plan(Plan),
    Lint(Lint),
    Fmt(Fmt),
    Convert(Convert),
    Graph(Graph),
    Authority(Authority),
    Grants(Grants),
    Lib(Lib),
    Explain(Explain),
    Test(Test),
    Runs(Runs),
    Show(Show),
    Logs(Logs),
    Diff(Diff),
    Resume(Resume),
    Recover(Recover),
    Replay(Replay),
    Trace(Trace),
    Receipt(Receipt),
    Verify(Verify),
    Prove(Prove),
    Keys(Keys),
    Fork(Fork),
    Approve(Approve),
    Deny(Deny),
    Resolve(Resolve),
    Send(Send),
    Cancel(Cancel),
    Block(Block),
    Worker(Worker),
    Up(Up),
    Status(Status),
    Down(Down),
    Prune(Prune),
    Init(Init),
    Doctor(Doctor),
    Demo(Demo),
    Schema(Schema),
    Completions(Completions),
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Cli, Command};

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_flags_may_stand_on_both_sides() {
        for line in [
            ["tau", "-C", "x", "--json", "runs"],
            ["tau", "runs", "-C", "x", "--json"],
        ] {
            let cli = Cli::try_parse_from(line).unwrap();
            assert!(cli.global.json && cli.global.chdir.is_some());
            assert!(matches!(cli.command, Command::Runs(_)));
        }
    }

    #[test]
    fn settings_are_read_in_order() {
        let line = ["tau", "apply", "f.tau", "--set", "a=1", "--set", "b=x=@y"];
        let Command::Apply(apply) = Cli::try_parse_from(line).unwrap().command else {
            panic!("not apply");
        };
        let set = apply.mission.given.set;
        assert_eq!((set[0].name.as_str(), set[0].value.as_str()), ("a", "1"));
        assert_eq!((set[1].name.as_str(), set[1].value.as_str()), ("b", "x=@y"));
    }
}

//! Commands that read tau files and start nothing.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::rules::{Ignorable, Selector};

/// Check tau files
///
/// A folder stands for the `.tau` files in it and the YAML files with a top-level `tau:` key.
/// Exits 0 when they are clean or have only warnings, 1 when they have errors.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau lint
  tau lint .tau/fix.tau --format json
  tau lint --format github --deny warnings       in CI
  tau lint --fix
  tau lint --select authority,taint              only what is about these
  tau lint --add-ignore authority-unused --reason 'the next release posts there'
  cat fix.tau | tau lint - --stdin-filename fix.tau")]
pub(crate) struct Lint {
    /// Files and folders; `-` is standard input
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// How to write what is found
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,

    /// Report only these codes or families, such as `authority`
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) select: Vec<Selector>,

    /// Report everything but these codes or families
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) ignore: Vec<Selector>,

    /// Make the changes that are safe, such as a name that was meant, then check again
    #[arg(long, conflicts_with = "stdin_filename")]
    pub(crate) fix: bool,

    /// With `--fix`: also make changes that allow more, such as a grant that is missing
    #[arg(long, requires = "fix")]
    pub(crate) unsafe_fixes: bool,

    /// With `--fix`: change nothing, show what would change, and exit 1 when something would
    #[arg(long, requires = "fix")]
    pub(crate) diff: bool,

    /// Write a comment above every finding of these codes that silences it, then check again
    #[arg(long, value_name = "CODE", value_delimiter = ',', conflicts_with_all = ["fix", "stdin_filename"])]
    pub(crate) add_ignore: Vec<Ignorable>,

    /// With `--add-ignore`: why they may stay
    #[arg(long, value_name = "TEXT", requires = "add_ignore")]
    pub(crate) reason: Option<String>,

    /// Report how often each code was found, and nothing else
    #[arg(long)]
    pub(crate) statistics: bool,

    /// Let warnings count as errors
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Option<Denied>,

    /// Read standard input and take it for the content of this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) stdin_filename: Option<String>,
}

/// How to write findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, with the source
    Human,
    /// One JSON document
    Json,
    /// One JSON document a line
    Jsonl,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for test reports
    Junit,
}

/// What `--deny` can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Denied {
    Warnings,
}

/// Format tau files in the one style
///
/// There are no options: every file looks the same. A file with errors in its grammar is left as
/// it is and reported.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau fmt
  tau fmt --check            in CI: exits 1 when a file would change
  tau fmt --diff fix.tau     show what would change
  tau fmt - < fix.tau        from standard input to standard output")]
pub(crate) struct Fmt {
    /// Files and folders; `-` is standard input
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Write nothing; exit 1 when a file would change
    #[arg(long)]
    pub(crate) check: bool,

    /// Write nothing; show what would change, exit 1 when a file would
    #[arg(long)]
    pub(crate) diff: bool,

    /// Read standard input and take it for the content of this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) stdin_filename: Option<String>,
}

/// Write a file in the other spelling
///
/// Comments stay, and the file is in the one style. YAML names every argument, and holds one
/// mission and no types: a file that does not fit is refused. There and back gives the formatted
/// file, its arguments named.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau convert .tau/fix.tau --to yaml > fix.yaml
  tau convert - --stdin-filename fix.yaml --to tau < fix.yaml")]
pub(crate) struct Convert {
    /// A `.tau` or `.yaml` file, or a name of the library such as `std/fix`; `-` is standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,

    /// Into which spelling
    #[arg(long, value_enum)]
    pub(crate) to: Target,

    /// Take standard input for the content of this file; its name says which spelling it has
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) stdin_filename: Option<String>,
}

/// A spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    Tau,
    Yaml,
}

/// Draw a mission's steps and why each waits for the others
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau graph .tau/fix.tau
  tau graph .tau/fix.tau --format dot | dot -Tsvg > fix.svg
  tau graph std/prove-patch --format mermaid")]
pub(crate) struct Graph {
    /// A `.tau` or `.yaml` file, or a name of the library such as `std/prove-patch`
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: String,

    /// In which language to draw
    #[arg(long, value_enum)]
    pub(crate) format: Option<GraphFormat>,

    /// Which mission of the file, when it has several
    #[arg(long, value_name = "NAME")]
    pub(crate) mission: Option<String>,
}

/// In which language to draw a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// For people
    Terminal,
    /// For Markdown
    Mermaid,
    /// For Graphviz
    Dot,
    /// For browsers and documents
    Svg,
    /// For programs
    Json,
}

/// Explain what a finding means and how to mend it
///
/// Without a code, lists all of them.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  tau explain authority-missing
  tau explain")]
pub(crate) struct Explain {
    /// The code that a finding shows, such as `authority-missing`
    pub(crate) code: Option<String>,
}

//! What a part of an issue is about, by what stands above it.

/// What a part of an issue is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::issue) enum Section {
    /// Whatever the writer wants to say.
    #[default]
    Free,
    /// What was seen, how it is seen again, and on which machine: nobody asks for that.
    Told,
}

/// What a heading begins with when nothing below it is a wish.
const TOLD: &[&str] = &[
    "actual",
    "additional context",
    "backtrace",
    "current behavior",
    "current behaviour",
    "environment",
    "error output",
    "how to reproduce",
    "how to trigger",
    "log",
    "minimal example",
    "minimal reproduc",
    "observed",
    "output",
    "repro",
    "stack trace",
    "step to reproduce",
    "steps",
    "system info",
    "to reproduce",
    "traceback",
    "version",
    "what happened",
    "what happens",
    "what i did",
    "what i tried",
    "what we see",
];

/// The section that a heading or a label begins.
pub(super) fn of(heading: &str) -> Section {
    let letters = |c: char| c.is_alphanumeric();
    let heading = heading.trim_matches(|c: char| !letters(c)).to_lowercase();
    let is_told = TOLD.iter().any(|told| heading.starts_with(told));
    match is_told {
        true => Section::Told,
        false => Section::Free,
    }
}

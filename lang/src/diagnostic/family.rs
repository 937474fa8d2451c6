//! What kinds of findings are about: one family each.

use std::fmt;

/// What a kind of finding is about. `--select` and `--ignore` take its name too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// The letters and the grammar of a file, in both spellings.
    Syntax,
    /// Keys and other things that only the YAML spelling has.
    Yaml,
    /// Names that are wrong, missing, doubled or never used.
    Names,
    /// Values of a type that does not fit.
    Types,
    /// Conditions and comparisons that cannot mean what they say.
    Expressions,
    /// Order, loops, branches and calls.
    Flow,
    /// What may be touched.
    Authority,
    /// Where text from outside may go.
    Taint,
    /// Credentials and commands that give them away.
    Secrets,
    /// Verifiers, verdicts and what rests on them.
    Proof,
    /// The worst case in time, money and calls.
    Cost,
    /// Files and repositories that a file uses.
    Libraries,
    /// The `test` blocks of a file.
    Tests,
    /// Comments that silence a finding.
    Suppressions,
    /// What is right and reads badly.
    Style,
}

impl Family {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Family; 15] = [
        Family::Syntax,
        Family::Yaml,
        Family::Names,
        Family::Types,
        Family::Expressions,
        Family::Flow,
        Family::Authority,
        Family::Taint,
        Family::Secrets,
        Family::Proof,
        Family::Cost,
        Family::Libraries,
        Family::Tests,
        Family::Suppressions,
        Family::Style,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Family::Syntax => "syntax",
            Family::Yaml => "yaml",
            Family::Names => "names",
            Family::Types => "types",
            Family::Expressions => "expressions",
            Family::Flow => "flow",
            Family::Authority => "authority",
            Family::Taint => "taint",
            Family::Secrets => "secrets",
            Family::Proof => "proof",
            Family::Cost => "cost",
            Family::Libraries => "libraries",
            Family::Tests => "tests",
            Family::Suppressions => "suppressions",
            Family::Style => "style",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

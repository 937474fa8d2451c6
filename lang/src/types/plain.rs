//! The built-in types without parts.

use std::fmt;

/// The built-in types without parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is named as in the language")]
pub enum Plain {
    Bool,
    Command,
    Duration,
    File,
    Float,
    Glob,
    Int,
    Issue,
    Money,
    Path,
    Script,
    Secret,
    Size,
    String,
    Tree,
    Url,
    Verifier,
}

impl Plain {
    /// All of them with their words, in alphabetical order.
    pub const ALL: [(Plain, &'static str); 17] = [
        (Plain::Bool, "bool"),
        (Plain::Command, "command"),
        (Plain::Duration, "duration"),
        (Plain::File, "file"),
        (Plain::Float, "float"),
        (Plain::Glob, "glob"),
        (Plain::Int, "int"),
        (Plain::Issue, "issue"),
        (Plain::Money, "money"),
        (Plain::Path, "path"),
        (Plain::Script, "script"),
        (Plain::Secret, "secret"),
        (Plain::Size, "size"),
        (Plain::String, "string"),
        (Plain::Tree, "tree"),
        (Plain::Url, "url"),
        (Plain::Verifier, "verifier"),
    ];

    /// Whether its values are texts.
    #[must_use]
    pub fn is_text(self) -> bool {
        use Plain::{Command, File, Glob, Issue, Path, Script, String, Tree, Url};
        matches!(
            self,
            Command | File | Glob | Issue | Path | Script | String | Tree | Url
        )
    }
}

impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, name) = Plain::ALL
            .iter()
            .find(|(it, _)| it == self)
            .unwrap_or(&Plain::ALL[0]);
        f.write_str(name)
    }
}

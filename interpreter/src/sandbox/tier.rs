//! How strong a box is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use tau_lang::syntax::tree::BoxKind;

/// The kinds of boxes, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// None: the command has the rights of whoever started tau.
    None,
    /// Landlock and seccomp: files of the machine that were not granted can be named, and neither
    /// read nor written; there is no network.
    Landlock,
    /// Namespaces and a root of its own that bubblewrap makes, Landlock and seccomp.
    Bwrap,
    /// Namespaces, a root of its own, Landlock and seccomp.
    Full,
}

impl Tier {
    /// All of them, the strongest first.
    pub const ALL: [Tier; 4] = [Tier::Full, Tier::Bwrap, Tier::Landlock, Tier::None];

    /// The kind of box that a step can ask for.
    #[must_use]
    pub fn of(kind: BoxKind) -> Tier {
        match kind {
            BoxKind::Landlock => Tier::Landlock,
            BoxKind::Bwrap => Tier::Bwrap,
            BoxKind::Full => Tier::Full,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Tier::Full => "full",
            Tier::Bwrap => "bwrap",
            Tier::Landlock => "landlock",
            Tier::None => "none",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Tier {
    type Err = String;

    fn from_str(name: &str) -> Result<Tier, String> {
        let found = Tier::ALL.into_iter().find(|tier| tier.name() == name);
        found.ok_or_else(|| {
            let names: Vec<_> = Tier::ALL.map(|tier| format!("`{tier}`")).to_vec();
            format!("`{name}` is no box; there are {}", names.join(", "))
        })
    }
}

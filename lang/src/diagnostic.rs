//! The one diagnostic type. Terminals, JSON and editors show projections of the same value.

mod family;
mod found;
mod help;
mod kind;
mod near;
mod offer;
mod wording;

use serde::Serialize;

pub use self::family::Family;
pub use self::found::MAX_FINDINGS;
pub(crate) use self::found::{Found, bound};
pub use self::kind::{Kind, Rule};
pub use self::near::{distance, nearest};
pub use self::offer::offer;
use crate::source::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing runs while this stands.
    Error,
    /// It runs, but its author should look.
    Warning,
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// What is wrong.
    pub kind: Kind,
    /// Where.
    pub span: Span,
    /// Other places that explain it, each with its text.
    pub labels: Vec<(Span, String)>,
    /// Changes that would mend it.
    pub fixes: Vec<Fix>,
}

/// A change of the text that mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an imperative sentence.
    pub title: String,
    /// Replacements that do not overlap.
    pub edits: Vec<(Span, String)>,
    /// Whether it may be made without asking: it takes away nothing that is used and
    /// allows nothing new.
    pub safe: bool,
}

impl Fix {
    /// A change that may be made without asking.
    #[must_use]
    pub fn safe(title: impl Into<String>, edits: Vec<(Span, String)>) -> Fix {
        Fix {
            title: shortened(title.into()),
            edits,
            safe: true,
        }
    }

    /// A change that a person must want, such as a grant.
    #[must_use]
    pub fn unsafe_(title: impl Into<String>, edits: Vec<(Span, String)>) -> Fix {
        Fix {
            title: shortened(title.into()),
            edits,
            safe: false,
        }
    }
}

impl Diagnostic {
    /// A finding with its place.
    #[must_use]
    pub fn new(kind: Kind, span: Span) -> Self {
        Diagnostic {
            kind,
            span,
            labels: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// The same with one more place that explains it.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push((span, shortened(text.into())));
        self
    }

    /// The same with a change that mends it.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        self.fixes.push(Fix::safe(title, edits));
        self
    }

    /// The same with a change that mends it and that a person must want, such as a grant.
    #[must_use]
    pub fn unsafe_fix(mut self, title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        self.fixes.push(Fix::unsafe_(title, edits));
        self
    }

    /// Moves everything that it points at.
    pub fn relocate(&mut self, to: &impl Fn(Span) -> Span) {
        self.span = to(self.span);
        let labels = self.labels.iter_mut().map(|(span, _)| span);
        let edits = self.fixes.iter_mut().flat_map(|fix| &mut fix.edits);
        for span in labels.chain(edits.map(|(span, _)| span)) {
            *span = to(*span);
        }
    }

    /// Its stable code, such as `unknown-name`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.kind.severity()
    }
}

/// How many letters of the user's text a message repeats.
const MAX_QUOTED: usize = 200;

/// A message with what it quotes cut to a length that somebody reads.
fn shortened(text: String) -> String {
    if text.len() <= MAX_QUOTED {
        return text;
    }
    let part = |part: &str| match part.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{}…", &part[..end]),
        None => part.to_owned(),
    };
    // What the user wrote may hold backticks itself, so that all parts are cut alike.
    let parts: Vec<String> = text.split('`').map(part).collect();
    parts.join("`")
}

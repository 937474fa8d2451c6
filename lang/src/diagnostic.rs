//! The one diagnostic type. Terminals, JSON and editors show projections of the same value.

mod kind;
mod mend;
mod wording;

use serde::Serialize;

pub use self::kind::Kind;
pub use self::mend::offer;
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
        self.labels.push((span, text.into()));
        self
    }

    /// The same with a change that mends it.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        self.fixes.push(Fix {
            title: title.into(),
            edits,
            safe: true,
        });
        self
    }

    /// The same with a change that mends it and that a person must want, such as a grant.
    #[must_use]
    pub fn unsafe_fix(mut self, title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        self.fixes.push(Fix {
            title: title.into(),
            edits,
            safe: false,
        });
        self
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

/// The name among `known` that is nearest to `wrong`, if one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = wrong.chars().count();
    // A long name is not a slip of a known one, and comparing it with all would take long.
    if letters > 64 {
        return None;
    }
    let limit = 1 + letters / 4;
    let near = known
        .into_iter()
        // Names whose lengths differ by more cannot be near.
        .filter(|name| name.len().abs_diff(wrong.len()) <= limit * 4)
        .map(|name| (distance(wrong, name), name))
        .filter(|(distance, _)| *distance <= limit);
    // Of two that are equally near, neither is more likely to be meant.
    let mut best = None;
    let mut tied = false;
    for (distance, name) in near {
        match best {
            Some((least, _)) if distance > least => {}
            Some((least, first)) if distance == least => tied |= name != first,
            _ => (best, tied) = (Some((distance, name)), false),
        }
    }
    best.filter(|_| !tied).map(|(_, name)| name)
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour
/// (optimal string alignment), ignoring case.
#[must_use]
pub fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().flat_map(char::to_lowercase).collect();
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (row[j] + 1).min(next[j - 1] + 1).min(row[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        assert_eq!(nearest("verfiy", ["fs", "verify", "git"]), Some("verify"));
        assert_eq!(nearest("comit", ["commit", "diff"]), Some("commit"));
        assert_eq!(nearest("banana", ["commit", "diff"]), None);
        assert_eq!(nearest("x", []), None);
    }

    #[test]
    fn of_two_that_are_equally_near_neither_is_meant() {
        assert_eq!(nearest("tesx", ["test", "tess"]), None);
        assert_eq!(nearest("tesx", ["test", "other", "test"]), Some("test"));
        assert_eq!(nearest("test", ["tess", "tesx", "test"]), Some("test"));
    }
}

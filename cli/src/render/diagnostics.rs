//! Findings in every form they are written in. Each form is a projection of the same value.

mod excerpt;
pub(crate) mod github;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod jsonl;
pub(crate) mod junit;
mod record;
pub(crate) mod sarif;

use serde::Serialize;
use tau_lang::diagnostic::{Diagnostic, Severity};
use tau_lang::source::SourceMap;
use tau_lang::suppress::Suppressed;

/// What a check of some files found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Every file that was read, and those that a finding points into.
    pub(crate) sources: SourceMap,
    /// In the order of the files, and in each from top to bottom.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What comments silence, in the same order.
    pub(crate) suppressed: Vec<Suppressed>,
    /// The names of the files that were checked.
    pub(crate) files: Vec<String>,
}

/// How many findings of which kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Summary {
    /// Findings that stop a mission from running.
    pub(crate) errors: usize,
    /// Findings that do not.
    pub(crate) warnings: usize,
    /// Findings of either kind that a comment silences.
    pub(crate) suppressed: usize,
}

impl Findings {
    /// Puts the findings into the order in which they are read.
    pub(crate) fn sort(&mut self) {
        self.diagnostics
            .sort_by_key(|found| (found.span.file, found.span.start, found.severity()));
        self.suppressed
            .sort_by_key(|it| (it.diagnostic.span.file, it.diagnostic.span.start));
    }

    /// Adds what was found in other files, by a check that shares the first `shared` files.
    pub(crate) fn append(&mut self, other: Findings, shared: usize) {
        let to = self.sources.append(other.sources, shared);
        self.diagnostics
            .extend(other.diagnostics.into_iter().map(|mut found| {
                found.relocate(&to);
                found
            }));
        self.suppressed
            .extend(other.suppressed.into_iter().map(|mut it| {
                it.diagnostic.relocate(&to);
                it.comment = to(it.comment);
                it
            }));
        self.files.extend(other.files);
    }

    /// How many there are.
    pub(crate) fn summary(&self) -> Summary {
        let mut summary = Summary {
            suppressed: self.suppressed.len(),
            ..Summary::default()
        };
        for found in &self.diagnostics {
            match found.severity() {
                Severity::Error => summary.errors += 1,
                Severity::Warning => summary.warnings += 1,
            }
        }
        summary
    }

    /// `2 errors, 1 warning in 3 files`.
    pub(crate) fn sentence(&self) -> String {
        let Summary {
            errors,
            warnings,
            suppressed,
        } = self.summary();
        let mut parts = Vec::new();
        for (count, name) in [(errors, "error"), (warnings, "warning")] {
            if count > 0 {
                parts.push(counted(count, name));
            }
        }
        if parts.is_empty() {
            parts.push("nothing to report".to_owned());
        }
        let ignored = match suppressed {
            0 => String::new(),
            count => format!(", {count} ignored"),
        };
        format!(
            "{} in {}{ignored}",
            parts.join(", "),
            counted(self.files.len(), "file")
        )
    }
}

/// `1 file`, `2 files`.
pub(crate) fn counted(count: usize, name: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {name}{plural}")
}

/// The word for a severity.
fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

#[cfg(test)]
mod tests;

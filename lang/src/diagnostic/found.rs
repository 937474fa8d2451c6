//! The findings of one file as they are made, up to a bound.

use super::{Diagnostic, Kind, Severity, nearest};

/// How many errors of a file are kept, and how many warnings. A file with more is not read by
/// anybody to its end.
pub const MAX_FINDINGS: usize = 1000;

/// Findings in the order in which they were made. Of those beyond [`MAX_FINDINGS`] only their
/// number is known, so that what is wrong with a file takes no more memory than the file.
#[derive(Debug, Default)]
pub(crate) struct Found {
    kept: Vec<Diagnostic>,
    errors: usize,
    count: usize,
    /// One that was not kept ends the check of its mission.
    fatal: bool,
    /// Whether there were more errors than are kept.
    errors_cut: bool,
    /// Whether there were more warnings than are kept.
    warnings_cut: bool,
}

impl Found {
    pub(crate) fn push(&mut self, found: Diagnostic) {
        self.count += 1;
        let is_error = found.severity() == Severity::Error;
        let same = match is_error {
            true => self.errors,
            false => self.kept.len() - self.errors,
        };
        if same < MAX_FINDINGS {
            self.errors += usize::from(is_error);
            self.kept.push(found);
        } else {
            self.fatal |= found.kind.is_fatal();
            self.errors_cut |= is_error;
            self.warnings_cut |= !is_error;
        }
    }

    pub(crate) fn extend(&mut self, found: impl IntoIterator<Item = Diagnostic>) {
        found.into_iter().for_each(|found| self.push(found));
    }

    /// How many there were.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Those that are kept.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.kept.iter()
    }

    /// Takes all but the first `count` back.
    pub(crate) fn truncate(&mut self, count: usize) {
        self.kept.truncate(count);
        let is_error = |found: &&Diagnostic| found.severity() == Severity::Error;
        self.errors = self.kept.iter().filter(is_error).count();
        self.count = self.count.min(count);
    }

    /// Whether no more errors are kept.
    fn is_full(&self) -> bool {
        self.errors >= MAX_FINDINGS
    }

    /// Whether one since the first `before` leaves its mission without a plan.
    pub(crate) fn is_fatal_since(&self, before: usize) -> bool {
        let since = self.kept.iter().skip(before);
        self.fatal || since.into_iter().any(|found| found.kind.is_fatal())
    }

    /// As [`nearest`], as long as findings are kept: a hostile file has many names, and many that
    /// are none.
    pub(crate) fn nearest<'a>(
        &self,
        wrong: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        match self.is_full() {
            true => None,
            false => nearest(wrong, known),
        }
    }

    /// Those that were kept. The last ones say so if there were more.
    pub(crate) fn into_vec(mut self) -> Vec<Diagnostic> {
        let at = self.kept.last().map(|last| last.span).unwrap_or_default();
        let most = MAX_FINDINGS;
        let errors = self.errors_cut.then_some(Kind::FindingsCut { most });
        let warnings = self.warnings_cut.then_some(Kind::WarningsCut { most });
        let cut = errors.into_iter().chain(warnings);
        self.kept.extend(cut.map(|kind| Diagnostic::new(kind, at)));
        self.kept
    }
}

/// The first [`MAX_FINDINGS`] errors and as many warnings of a file's findings, which are in the
/// order of the text.
pub(crate) fn bound(all: &mut Vec<Diagnostic>) {
    let mut found = Found::default();
    for one in all.drain(..) {
        match one.kind {
            // What was cut before was there, too.
            Kind::FindingsCut { .. } => found.errors_cut = true,
            Kind::WarningsCut { .. } => found.warnings_cut = true,
            _ => found.push(one),
        }
    }
    *all = found.into_vec();
}

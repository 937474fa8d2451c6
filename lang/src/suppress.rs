//! Comments that silence a finding: `# tau: ignore[code, code] reason`.
//!
//! At a line's end one is about that line; on a line of its own it is about the next line, and
//! about the whole statement that begins there. `# tau: ignore-file[code] reason` above everything
//! else is about the file. What such a comment says wrongly is a finding itself.

mod comment;
pub(crate) mod extents;

use self::comment::{Comment, Reach, comments};
use self::extents::Extents;
use crate::check::Checked;
use crate::diagnostic::{Diagnostic, Kind, Rule, nearest};
use crate::source::{SourceFile, SourceId, SourceMap, Span};
use crate::syntax::tree::File;

/// A finding that a comment silences.
#[derive(Clone, Debug, PartialEq)]
pub struct Suppressed {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// Why it is silenced; empty where no reason is needed.
    pub reason: String,
    /// The comment.
    pub comment: Span,
}

/// Moves what comments silence from a file's findings to its suppressed ones, and adds what is
/// wrong with the comments.
pub fn settle(checked: &mut Checked, tree: &File, file: SourceId, sources: &SourceMap) {
    let mut ids: Vec<SourceId> = checked.diagnostics.iter().map(|it| it.span.file).collect();
    ids.push(file);
    ids.sort();
    ids.dedup();
    for id in ids {
        let Some(source) = sources.file(id) else {
            continue;
        };
        let comments = comments(source, id);
        if comments.is_empty() {
            continue;
        }
        // Of a file that this one uses, the statements are not at hand: a comment is about a line.
        let own = id == file;
        let extents = if own {
            Extents::of(tree)
        } else {
            Extents::default()
        };
        let mut silencer = Silencer {
            source,
            extents,
            used: vec![Vec::new(); comments.len()],
            comments: &comments,
        };
        silencer.silence(checked, id);
        if own {
            let used = silencer.used;
            for (comment, used) in comments.iter().zip(used) {
                checked.diagnostics.extend(faults(comment, &used, source));
            }
        }
    }
    checked.sort();
}

/// Where a comment that silences a finding would stand: above the statement that holds the
/// finding, or above its line. The offset of that line's start, and its indent.
#[must_use]
pub fn place_above<'a>(found: Span, tree: &File, source: &'a SourceFile) -> (usize, &'a str) {
    let start = Extents::of(tree)
        .holding(found)
        .map_or(found.start, |statement| statement.start);
    let line = source.line(start);
    let indent = &line[..line.len() - line.trim_start().len()];
    (source.line_start(start), indent)
}

struct Silencer<'a> {
    source: &'a SourceFile,
    extents: Extents,
    comments: &'a [Comment],
    /// For each comment the codes of what it silenced.
    used: Vec<Vec<&'static str>>,
}

impl Silencer<'_> {
    fn silence(&mut self, checked: &mut Checked, file: SourceId) {
        let found = std::mem::take(&mut checked.diagnostics);
        for diagnostic in found {
            let comment = (diagnostic.span.file == file)
                .then(|| self.about(&diagnostic))
                .flatten();
            match comment {
                Some(comment) => checked.suppressed.push(Suppressed {
                    diagnostic,
                    reason: comment.reason.clone(),
                    comment: comment.at,
                }),
                None => checked.diagnostics.push(diagnostic),
            }
        }
    }

    /// The comment that silences a finding.
    fn about(&mut self, found: &Diagnostic) -> Option<&Comment> {
        let code = found.code();
        let line = self.source.position(found.span.start).line;
        let index = self.comments.iter().position(|comment| {
            comment.codes.iter().any(|it| it.text == code)
                && match comment.reach {
                    Reach::File => true,
                    Reach::Line(of) => line == of,
                    Reach::Below(of) => {
                        line == of
                            || self.extents.holding(found.span).is_some_and(|statement| {
                                self.source.position(statement.start).line == of
                            })
                    }
                    Reach::Nothing(_) => false,
                }
        })?;
        let comment = &self.comments[index];
        self.used[index].push(code);
        let rule = Rule::named(code)?;
        let answered = !rule.needs_reason() || !comment.reason.is_empty();
        (rule.may_be_ignored() && answered).then_some(comment)
    }
}

/// What is wrong with a comment that was about findings with the codes `used`.
fn faults(comment: &Comment, used: &[&str], source: &SourceFile) -> Vec<Diagnostic> {
    if let Reach::Nothing(why) = comment.reach {
        let why = why.to_owned();
        return vec![Diagnostic::new(
            Kind::SuppressionInvalid { why },
            comment.at,
        )];
    }
    let mut faults = Vec::new();
    let mut unused = Vec::new();
    for code in &comment.codes {
        let name = code.text.clone();
        let fault = match Rule::named(&name) {
            None => {
                let known = Kind::RULES.iter().map(|rule| rule.code);
                let near = nearest(&name, known).map(str::to_owned);
                Some(Kind::SuppressionUnknown { code: name, near })
            }
            Some(rule) if !rule.may_be_ignored() => {
                let edit = comment.without(std::slice::from_ref(&name), source);
                let kind = Kind::SuppressionRefused { code: name };
                let found = Diagnostic::new(kind, code.at);
                faults.push(found.fix("remove what is not possible", vec![edit]));
                None
            }
            Some(rule) if rule.needs_reason() && comment.reason.is_empty() => {
                Some(Kind::SuppressionWithoutReason { code: name })
            }
            Some(_) if used.contains(&&*name) => None,
            Some(_) => {
                unused.push(name);
                None
            }
        };
        faults.extend(fault.map(|kind| Diagnostic::new(kind, code.at)));
    }
    if !unused.is_empty() {
        let edit = comment.without(&unused, source);
        let codes = unused.join("`, `");
        faults.push(
            Diagnostic::new(Kind::SuppressionUnused { codes }, comment.at)
                .fix("remove what is not needed", vec![edit]),
        );
    }
    faults
}

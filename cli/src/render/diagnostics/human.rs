//! `--format human`: each finding with the source it is about, drawn by miette.

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, ThemeCharacters, ThemeStyles};
use tau_lang::diagnostic::{Diagnostic, Severity};
use tau_lang::source::{SourceMap, Span};

use super::excerpt::Excerpt;
use super::{Findings, word};
use crate::context::Context;
use crate::render::sanitize::sanitize;

/// Labels further away than this many lines are drawn on their own, as those of other files.
const NEAR: usize = 200;

/// How wide a line may be, and whether there are colours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// In columns.
    pub(crate) width: usize,
    /// Without, the same text is drawn.
    pub(crate) color: bool,
}

impl Look {
    /// As standard output asks for.
    pub(crate) fn of(context: &Context) -> Self {
        Look {
            width: context.width(),
            color: context.color(),
        }
    }
}

/// All findings, an empty line behind each.
pub(crate) fn render(findings: &Findings, look: Look) -> String {
    let one = |found| diagnostic(&findings.sources, found, look) + "\n";
    findings.diagnostics.iter().map(one).collect()
}

/// One finding.
pub(crate) fn diagnostic(sources: &SourceMap, found: &Diagnostic, look: Look) -> String {
    let (near, far): (Vec<_>, Vec<_>) = found
        .labels
        .iter()
        .partition(|(span, _)| is_near(sources, found.span, *span));
    let mut text = draw(
        &format!("{}[{}]:", word(found.severity()), found.code()),
        Drawing {
            severity: match found.severity() {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
            },
            message: sanitize(&found.kind.to_string()).into_owned(),
            help: advice(found),
            snippet: Snippet::new(sources, found.span, &near, look.width),
        },
        look,
    );
    for (span, label) in far {
        text += &draw(
            "note:",
            Drawing {
                severity: miette::Severity::Advice,
                message: sanitize(label).into_owned(),
                help: None,
                snippet: Snippet::new(sources, *span, &[], look.width),
            },
            look,
        );
    }
    text
}

fn is_near(sources: &SourceMap, span: Span, label: Span) -> bool {
    let line = |offset| {
        sources
            .file(span.file)
            .map_or(0, |file| file.position(offset).line)
    };
    span.file == label.file && line(span.start).abs_diff(line(label.start)) <= NEAR
}

/// What to do: the help, and the title of each fix.
fn advice(found: &Diagnostic) -> Option<String> {
    let mut lines: Vec<String> = found.kind.help().into_iter().collect();
    lines.extend(found.fixes.iter().map(|fix| format!("fix: {}", fix.title)));
    let lines = lines.join("\n");
    (!lines.is_empty()).then(|| sanitize(&lines).into_owned())
}

/// Draws with `head` in the place of miette's symbol for the severity.
fn draw(head: &str, drawing: Drawing, look: Look) -> String {
    let theme = GraphicalTheme {
        characters: ThemeCharacters {
            error: head.to_owned(),
            warning: head.to_owned(),
            advice: head.to_owned(),
            ..ThemeCharacters::unicode()
        },
        styles: if look.color {
            ThemeStyles::ansi()
        } else {
            ThemeStyles::none()
        },
    };
    let plain = format!("  {head} {}\n", drawing.message);
    let mut text = String::new();
    let drawn = GraphicalReportHandler::new_themed(theme)
        .with_width(look.width)
        .with_urls(false)
        .without_syntax_highlighting()
        .render_report(&mut text, &drawing);
    // A drawing that cannot be made must not cost its message.
    trim_ends(&drawn.map_or(plain, |()| text))
}

/// Without blanks at the ends of lines, which wrapping and empty lines leave.
fn trim_ends(text: &str) -> String {
    text.lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

/// The lines to show and what is marked in them.
#[derive(Debug)]
struct Snippet {
    excerpt: Excerpt,
    labels: Vec<LabeledSpan>,
}

impl Snippet {
    /// None when there is nothing to show: the file is empty or could not be read.
    fn new(
        sources: &SourceMap,
        span: Span,
        labels: &[&(Span, String)],
        width: usize,
    ) -> Option<Self> {
        let file = sources
            .file(span.file)
            .filter(|file| !file.text.is_empty())?;
        let spans: Vec<Span> = std::iter::once(span)
            .chain(labels.iter().map(|(span, _)| *span))
            .collect();
        // Line numbers, the frame and a margin stand beside the text.
        let (excerpt, places) = Excerpt::new(file, &spans, width.saturating_sub(12));
        let mut places = places.into_iter();
        let primary = LabeledSpan::new_primary_with_span(None, places.next()?);
        let labels = labels.iter().zip(places).map(|((_, text), place)| {
            LabeledSpan::new_with_span(Some(sanitize(text).into_owned()), place)
        });
        let labels = std::iter::once(primary).chain(labels).collect();
        Some(Snippet { excerpt, labels })
    }
}

/// A finding in the shape that miette draws.
#[derive(Debug)]
struct Drawing {
    severity: miette::Severity,
    message: String,
    help: Option<String>,
    snippet: Option<Snippet>,
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawing {}

impl miette::Diagnostic for Drawing {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        let snippet = self.snippet.as_ref()?;
        Some(&snippet.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let snippet = self.snippet.as_ref()?;
        Some(Box::new(snippet.labels.iter().cloned()))
    }
}

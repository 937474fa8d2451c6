//! The few styles there are. Without colour the same text is printed without them.

use std::fmt;

use clap::builder::styling::{AnsiColor, Style, Styles};

/// What went wrong.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// What deserves a look.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// What is as it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What to do.
pub(crate) const HELP: Style = AnsiColor::Cyan.on_default();
/// What the eye should find first.
pub(crate) const STRONG: Style = Style::new().bold();
/// What may be overlooked.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// The same look for `--help`.
pub(crate) const CLAP: Styles = Styles::styled()
    .header(STRONG)
    .usage(STRONG)
    .literal(HELP)
    .error(ERROR)
    .valid(GOOD)
    .invalid(WARNING);

/// `text` in a style; the stream takes the style out again when it has no colour.
pub(crate) fn paint(style: Style, text: impl fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

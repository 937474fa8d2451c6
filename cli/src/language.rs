//! The one place where commands reach the language.

use tau_lang::diagnostic::Diagnostic;
use tau_lang::source::SourceMap;

/// Everything that is wrong with the file `name`, which is added to `sources`.
pub(crate) fn check(sources: &mut SourceMap, name: &str, text: &str) -> Vec<Diagnostic> {
    sources.add(name, text);
    Vec::new()
}

/// The file `name` in the one style.
///
/// # Errors
/// What keeps it from being read; the file is added to `sources`.
pub(crate) fn format(
    sources: &mut SourceMap,
    name: &str,
    text: &str,
) -> Result<String, Vec<Diagnostic>> {
    sources.add(name, text);
    Ok(text.to_owned())
}

//! The one place where commands reach the language.

use tau_lang::diagnostic::{Diagnostic, Severity};
use tau_lang::source::SourceMap;
use tau_lang::syntax::tree::Spelling;
use tau_lang::syntax::{tau, yaml};

/// Everything that is wrong with the file `name`, which is added to `sources`.
pub(crate) fn check(sources: &mut SourceMap, name: &str, text: &str) -> Vec<Diagnostic> {
    let file = sources.add(name, text);
    let (_, found) = match Spelling::of(name) {
        Spelling::Tau => tau::parse(text, file),
        Spelling::Yaml => yaml::parse(text, file),
    };
    found
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
    let found = check(sources, name, text);
    if found
        .iter()
        .any(|found| found.severity() == Severity::Error)
    {
        return Err(found);
    }
    Ok(text.to_owned())
}

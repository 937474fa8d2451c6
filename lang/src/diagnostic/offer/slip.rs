//! A word that is a known one misspelt.

use crate::diagnostic::{Kind, distance};
use crate::source::{SourceFile, Span};

/// The wrong word, and the one that was meant.
pub(super) fn slip(kind: &Kind) -> Option<(&str, &str)> {
    let (word, near) = match kind {
        Kind::ActionUnknown { name, near }
        | Kind::ArgumentUnknown { name, near, .. }
        | Kind::FilterUnknown { name, near }
        | Kind::FunctionUnknown { name, near, .. }
        | Kind::GivenUnknown { name, near, .. }
        | Kind::KeyUnknown {
            key: name, near, ..
        }
        | Kind::NameUnknown { name, near }
        | Kind::PropertyUnknown { name, near, .. }
        | Kind::SuppressionUnknown { code: name, near }
        | Kind::TestUnknown { name, near }
        | Kind::TriggerUnknown { name, near }
        | Kind::TypeUnknown { name, near }
        | Kind::UseUnknown { name, near } => (name, near.as_deref()?),
        _ => return None,
    };
    Some((word, near))
}

/// Whether `near` is `word` misspelled, rather than another name that happens to look like it:
/// most letters are right, and more than a number differs.
pub(super) fn is_slip(word: &str, near: &str) -> bool {
    let letters = |text: &str| -> String { text.chars().filter(|c| !c.is_ascii_digit()).collect() };
    // A bare `read` for `fs.read` is no misspelling, and as certain.
    let bare = near
        .strip_suffix(word)
        .is_some_and(|group| group.ends_with('.'));
    let numbered = word != near && letters(word) == letters(near);
    bare || !numbered && distance(word, near) * 3 <= word.chars().count()
}

/// The place of `word` in a finding's place, if it stands there once and letter by letter.
pub(super) fn word_in(kind: &Kind, word: &str, span: Span, file: &SourceFile) -> Option<Span> {
    let (start, end) = (span.start as usize, span.end as usize);
    let text = file.text.get(start..end)?;
    let part = |from: usize| Span::new(span.file, start + from, start + from + word.len());
    let quoted = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    if text == word {
        return Some(span);
    }
    if [quoted('"'), quoted('\'')].contains(&Some(word)) {
        return Some(part(1));
    }
    match kind {
        // `[pth]?` holds it.
        Kind::TypeUnknown { .. } => {
            let mut places = words(text).filter(|(_, it)| *it == word);
            match (places.next(), places.next()) {
                (Some((at, _)), None) => Some(part(at)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The words of a text with their places.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .map(|word| (word.as_ptr().addr() - text.as_ptr().addr(), word))
}

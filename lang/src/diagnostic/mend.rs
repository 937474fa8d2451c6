//! Changes that mend a finding, offered where the text shows that they are exact.
//!
//! A finding's place was worked out from decoded text. What is replaced is therefore compared with
//! the file itself first: where an escape or a quote makes the two differ, nothing is offered.

use super::{Diagnostic, Kind, distance};
use crate::source::{SourceFile, SourceMap, Span};
use crate::syntax::tree::Spelling;

/// Adds the changes that mend `found`, where they are certain.
pub fn offer(found: &mut Diagnostic, sources: &SourceMap) {
    let Some(file) = sources.file(found.span.file) else {
        return;
    };
    let edit = match &found.kind {
        Kind::AuthorityUnused { .. } => {
            let line = lone_line(found.span, file);
            line.map(|line| ("remove the line".to_owned(), line, String::new()))
        }
        Kind::LikelyMistake { found: habit, .. } => foreign(habit, found.span, file)
            .map(|(span, tau)| (format!("write `{}`", tau.trim()), span, tau)),
        kind => slip(kind)
            .filter(|(word, near)| is_slip(word, near))
            .and_then(|(word, near)| {
                let span = word_in(kind, word, found.span, file)?;
                Some((format!("write `{near}`"), span, near.to_owned()))
            }),
    };
    if let Some((title, span, replacement)) = edit {
        let title = match (&found.kind, replacement.is_empty()) {
            (Kind::LikelyMistake { found, .. }, true) => format!("remove the `{found}`"),
            _ => title,
        };
        *found = found.clone().fix(title, vec![(span, replacement)]);
    }
}

/// The wrong word, and the one that was meant.
fn slip(kind: &Kind) -> Option<(&str, &str)> {
    let (word, near) = match kind {
        Kind::ActionUnknown { name, near }
        | Kind::ArgumentUnknown { name, near, .. }
        | Kind::KeyUnknown {
            key: name, near, ..
        }
        | Kind::NameUnknown { name, near }
        | Kind::PropertyUnknown { name, near, .. }
        | Kind::TypeUnknown { name, near }
        | Kind::UseUnknown { name, near } => (name, near.as_deref()?),
        _ => return None,
    };
    // Functions and filters are named with what shows that they are such.
    let word = word.strip_prefix("| ").unwrap_or(word);
    Some((word.strip_suffix("()").unwrap_or(word), near))
}

/// Whether `near` is `word` misspelled, rather than another name that happens to look like it:
/// most letters are right, and more than a number differs.
fn is_slip(word: &str, near: &str) -> bool {
    let letters = |text: &str| -> String { text.chars().filter(|c| !c.is_ascii_digit()).collect() };
    // A bare `read` for `fs.read` is no misspelling, and as certain.
    let bare = near
        .strip_suffix(word)
        .is_some_and(|group| group.ends_with('.'));
    let numbered = word != near && letters(word) == letters(near);
    bare || !numbered && distance(word, near) * 3 <= word.chars().count()
}

/// The place of `word` in a finding's place, if it stands there once and letter by letter.
fn word_in(kind: &Kind, word: &str, span: Span, file: &SourceFile) -> Option<Span> {
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
        // `tests.pased` and `name | uper` end with the word.
        Kind::NameUnknown { .. } | Kind::PropertyUnknown { .. } => {
            let before = text.strip_suffix(word)?;
            let apart = before.trim_end().ends_with(['.', '|']);
            apart.then(|| part(before.len()))
        }
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

/// A habit of another language with its place, and the same in tau, where that is certain.
fn foreign(habit: &str, span: Span, file: &SourceFile) -> Option<(Span, String)> {
    let (start, end) = (span.start as usize, span.end as usize);
    if file.text.get(start..end)? != habit {
        return None;
    }
    let (before, after) = (&file.text[..start], &file.text[end..]);
    let rest_of_line = after.lines().next().unwrap_or("").trim();
    let tau = match habit {
        "&&" => "and",
        "||" | "??" => "or",
        ":=" => "=",
        "===" => "==",
        "!==" => "!=",
        "?." => ".",
        ";" if rest_of_line.is_empty() || rest_of_line.starts_with('#') => "",
        // `src//**` and `///` are something else.
        "//" if !after.starts_with('/')
            && (before.is_empty() || before.ends_with(char::is_whitespace)) =>
        {
            "#"
        }
        _ => return None,
    };
    let is_word = tau.starts_with(|c: char| c.is_ascii_alphabetic());
    let blank = |apart: bool| if is_word && !apart { " " } else { "" };
    Some((
        span,
        format!(
            "{}{tau}{}",
            blank(before.ends_with(char::is_whitespace)),
            blank(after.starts_with(char::is_whitespace))
        ),
    ))
}

/// The whole line of a grant that shares it with nothing, of a mission in the tau spelling. A
/// comment on it or above it may be about it, so it is left to its author then.
fn lone_line(span: Span, file: &SourceFile) -> Option<Span> {
    if Spelling::of(&file.name) != Spelling::Tau {
        return None;
    }
    let (start, end) = (span.start as usize, span.end as usize);
    let (before, after) = (file.text.get(..start)?, file.text.get(end..)?);
    let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
    let rest = after.split_inclusive('\n').next().unwrap_or("");
    let above = before[..start - indent].lines().next_back().unwrap_or("");
    let alone = before[..start - indent].ends_with('\n')
        && rest.trim().is_empty()
        && !above.contains('#')
        && !file.text.get(start..end)?.contains('\n');
    alone.then(|| Span::new(span.file, start - indent, end + rest.len()))
}

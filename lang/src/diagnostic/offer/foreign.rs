//! Habits of other languages.

use crate::source::{SourceFile, Span};

/// A habit of another language with its place, and the same in tau, where that is certain.
pub(super) fn foreign(habit: &str, span: Span, file: &SourceFile) -> Option<(Span, String)> {
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

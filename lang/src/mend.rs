//! Making the changes that findings offer, until none is left.

use crate::diagnostic::{Diagnostic, Family, Fix, Severity};
use crate::source::Span;

/// How often a text is checked again: one change may make room for another.
pub const MAX_ROUNDS: usize = 20;

/// A text with changes made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// The text.
    pub text: String,
    /// How many findings were mended.
    pub count: usize,
}

/// Makes the wanted changes of `text`, checks again, and goes on while there are new ones.
///
/// `check` finds what is wrong with a text; every fix must be of that text alone. Changes that
/// overlap are made one after the other. One after which the text is harder to read than before is
/// not made.
pub fn mend(
    text: &str,
    wanted: impl Fn(&Diagnostic, &Fix) -> bool,
    mut check: impl FnMut(&str) -> Vec<Diagnostic>,
) -> Mended {
    let mut mended = Mended {
        text: text.to_owned(),
        count: 0,
    };
    let mut found = check(text);
    for _ in 0..MAX_ROUNDS {
        let fixes: Vec<&Fix> = found
            .iter()
            .filter_map(|one| one.fixes.iter().find(|fix| wanted(one, fix)))
            .collect();
        let together = together(&fixes);
        // All at once; if that goes wrong, the first that does not.
        let alone = fixes.iter().map(|fix| (fix.edits.clone(), 1));
        let mut tries = std::iter::once(together).chain(alone);
        let Some((text, next, count)) = tries.find_map(|(edits, count)| {
            let text = apply(&mended.text, &edits).filter(|text| *text != mended.text)?;
            let next = check(&text);
            (illegible(&next) <= illegible(&found)).then_some((text, next, count))
        }) else {
            break;
        };
        mended.text = text;
        mended.count += count;
        found = next;
    }
    mended
}

/// The edits of the fixes that can be made together, in the order of the text, and of how many.
fn together(fixes: &[&Fix]) -> (Vec<(Span, String)>, usize) {
    let mut edits: Vec<(Span, String)> = Vec::new();
    let mut count = 0;
    for fix in fixes {
        let is_new = |edit: &&(Span, String)| !edits.contains(edit);
        let new: Vec<_> = fix.edits.iter().filter(is_new).cloned().collect();
        let meets = |a: Span, b: Span| a.start < b.end && b.start < a.end;
        let free = new
            .iter()
            .all(|(span, _)| !edits.iter().any(|(other, _)| meets(*span, *other)));
        if free {
            edits.extend(new);
            count += 1;
        }
    }
    (edits, count)
}

/// The text with these edits made; `None` when one is not of this text or two overlap.
#[must_use]
pub fn apply(text: &str, edits: &[(Span, String)]) -> Option<String> {
    let mut edits: Vec<_> = edits.iter().collect();
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for (span, replacement) in edits {
        result.push_str(text.get(at..span.start as usize)?);
        result.push_str(replacement);
        at = span.end as usize;
    }
    result.push_str(text.get(at..)?);
    Some(result)
}

/// How many errors keep a part of a text from being read.
fn illegible(found: &[Diagnostic]) -> usize {
    let is_one = |one: &&Diagnostic| {
        one.severity() == Severity::Error
            && matches!(one.kind.family(), Family::Syntax | Family::Yaml)
    };
    found.iter().filter(is_one).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Kind;
    use crate::source::SourceId;

    fn span(start: usize, end: usize) -> Span {
        Span::new(SourceId(0), start, end)
    }

    /// Every `a` is to become `b`, together with the letter behind it; every `(` is an error.
    fn check(text: &str) -> Vec<Diagnostic> {
        text.char_indices()
            .filter_map(|(at, letter)| match letter {
                'a' => {
                    let end = (at + 2).min(text.len());
                    let rest = &text[at + 1..end];
                    let new = if rest == "x" { "b(" } else { "b" };
                    let edit = (span(at, end), format!("{new}{rest}"));
                    Some(Diagnostic::new(Kind::TemplateEmpty, span(at, end)).fix("b", vec![edit]))
                }
                '(' => {
                    let kind = Kind::Unclosed {
                        bracket: "(".to_owned(),
                    };
                    Some(Diagnostic::new(kind, span(at, at + 1)))
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn what_overlaps_is_made_one_after_the_other() {
        let mended = mend("aaa c a", |_, _| true, check);
        assert_eq!(mended.text, "bbb c b");
        assert_eq!(mended.count, 4);
    }

    #[test]
    fn what_makes_a_text_harder_to_read_is_not_made_and_the_others_are() {
        let mended = mend("ax c a", |_, _| true, check);
        assert_eq!(mended.text, "ax c b");
        assert_eq!(mended.count, 1);
    }

    #[test]
    fn changes_that_never_end_do_end() {
        let grow = |text: &str| {
            let edit = (span(0, 0), "x".to_owned());
            vec![Diagnostic::new(Kind::TemplateEmpty, span(0, text.len())).fix("x", vec![edit])]
        };
        assert_eq!(mend("", |_, _| true, grow).text.len(), MAX_ROUNDS);
    }

    #[test]
    fn an_edit_of_another_text_is_not_made() {
        assert_eq!(apply("ab", &[(span(1, 5), String::new())]), None);
        assert_eq!(
            apply(
                "ab",
                &[(span(0, 2), String::new()), (span(1, 2), String::new())]
            ),
            None
        );
    }
}

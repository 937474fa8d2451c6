//! Words of others in Markdown: as they are, and without any meaning there.
//!
//! A backslash does not help against mentions, closing words and links: a host looks for them in what the
//! Markdown has become. It does not look into code, so all that is not a plain word is shown as code.

use tau_lang::syntax::letters::is_unsafe;

use crate::shown::shown;

/// How many characters of one name are shown.
const NAME: usize = 200;

/// How many characters of one sentence are shown.
const SENTENCE: usize = 600;

/// The most characters of a title that GitHub takes.
const TITLE: usize = 250;

/// A text as code, whatever is in it.
pub(super) fn code(text: &str) -> String {
    let text = shown(&plain(text), NAME).into_owned();
    if text.is_empty() {
        return "–".to_owned();
    }
    // A fence is longer than any run of backticks between it.
    let runs = text.split(|it| it != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    match text.contains('`') {
        true => format!("{fence} {text} {fence}"),
        false => format!("{fence}{text}{fence}"),
    }
}

/// A sentence: its plain words as they are, what stands in backticks and every other word as code.
pub(super) fn prose(text: &str) -> String {
    let text = shown(&plain(text), SENTENCE).into_owned();
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(at, part)| match at % 2 {
        0 => part.split(' ').map(word).collect::<Vec<_>>().join(" "),
        _ if part.trim().is_empty() => String::new(),
        _ => code(part),
    });
    parts.collect()
}

/// A title: in one line, and no longer than it may be.
pub(in crate::github) fn title(text: &str) -> String {
    shown(&plain(text), TITLE).into_owned()
}

/// In one line, and without letters that mislead.
fn plain(text: &str) -> String {
    let text: String = text.chars().filter(|it| !is_unsafe(*it)).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A word, with the marks around it outside.
fn word(word: &str) -> String {
    let start = word.trim_start_matches(['(', '"', '\'']);
    // A bracket that is opened in it belongs to it.
    let has_open = start.contains('(');
    let is_behind = |it: char| "\"'.,:;…".contains(it) || (!has_open && it == ')');
    let core = start.trim_end_matches(is_behind);
    if core.is_empty() || is_plain(core) {
        return word.to_owned();
    }
    let before = &word[..word.len() - start.len()];
    let behind = &start[core.len()..];
    format!("{before}{}{behind}", code(core))
}

/// Whether nothing is made of it: neither a name, a link nor a commit. `GH-7` would be an issue.
fn is_plain(core: &str) -> bool {
    let letters = |part: &str| !part.is_empty() && part.chars().all(char::is_alphabetic);
    let is_number = core
        .chars()
        .all(|it| it.is_ascii_digit() || it == '.' || it == '%');
    let is_id = core.len() >= 7 && core.chars().all(|it| it.is_ascii_hexdigit());
    (is_number && core.len() < 7) || (!is_id && core.split(['-', '\'']).all(letters))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_words_stay_and_others_are_code() {
        insta::assert_snapshot!(prose("One run for each tree: 2 of 10 (20%) passed, don't re-run."), @"One run for each tree: 2 of 10 (20%) passed, don't re-run.");
        insta::assert_snapshot!(prose("`a b` fails, fixes #5 and GH-5, see https://x.example, @team, <b>x</b>, [a](b) and c0ffee1."), @"`a b` fails, fixes `#5` and `GH-5`, see `https://x.example`, `@team`, `<b>x</b>`, `[a](b)` and `c0ffee1`.");
        insta::assert_snapshot!(prose("an open `tick @ann\u{202e}\nnext"), @"an open `tick @ann next`");
        insta::assert_snapshot!(code("a`b``c"), @"``` a`b``c ```");
        assert_eq!(code("\u{1b}\n"), "–");
        assert_eq!(title("a\nb\u{200b}"), "a b");
    }

    /// What is outside of all code spans, as CommonMark finds them.
    fn outside(markdown: &str) -> String {
        let (mut rest, mut out) = (markdown, String::new());
        while let Some(start) = rest.find('`') {
            out.push_str(&rest[..start]);
            let length = rest[start..]
                .find(|it| it != '`')
                .unwrap_or(rest.len() - start);
            let inner = &rest[start + length..];
            let mut at = 0;
            let end = loop {
                let Some(next) = inner[at..].find('`') else {
                    break None;
                };
                let from = at + next;
                let run = inner[from..]
                    .find(|it| it != '`')
                    .unwrap_or(inner.len() - from);
                if run == length {
                    break Some(from + run);
                }
                at = from + run;
            };
            match end {
                Some(end) => rest = &inner[end..],
                // It opens nothing, and stands for itself.
                None => {
                    out.push_str(&rest[start..start + length]);
                    rest = inner;
                }
            }
        }
        out + rest
    }

    proptest! {
        #[test]
        fn nothing_that_means_something_is_outside_of_code(
            text in "([a-z]{1,4}|[ `@#<>|\\[\\]()*_~&!:/\\\\\n-]){0,40}",
        ) {
            for markdown in [prose(&text), code(&text)] {
                let outside = outside(&markdown);
                let marks = ['`', '@', '#', '<', '>', '|', '[', ']', '*', '_', '~', '&', '/', '\\'];
                prop_assert!(!outside.contains(marks), "{markdown} of {text}");
                prop_assert!(!markdown.contains('\n'));
            }
        }
    }
}

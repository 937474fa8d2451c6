//! Habits of other languages, and what tau has instead.

use super::errors::token;
use crate::diagnostic::{Diagnostic, Kind};
use crate::source::{SourceId, Span};

/// Words of other languages at the beginning of a line, and what to write here.
pub(super) const FOREIGN: &[(&str, &str)] = &[
    (
        "always",
        "write `finally { … }` behind the statements of the mission",
    ),
    ("assert", "write `expect CONDITION` in a `test`"),
    ("async", ORDER),
    (
        "await",
        "a step waits by itself for the results that it uses",
    ),
    ("case", "write `if CONDITION { … } else if CONDITION { … }`"),
    ("catch", FAILURE),
    ("class", "write `type NAME = { FIELD: TYPE }`"),
    ("const", "write `let NAME = VALUE`"),
    ("cron", SCHEDULE),
    ("def", "write `mission NAME { … }`"),
    (
        "defer",
        "write `finally { … }` behind the statements of the mission",
    ),
    ("elif", "write `} else if CONDITION {`"),
    ("elseif", "write `} else if CONDITION {`"),
    ("elsif", "write `} else if CONDITION {`"),
    (
        "ensure",
        "write `finally { … }` behind the statements of the mission",
    ),
    ("enum", "write `type NAME = \"one\" or \"two\"`"),
    ("except", FAILURE),
    ("fn", "write `mission NAME { … }`"),
    ("foreach", "write `for NAME in LIST up to N { … }`"),
    ("from", "write `use std.{NAME}` or `use \"./file.tau\"`"),
    ("func", "write `mission NAME { … }`"),
    ("function", "write `mission NAME { … }`"),
    ("import", "write `use std.{NAME}` or `use \"./file.tau\"`"),
    ("include", "write `use \"./file.tau\"`"),
    ("interface", "write `type NAME = { FIELD: TYPE }`"),
    ("it", "write `test \"WHAT IT SHOWS\" { … }`"),
    ("job", "write `mission NAME { … }`"),
    (
        "loop",
        "loops are bounded: write `repeat up to N { … } until CONDITION`",
    ),
    (
        "match",
        "write `if CONDITION { … } else if CONDITION { … }`",
    ),
    ("mock", "write `given ACTION returns VALUE` in a `test`"),
    ("parallel", ORDER),
    ("param", "write `input NAME : TYPE`"),
    ("permissions", "write `authority { … }`"),
    ("require", "write `use std.{NAME}` or `use \"./file.tau\"`"),
    ("rescue", FAILURE),
    ("return", "write `output NAME = VALUE`"),
    ("schedule", SCHEDULE),
    ("steps", "write one `step NAME = ACTION(…)` a line"),
    ("struct", "write `type NAME = { FIELD: TYPE }`"),
    (
        "switch",
        "write `if CONDITION { … } else if CONDITION { … }`",
    ),
    ("task", "write `step NAME = ACTION(…)`"),
    ("trigger", "write `on EVENT(…) run MISSION(…)`"),
    ("try", FAILURE),
    ("var", "write `let NAME = VALUE`"),
    (
        "while",
        "loops are bounded: write `repeat up to N { … } until CONDITION`",
    ),
    ("workflow", "write `mission NAME { … }`"),
];

const FAILURE: &str = "write `on failure { … }` behind the statements of the mission, or `may fail` \
                       behind a step";
const ORDER: &str = "steps run at the same time by themselves where nothing orders them";
const SCHEDULE: &str = "write `on schedule(\"0 7 * * *\") run MISSION()`";

/// A habit of another language at the place where the line went wrong.
pub(super) fn mistake(text: &str, at: usize, base: usize, file: SourceId) -> Option<Diagnostic> {
    let rest = &text[at..];
    let before = text[..at].trim_end();
    let make = |found: &str, meant: &str, start: usize| {
        Diagnostic::new(
            Kind::LikelyMistake {
                found: found.to_owned(),
                meant: meant.to_owned(),
            },
            Span::new(file, base + start, base + start + found.len()),
        )
    };
    if let Some((start, name)) = foreign_name(text, at) {
        let kind = Kind::Syntax {
            found: format!("`{name}`"),
            expected: "a name of the letters a to z, digits and `_`".to_owned(),
        };
        let start = base + start;
        return Some(Diagnostic::new(
            kind,
            Span::new(file, start, start + name.len()),
        ));
    }
    if let Some((found, meant)) = of_the_line(before, rest) {
        return Some(make(found, meant, at));
    }
    for (found, meant) in [
        (";", "a statement ends with its line; remove the `;`"),
        (":=", "write `=`"),
        ("=>", "write `=` for a value and `->` for a result"),
        ("&&", "write `and`"),
        ("||", "write `or`"),
        ("//", "a comment begins with `#`"),
    ] {
        if rest.starts_with(found) {
            return Some(make(found, meant, at));
        }
        // The grammar stops before an expression's last white space.
        if rest.trim_start().starts_with(found) {
            return Some(make(found, meant, text.len() - rest.trim_start().len()));
        }
    }
    if rest.starts_with('=') && before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
        let in_call = before
            .rfind('(')
            .is_some_and(|open| !before[open..].contains(')'));
        if in_call {
            return Some(make(
                "=",
                "an argument is named with `:`, as in `path: \"a.txt\"`",
                at,
            ));
        }
    }
    if rest.starts_with('"') && !rest[1..].contains('"') {
        return Some(make(
            "\"",
            "close the text with `\"` on the same line, or use `\"\"\"` for many lines",
            at,
        ));
    }
    let in_list = {
        let opened = before.matches(['(', '[']).count();
        opened > before.matches([')', ']']).count()
    };
    if in_list && rest.starts_with(|c: char| c.is_alphanumeric() || c == '"' || c == '_') {
        let end = before.len();
        return Some(Diagnostic::new(
            Kind::Syntax {
                found: format!("`{}`", token(rest)),
                expected: "a `,` before it".to_owned(),
            },
            Span::new(file, base + end, base + at + token(rest).len()),
        ));
    }
    None
}

/// The whole of a name at `at` that has letters of other alphabets, and where it begins.
fn foreign_name(text: &str, at: usize) -> Option<(usize, &str)> {
    let next = text[at..].chars().next()?;
    if next.is_ascii() || !next.is_alphanumeric() {
        return None;
    }
    let in_name = |c: char| c.is_alphanumeric() || c == '_';
    let start = text[..at].trim_end_matches(in_name).len();
    let end = text[start..].find(|c| !in_name(c));
    Some((
        start,
        &text[start..end.map_or(text.len(), |end| start + end)],
    ))
}

/// A habit that is one only in this kind of line: what is found there, and what to write.
fn of_the_line<'a>(before: &str, rest: &'a str) -> Option<(&'a str, &'static str)> {
    let first = before.split_whitespace().next().unwrap_or("");
    let starts = |found: &str| rest.starts_with(found).then(|| &rest[..found.len()]);
    let file = |c: char| c.is_whitespace() || c == '{';
    match first {
        "for" if before == "for" => Some((
            starts("(")?,
            "write `for NAME in LIST {`, without round brackets",
        )),
        "for" if before.split_whitespace().count() == 2 => match rest {
            rest if rest.starts_with(',') => Some((
                &rest[..1],
                "each item has one name; its parts are `NAME.part` and `NAME[0]`",
            )),
            _ => starts("of")
                .or(starts("="))
                .map(|found| (found, "write `in`")),
        },
        "for" if before.ends_with("at once") => Some((
            starts("up to")?,
            "`up to N` stands before `at most N at once`",
        )),
        "use" if before == "use" && rest.contains('/') => Some((
            &rest[..rest.find(file).unwrap_or(rest.len())],
            "put a file or a repository in quotes, as in `use \"./lib/review.tau\"`",
        )),
        "use" => Some((starts("::")?, "write `.`")),
        _ => of_a_type(before, rest),
    }
}

/// A habit where a type is written: behind the `:` of an input, or the `=` of a `type`.
fn of_a_type<'a>(before: &str, rest: &'a str) -> Option<(&'a str, &'static str)> {
    let mark = if before.starts_with("type ") {
        '='
    } else {
        ':'
    };
    let (name, ty) = before.split_once(mark)?;
    let declares = !name.contains(['(', '"', '=']) && !ty.contains('=') && !ty.is_empty();
    if !declares {
        return None;
    }
    [
        ("[]", "write `[string]` for a list of texts"),
        (
            "<",
            "write `[T]` for a list and `T?` for what may be absent",
        ),
        (
            "|",
            "write `or` between the texts of a choice, and `T?` for what may be absent",
        ),
    ]
    .into_iter()
    .find(|(found, _)| rest.starts_with(found))
    .map(|(found, meant)| (&rest[..found.len()], meant))
}

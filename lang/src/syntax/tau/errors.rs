//! From the grammar's failures to words for a reader. No rule's name is ever shown.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::Rule;
use crate::diagnostic::{Diagnostic, Kind, nearest};
use crate::source::{SourceId, Span};

/// The diagnostic for a line that its rule did not match. `base` is where `text` begins.
pub(super) fn explain(error: &Error<Rule>, text: &str, base: usize, file: SourceId) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let token = token(&text[at..]);
    let span = Span::new(file, base + at, base + at + token.len());
    if let Some(mistake) = mistake(text, at, base, file) {
        return mistake;
    }
    let found = match token {
        "" => "the end of the line".to_owned(),
        token => format!("`{token}`"),
    };
    let mut words: Vec<&str> = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => {
            positives.iter().filter_map(|rule| word(*rule)).collect()
        }
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    words.sort_unstable();
    words.dedup();
    let expected = match words.split_last() {
        None => "something else".to_owned(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    };
    Diagnostic::new(Kind::Syntax { found, expected }, span)
}

/// A line that begins with no word that may stand there.
pub(super) fn unexpected_line(
    text: &str,
    span: Span,
    keyword: &str,
    expected: &'static [&'static str],
    what: &str,
) -> Diagnostic {
    let first = Span {
        end: span.start + u32::try_from(token(text).len()).unwrap_or(0),
        ..span
    };
    if let Some((_, meant)) = FOREIGN.iter().find(|(word, _)| *word == keyword) {
        return Diagnostic::new(
            Kind::LikelyMistake {
                found: keyword.to_owned(),
                meant: (*meant).to_owned(),
            },
            first,
        );
    }
    if text.starts_with("//") || text.starts_with("/*") {
        return Diagnostic::new(
            Kind::LikelyMistake {
                found: text[..2].to_owned(),
                meant: "a comment begins with `#`, documentation with `##`".to_owned(),
            },
            Span {
                end: span.start + 2,
                ..span
            },
        );
    }
    let member = ["authority", "input", "output", "verifier"].contains(&keyword);
    let expected_here = if member && !expected.contains(&keyword) {
        format!("{what}; `{keyword}` belongs to the mission itself")
    } else {
        what.to_owned()
    };
    let found = Diagnostic::new(
        Kind::Syntax {
            found: format!("`{}`", token(text)),
            expected: expected_here,
        },
        first,
    );
    match nearest(keyword, expected.iter().copied()) {
        Some(near) if !keyword.is_empty() => {
            found.fix(format!("write `{near}`"), vec![(first, near.to_owned())])
        }
        _ => found,
    }
}

/// Words of other languages at the beginning of a line, and what to write here.
const FOREIGN: &[(&str, &str)] = &[
    (
        "async",
        "steps run at the same time by themselves where nothing orders them",
    ),
    (
        "await",
        "a step waits by itself for the results that it uses",
    ),
    ("const", "write `let NAME = VALUE`"),
    ("def", "write `mission NAME { … }`"),
    ("elif", "write `} else if CONDITION {`"),
    ("fn", "write `mission NAME { … }`"),
    ("func", "write `mission NAME { … }`"),
    ("function", "write `mission NAME { … }`"),
    ("import", "write `use std.{NAME}`"),
    ("job", "write `mission NAME { … }`"),
    ("param", "write `input NAME : TYPE`"),
    ("permissions", "write `authority { … }`"),
    ("return", "write `output NAME = VALUE`"),
    ("steps", "write one `step NAME = ACTION(…)` a line"),
    ("task", "write `step NAME = ACTION(…)`"),
    ("var", "write `let NAME = VALUE`"),
    (
        "while",
        "loops are bounded: write `repeat up to N { … } until CONDITION`",
    ),
    ("workflow", "write `mission NAME { … }`"),
];

/// A habit of another language at the place where the line went wrong.
fn mistake(text: &str, at: usize, base: usize, file: SourceId) -> Option<Diagnostic> {
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

/// The first token of a text, for showing.
fn token(text: &str) -> &str {
    let text = text.trim_start();
    let word = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    if word > 0 {
        return &text[..word];
    }
    let mut ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    &text[..ends.next().unwrap_or(0)]
}

/// A rule in a reader's words; `None` for those that say nothing to one.
fn word(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::EOI => "the end of the line",
        Rule::after | Rule::when | Rule::retry | Rule::timeout | Rule::may_fail => {
            "`after`, `when`, `retry`, `timeout` or `may fail`"
        }
        Rule::arg | Rule::value | Rule::expr | Rule::list | Rule::map => "a value",
        Rule::bare_name | Rule::name => "a name",
        Rule::choice | Rule::record | Rule::r#type => "a type",
        Rule::effect | Rule::named_effect | Rule::scope_effect | Rule::verb_effect => {
            "an effect such as `read` or `write`"
        }
        Rule::field => "`name: type`",
        Rule::arrow => "`->` and the result's type",
        Rule::assign => "`=`",
        Rule::close_brace => "`}`",
        Rule::close_list => "`]`",
        Rule::close_paren => "`)`",
        Rule::colon => "`:`",
        Rule::comma => "`,`",
        Rule::open_paren => "`(`",
        Rule::kw_every => "`every`",
        Rule::kw_fail => "`fail`",
        Rule::kw_on => "`on`",
        Rule::kw_up_to => "`up to`",
        Rule::kw_kind
        | Rule::kw_needs
        | Rule::kw_spends
        | Rule::kw_takes
        | Rule::gate_line
        | Rule::order => "`needs`, `reads`, `writes`, `takes`, `spends`, `kind` or `gate`",
        Rule::spent => "`calls`, `tokens` or `money`",
        Rule::limit => "a limit such as `200k tokens` or `$2`",
        Rule::literal | Rule::short => "a number with its unit",
        Rule::pair => "`name: value`",
        Rule::path => "an action such as `fs.read`",
        Rule::rest_expr | Rule::scope_expr | Rule::when_expr => "an expression",
        Rule::scope | Rule::scopes => "a text or an input",
        Rule::key | Rule::text => "a text in quotes",
        _ => return None,
    })
}

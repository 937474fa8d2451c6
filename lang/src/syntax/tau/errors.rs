//! From the grammar's failures to words for a reader. No rule's name is ever shown.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::Rule;
use super::habits::{FOREIGN, mistake};
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
    if let Some(start) = statement_start(text) {
        let found = Diagnostic::new(
            Kind::Syntax {
                found: format!("`{}`", token(text)),
                expected: format!("{what} such as `{start}{}`", short(text)),
            },
            first,
        );
        return match start {
            "let " if expected.contains(&"let") => found.fix(
                "write `let`",
                vec![(
                    Span {
                        end: first.start,
                        ..first
                    },
                    start.to_owned(),
                )],
            ),
            _ => found,
        };
    }
    let expected_here = match keyword {
        "on" if text.starts_with("on failure") => {
            format!("{what}; `on failure` belongs to the mission itself")
        }
        _ if expected.contains(&keyword) => what.to_owned(),
        "authority" | "finally" | "input" | "output" | "verifier" => {
            format!("{what}; `{keyword}` belongs to the mission itself")
        }
        "action" | "mission" | "on" | "policy" | "test" | "type" | "use" => {
            format!("{what}; `{keyword}` stands beside missions, not in one")
        }
        "for" | "if" | "let" | "repeat" | "step" => {
            format!("{what}; `{keyword}` stands in a mission")
        }
        _ => what.to_owned(),
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

/// The lines of an action.
pub(super) const FACE_LINE: &str =
    "`needs`, `reads`, `writes`, `takes`, `spends`, `kind`, `gate`, `run` or a statement";

/// What a line lacks that only gives or calls something: `x = 1`, `fs.read("a")`.
fn statement_start(text: &str) -> Option<&'static str> {
    let name = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
        let end = end.unwrap_or(text.len());
        (end > 0).then_some(end)
    };
    let behind = text[name(text)?..].trim_start();
    if behind.starts_with('(') && text[..name(text)?].contains('.') {
        return Some("step NAME = ");
    }
    let value = behind.strip_prefix('=')?.trim_start();
    if behind.starts_with("==") || text[..name(text)?].contains('.') {
        return None;
    }
    let called = name(value).map(|end| (&value[..end], &value[end..]));
    match called {
        Some((action, rest)) if action.contains('.') && rest.starts_with('(') => Some("step "),
        _ => Some("let "),
    }
}

/// The beginning of a line, for showing.
fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    match line.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// The first token of a text, for showing.
pub(super) fn token(text: &str) -> &str {
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
        Rule::box_kind => "`full`, `bwrap` or `landlock`",
        Rule::after
        | Rule::when
        | Rule::retry
        | Rule::timeout
        | Rule::least_box
        | Rule::may_fail => "`after`, `when`, `retry`, `timeout`, `box full` or `may fail`",
        Rule::arg | Rule::value | Rule::expr | Rule::list | Rule::map => "a value",
        Rule::bare_name | Rule::name => "a name",
        Rule::choice | Rule::record | Rule::r#type => "a type",
        Rule::effect
        | Rule::model_effect
        | Rule::named_effect
        | Rule::scope_effect
        | Rule::verb_effect => "an effect such as `read` or `write`",
        Rule::field => "`name: type`",
        Rule::for_expr | Rule::for_items => "a list",
        Rule::use_source | Rule::use_std => "a library such as `std.fs`, or a file in quotes",
        Rule::given_path => "an action such as `verify.check`",
        Rule::event => "an event such as `label(\"tau\")`",
        Rule::call => "a mission with its inputs, such as `fix()`",
        Rule::type_name => "a type",
        Rule::arrow => "`->` and the result's type",
        Rule::assign => "`=`",
        Rule::close_brace => "`}`",
        Rule::close_list => "`]`",
        Rule::close_paren => "`)`",
        Rule::colon => "`:`",
        Rule::comma => "`,`",
        Rule::open_brace => "`{`",
        Rule::open_list => "`[`",
        Rule::open_paren => "`(`",
        Rule::kw_fails | Rule::kw_returns => "`returns` or `fails with`",
        Rule::kw_as => "`as`",
        Rule::kw_at_most => "`at most N at once`",
        Rule::kw_at_once => "`at once`",
        Rule::kw_failure => "`failure`",
        Rule::fails | Rule::returns => "`returns` or `fails with`",
        Rule::kw_in => "`in`",
        Rule::kw_run => "`run` and a mission",
        Rule::kw_with => "`with`",
        Rule::kw_every => "`every`",
        Rule::kw_fail => "`fail`",
        Rule::kw_on => "`on`",
        Rule::kw_up_to => "`up to`",
        Rule::kw_else => "`else`",
        Rule::kw_kind
        | Rule::kw_needs
        | Rule::kw_spends
        | Rule::kw_takes
        | Rule::gate_line
        | Rule::order => FACE_LINE,
        Rule::spent => "`calls`, `tokens` or `money`",
        Rule::limit => "a limit such as `200k tokens` or `$2`",
        Rule::short => "a number or an input",
        Rule::literal => "a number with its unit",
        Rule::pair => "`name: value`",
        Rule::path => "an action such as `fs.read`",
        Rule::rest_expr | Rule::route_expr | Rule::scope_expr | Rule::when_expr => "an expression",
        Rule::route | Rule::scope | Rule::scopes => "a text or an input",
        Rule::key | Rule::text => "a text in quotes",
        _ => return None,
    })
}

//! Values, names and texts from the grammar's pairs.

use pest::iterators::Pair;

use super::{Reader, Rule};
use crate::diagnostic::{Diagnostic, Kind};
use crate::source::{At, SourceId, Span};
use crate::syntax::text::Text;
use crate::syntax::tree::{Expr, Ident, Literal, TypeExpr, TypeExprKind, Value, ValueKind};
use crate::syntax::{literal, template, types};

/// Where a pair stands in the file.
pub(super) fn span(pair: &Pair<'_, Rule>, base: usize, file: SourceId) -> Span {
    let span = pair.as_span();
    Span::new(file, base + span.start(), base + span.end())
}

/// Whether a rule carries content, rather than being a word of the language or the end.
pub(super) fn is_content(rule: Rule) -> bool {
    !matches!(
        rule,
        Rule::EOI
            | Rule::arrow
            | Rule::assign
            | Rule::close_brace
            | Rule::close_list
            | Rule::close_paren
            | Rule::colon
            | Rule::comma
            | Rule::dot
            | Rule::open_brace
            | Rule::open_list
            | Rule::open_paren
            | Rule::kw_action
            | Rule::kw_after
            | Rule::kw_as
            | Rule::kw_at_most
            | Rule::kw_at_once
            | Rule::kw_authority
            | Rule::kw_else
            | Rule::kw_env
            | Rule::kw_every
            | Rule::kw_expect
            | Rule::kw_fail
            | Rule::kw_fails
            | Rule::kw_failure
            | Rule::kw_files
            | Rule::kw_finally
            | Rule::kw_for
            | Rule::kw_gate
            | Rule::kw_git
            | Rule::kw_given
            | Rule::kw_if
            | Rule::kw_in
            | Rule::kw_heldout
            | Rule::kw_hides
            | Rule::kw_input
            | Rule::kw_installed
            | Rule::kw_kind
            | Rule::kw_let
            | Rule::kw_loses
            | Rule::kw_box
            | Rule::kw_box_only
            | Rule::kw_may
            | Rule::kw_mission
            | Rule::kw_needs
            | Rule::kw_on
            | Rule::kw_or
            | Rule::kw_output
            | Rule::kw_policy
            | Rule::kw_protect
            | Rule::kw_red
            | Rule::kw_repeat
            | Rule::kw_report
            | Rule::kw_retry
            | Rule::kw_returns
            | Rule::kw_run
            | Rule::kw_runs
            | Rule::kw_spends
            | Rule::kw_step
            | Rule::kw_takes
            | Rule::kw_test
            | Rule::kw_time
            | Rule::kw_timeout
            | Rule::kw_type
            | Rule::kw_until
            | Rule::kw_untrusted
            | Rule::kw_up_to
            | Rule::kw_use
            | Rule::kw_verifier
            | Rule::kw_when
            | Rule::kw_with
    )
}

/// What a pair holds besides words of the language.
pub(super) fn contents(pair: Pair<'_, Rule>) -> impl Iterator<Item = Pair<'_, Rule>> {
    pair.into_inner()
        .filter(|inner| is_content(inner.as_rule()))
}

impl Reader<'_> {
    pub(super) fn ident(&self, pair: &Pair<'_, Rule>, base: usize) -> Ident {
        Ident {
            text: pair.as_str().to_owned(),
            at: At(span(pair, base, self.file)),
        }
    }

    /// A `value`, `scope`, `short`, `for_items` or any of what they hold.
    pub(super) fn value(&mut self, pair: Pair<'_, Rule>, base: usize) -> Value {
        let at = At(span(&pair, base, self.file));
        let kind = match pair.as_rule() {
            Rule::value | Rule::route | Rule::scope | Rule::short | Rule::for_items => {
                match contents(pair).next() {
                    Some(inner) => return self.value(inner, base),
                    None => ValueKind::List(Vec::new()),
                }
            }
            Rule::text | Rule::bare_name => {
                let text = self.text_of(&pair, base);
                return self.templated(&text);
            }
            Rule::literal => ValueKind::Literal(self.literal(&pair, base)),
            Rule::list => {
                ValueKind::List(contents(pair).map(|item| self.value(item, base)).collect())
            }
            Rule::map => ValueKind::Map(self.map(pair, base)),
            _ => ValueKind::Expr(self.expr(&pair, base)),
        };
        Value { kind, at }
    }

    pub(super) fn map(&mut self, pair: Pair<'_, Rule>, base: usize) -> Vec<(Ident, Value)> {
        let mut entries: Vec<(Ident, Value)> = Vec::new();
        for entry in contents(pair) {
            let mut parts = contents(entry);
            if let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                let name = Ident {
                    text: match key.as_rule() {
                        Rule::key => self.text_of(&key, base).value,
                        _ => key.as_str().to_owned(),
                    },
                    at: At(span(&key, base, self.file)),
                };
                let first = entries.iter().find(|(key, _)| key.text == name.text);
                if let Some(first) = first.map(|(key, _)| key.at.0) {
                    self.twice(&name.text, name.at.0, first);
                    continue;
                }
                entries.push((name, self.value(value, base)));
            }
        }
        entries
    }

    /// Says that a key stands twice in a map.
    pub(super) fn twice(&mut self, key: &str, at: Span, first: Span) {
        let kind = Kind::KeyDuplicate {
            key: key.to_owned(),
        };
        let found = Diagnostic::new(kind, at).label(first, "it stands here first");
        self.diagnostics.push(found);
    }

    /// A text as a template, or as the one expression in it.
    fn templated(&mut self, text: &Text) -> Value {
        match template::value(text) {
            Ok(value) => value,
            Err(error) => {
                let kind = if error.empty {
                    Kind::TemplateEmpty
                } else {
                    Kind::TemplateUnclosed
                };
                self.report(kind, error.span);
                template::literal("")
            }
        }
    }

    pub(super) fn expr(&self, pair: &Pair<'_, Rule>, base: usize) -> Expr {
        let source = pair.as_str();
        let trimmed = source.trim();
        let start = base + pair.as_span().start() + (source.len() - source.trim_start().len());
        let span = Span::new(self.file, start, start + trimmed.len());
        Expr::new(Text::verbatim(trimmed, span))
    }

    pub(super) fn literal(&mut self, pair: &Pair<'_, Rule>, base: usize) -> Literal {
        let raw = pair.as_str();
        match literal::parse(raw) {
            Some(literal) => literal,
            None => {
                let at = span(pair, base, self.file);
                self.report(
                    Kind::LiteralInvalid {
                        raw: raw.to_owned(),
                    },
                    at,
                );
                Literal {
                    value: crate::syntax::tree::LiteralValue::None,
                    raw: raw.to_owned(),
                }
            }
        }
    }

    pub(super) fn type_expr(&mut self, pair: &Pair<'_, Rule>, base: usize) -> TypeExpr {
        let at = span(pair, base, self.file);
        match types::parse(&Text::verbatim(pair.as_str(), at)) {
            Ok(ty) => ty,
            Err((place, expected)) => {
                let range = place.start as usize..place.end as usize;
                let found = match &self.text[range] {
                    "" => "the end of the type".to_owned(),
                    found => format!("`{found}`"),
                };
                self.report(Kind::Syntax { found, expected }, place);
                TypeExpr {
                    kind: TypeExprKind::Name("any".to_owned()),
                    at: At(at),
                }
            }
        }
    }

    /// Decodes a `text`, `key` or `bare_name` pair.
    pub(super) fn text_of(&mut self, pair: &Pair<'_, Rule>, base: usize) -> Text {
        let raw = pair.as_str();
        let at = span(pair, base, self.file);
        let start = base + pair.as_span().start();
        let mut decoder = Decoder {
            value: String::new(),
            places: Vec::new(),
            bad: Vec::new(),
        };
        if let Some(body) = raw
            .strip_prefix("\"\"\"")
            .and_then(|rest| rest.strip_suffix("\"\"\""))
        {
            decoder.block(body, start + 3);
        } else if let Some(body) = raw
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
        {
            decoder.escaped(body, start + 1);
        } else {
            return Text::verbatim(raw, at);
        }
        for (place, raw) in decoder.bad {
            let span = Span::new(self.file, place, place + raw.len());
            let kind = Kind::Syntax {
                found: format!("`{raw}`"),
                expected: "one of the escapes \\\" \\\\ \\n \\r \\t \\u{…}".to_owned(),
            };
            self.report(kind, span);
        }
        Text::mapped(decoder.value, at, decoder.places)
    }
}

/// Turns the letters between quotes into the text they stand for.
struct Decoder {
    value: String,
    places: Vec<(u32, u32)>,
    bad: Vec<(usize, String)>,
}

impl Decoder {
    /// Notes that what is pushed next stands at `place` in the file.
    fn mark(&mut self, place: usize) {
        // INVARIANT: files are smaller than 4 GiB (`source::MAX_FILE_BYTES`).
        let fit = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.places.push((fit(self.value.len()), fit(place)));
    }

    /// Text with `\` escapes that begins at `place` in the file.
    fn escaped(&mut self, body: &str, place: usize) {
        self.mark(place);
        let mut rest = body;
        while let Some(at) = rest.find('\\') {
            self.value.push_str(&rest[..at]);
            let escape = &rest[at..];
            let (decoded, length) = decode(escape);
            match decoded {
                Some(c) => self.value.push(c),
                None => {
                    let from = place + (body.len() - escape.len());
                    self.bad.push((from, escape[..length].to_owned()));
                }
            }
            rest = &escape[length..];
            self.mark(place + (body.len() - rest.len()));
        }
        self.value.push_str(rest);
    }

    /// A `"""` block: the lines behind the opening one, without the indentation of the closing
    /// one. Text on the opening line is the first line.
    fn block(&mut self, body: &str, place: usize) {
        let (lines, indent) = match body.rsplit_once('\n') {
            Some((lines, last)) if last.trim().is_empty() => (lines, last.len()),
            _ => (body, 0),
        };
        let (lines, place) = match lines.split_once('\n') {
            Some((first, rest)) if first.trim().is_empty() => (rest, place + first.len() + 1),
            None if lines.trim().is_empty() && lines.len() < body.len() => ("", place),
            _ => (lines, place),
        };
        let mut at = place;
        for (number, line) in lines.split('\n').enumerate() {
            if number > 0 {
                self.value.push('\n');
            }
            let space = line.len() - line.trim_start_matches([' ', '\t']).len();
            let cut = indent.min(space);
            // The line ends of the file are not part of the text, however they are written.
            let end = line.strip_suffix('\r').map_or(line.len(), str::len);
            self.escaped(&line[cut.min(end)..end], at + cut.min(end));
            at += line.len() + 1;
        }
    }
}

/// The character of an escape that begins with `\`, and the escape's length in bytes.
fn decode(escape: &str) -> (Option<char>, usize) {
    let mut chars = escape.chars();
    chars.next();
    match chars.next() {
        Some('"') => (Some('"'), 2),
        Some('\\') => (Some('\\'), 2),
        Some('n') => (Some('\n'), 2),
        Some('r') => (Some('\r'), 2),
        Some('t') => (Some('\t'), 2),
        Some('u') => {
            let digits = escape
                .strip_prefix("\\u{")
                .and_then(|rest| rest.split_once('}'))
                .map(|(digits, _)| digits);
            match digits {
                Some(digits) => (
                    u32::from_str_radix(digits, 16)
                        .ok()
                        .and_then(char::from_u32),
                    digits.len() + 4,
                ),
                None => (None, 2),
            }
        }
        Some(other) => (None, 1 + other.len_utf8()),
        None => (None, 1),
    }
}

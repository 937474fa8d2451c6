//! Where the parts of an expression stand.
//!
//! minijinja's own spans serve its messages: the one of a comparison begins at the word before it,
//! that of a filter at its name, that of a field at the dot before. Here a part begins where it
//! begins, also when it has brackets around some of it.

use minijinja::machinery::ast::{self, BinOpKind};

use crate::source::Span;
use crate::syntax::tree::Expr;

/// A place that is worked out only when something is reported there: doing so takes longer the
/// longer the expression is.
pub(super) type Place<'p> = &'p dyn Fn() -> Span;

/// Where a part of an expression stands in the file.
pub(super) fn of(whole: &Expr, part: &ast::Expr<'_>) -> Span {
    let source = &whole.source.value;
    let (start, end) = range(source, part);
    whole.source.span(start, end)
}

/// Where the last `word` of a part stands: the field of `a.b`.
pub(super) fn last(whole: &Expr, part: &ast::Expr<'_>, word: &str) -> Span {
    let end = end(&whole.source.value, part);
    match end.checked_sub(word.len()) {
        Some(start) if whole.source.value.get(start..end) == Some(word) => {
            whole.source.span(start, end)
        }
        _ => of(whole, part),
    }
}

/// Where the name of a filter or test stands.
pub(super) fn name(whole: &Expr, part: &ast::Expr<'_>, name: &str) -> Span {
    let start = part.span().start_offset as usize;
    match whole.source.value.get(start..start + name.len()) {
        Some(found) if found == name => whole.source.span(start, start + name.len()),
        _ => of(whole, part),
    }
}

/// Where a filter stands with its arguments, without what it is applied to.
pub(super) fn behind(whole: &Expr, part: &ast::Expr<'_>) -> Span {
    let (start, end) = (
        part.span().start_offset as usize,
        end(&whole.source.value, part),
    );
    whole.source.span(start, end)
}

/// Where a filter stands with its `|` and the blanks before it.
pub(super) fn with_pipe(whole: &Expr, part: &ast::Expr<'_>) -> Option<Span> {
    let source = &whole.source.value;
    let before = source.get(..part.span().start_offset as usize)?;
    let before = before.trim_end().strip_suffix('|')?.trim_end();
    Some(whole.source.span(before.len(), end(source, part)))
}

/// Where `.name()` stands behind a value.
pub(super) fn from_dot(
    whole: &Expr,
    call: &ast::Expr<'_>,
    callee: &ast::Expr<'_>,
    name: &str,
) -> Option<Span> {
    let source = &whole.source.value;
    let before = source.get(..end(source, callee))?.strip_suffix(name)?;
    let before = before.strip_suffix('.')?;
    Some(whole.source.span(before.len(), end(source, call)))
}

/// Where a word that minijinja took from the source stands there.
pub(super) fn word(whole: &Expr, word: &str) -> Option<Span> {
    let start = whole.parsed().offset(word)?;
    let taken = whole.source.value.get(start..start + word.len())? == word;
    taken.then(|| whole.source.span(start, start + word.len()))
}

/// Where an operator stands between its two sides, if only blanks and brackets stand there too.
pub(super) fn operator(whole: &Expr, left: &ast::Expr<'_>, right: &ast::Expr<'_>) -> Option<Span> {
    let source = &whole.source.value;
    let from = end(source, left);
    let between = source.get(from..start(source, right))?;
    let brackets = |c: char| c.is_whitespace() || c == '(' || c == ')';
    let operator = between.trim_matches(brackets);
    let at = from + (between.len() - between.trim_start_matches(brackets).len());
    Some(whole.source.span(at, at + operator.len()))
}

/// From where one part begins to where another ends.
pub(super) fn between(whole: &Expr, left: &ast::Expr<'_>, right: &ast::Expr<'_>) -> Span {
    of(whole, left).to(of(whole, right))
}

/// Where a part of a text stands that is written out; the whole of it where it has escapes.
pub(super) fn inside(whole: &Expr, part: &ast::Expr<'_>, text: &str, wanted: &str) -> Span {
    let source = &whole.source.value;
    let (start, end) = range(source, part);
    let written = source.get(start + 1..end.saturating_sub(1));
    let offset = wanted.as_ptr().addr().checked_sub(text.as_ptr().addr());
    match offset {
        Some(from) if written == Some(text) && text.get(from..from + wanted.len()).is_some() => {
            let from = start + 1 + from;
            whole.source.span(from, from + wanted.len())
        }
        _ => whole.source.span(start, end),
    }
}

/// What stands between two parts.
pub(super) fn gap<'e>(whole: &'e Expr, left: &ast::Expr<'_>, right: &ast::Expr<'_>) -> &'e str {
    let source = &whole.source.value;
    let (from, to) = (end(source, left), start(source, right));
    source.get(from..to).unwrap_or("")
}

/// The source of a part.
pub(super) fn text<'e>(whole: &'e Expr, part: &ast::Expr<'_>) -> &'e str {
    let (start, end) = range(&whole.source.value, part);
    whole.source.value.get(start..end).unwrap_or("")
}

fn range(source: &str, part: &ast::Expr<'_>) -> (usize, usize) {
    let (start, end) = (start(source, part), end(source, part));
    let start = start.min(end);
    (open(source, start, end), end)
}

fn start(source: &str, part: &ast::Expr<'_>) -> usize {
    use ast::Expr as E;
    let own = part.span().start_offset as usize;
    let first = match part {
        E::Filter(it) => it.expr.as_ref(),
        E::Test(it) => Some(&it.expr),
        E::GetAttr(it) => Some(&it.expr),
        E::GetItem(it) => Some(&it.expr),
        E::Slice(it) => Some(&it.expr),
        E::Call(it) => Some(&it.expr),
        E::Compare(it) => Some(&it.expr),
        E::IfExpr(it) => Some(&it.true_expr),
        E::BinOp(it) => Some(&it.left),
        // `a not in b` is the denial of `a in b`, and both stand where the comparison does.
        E::UnaryOp(it) => match &it.expr {
            E::BinOp(inner) if matches!(inner.op, BinOpKind::In) => {
                let left = start(source, &inner.left);
                let before = source.get(own..left).unwrap_or("");
                (!before.trim_start().starts_with("not")).then_some(&inner.left)
            }
            E::Test(inner) => {
                let left = start(source, &inner.expr);
                (own > left).then_some(&inner.expr)
            }
            _ => None,
        },
        E::Var(_) | E::Const(_) | E::List(_) | E::Tuple(_) | E::Map(_) => None,
    };
    first
        .map_or(own, |first| range(source, first).0)
        .min(source.len())
}

fn end(source: &str, part: &ast::Expr<'_>) -> usize {
    (part.span().end_offset as usize).min(source.len())
}

/// The start moved to the left over the brackets that are closed before the end.
fn open(source: &str, start: usize, end: usize) -> usize {
    let mut depth = 0usize;
    let mut missing = 0usize;
    let mut quote = None;
    let mut escaped = false;
    for c in source.get(start..end).unwrap_or("").chars() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(closing), c) if c == closing => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') if depth > 0 => depth -= 1,
            (None, ')') => missing += 1,
            _ => {}
        }
    }
    let mut at = start;
    for _ in 0..missing {
        let before = source.get(..at).unwrap_or("").trim_end();
        match before.strip_suffix('(') {
            Some(outer) => at = outer.len(),
            None => break,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr;
    use crate::source::{SourceId, Span};
    use crate::syntax::text::Text;

    /// The texts of all parts of an expression, outermost first.
    fn parts(source: &str) -> Vec<String> {
        let span = Span::new(SourceId(0), 0, source.len());
        let whole = Expr::new(Text::verbatim(source, span));
        let tree = expr::parse(&whole).unwrap();
        let mut found = Vec::new();
        expr::walk(tree, &mut |part| found.push(text(&whole, part).to_owned()));
        found
    }

    #[test]
    fn parts_begin_where_they_begin() {
        assert_eq!(parts("a and b.c == 3")[2..], ["b.c == 3", "b.c", "b", "3"]);
        assert_eq!(parts("a.b.c.d")[1..], ["a.b.c", "a.b", "a"]);
        assert_eq!(
            parts("x | upper | trim('a')")[1..],
            ["x | upper", "x", "'a'"]
        );
        assert_eq!(
            parts("1 + (a or b).c")[2..],
            ["(a or b).c", "a or b", "a", "b"]
        );
        assert_eq!(
            parts("a and x not in y")[2..4],
            ["x not in y", "x not in y"]
        );
        assert_eq!(parts("not x in y")[..2], ["not x in y", "x in y"]);
        assert_eq!(
            parts("a if b is not none else c")[1..4],
            ["b is not none", "b is not none", "b"]
        );
        assert_eq!(parts("f(x=(1), y=')')")[..1], ["f(x=(1), y=')')"]);
    }
}

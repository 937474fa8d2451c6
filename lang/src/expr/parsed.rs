//! An expression's tree, made when it is first asked for.
//!
//! Names, types, taint, order and rules all look at the same tree, and so do the plan's copies of
//! an expression. It borrows the names in it from the expression's text, so the two are kept
//! together.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use minijinja::machinery::ast;
use self_cell::self_cell;

use super::{ExprError, MAX_DEPTH, depth};
use crate::source::Span;
use crate::syntax::tree::Expr;

/// The tree, or why there is none.
pub(super) type Outcome<'a> = Result<ast::Expr<'a>, ExprError>;

self_cell!(
    struct Tree {
        owner: String,
        #[covariant]
        dependent: Outcome,
    }
);

/// The tree of an expression and of the clones that are made of it afterwards. It follows from the
/// text, so it is equal to every other.
#[derive(Clone, Default)]
pub(crate) struct Parsed(OnceLock<Arc<Tree>>);

impl Parsed {
    /// The outcome of parsing `source`, which is always the same for one expression.
    pub(super) fn get(&self, source: &str, parse: impl Fn(&str) -> Outcome<'_>) -> &Outcome<'_> {
        let make = || Arc::new(Tree::new(source.to_owned(), |source| parse(source)));
        let tree = self.0.get_or_init(make);
        debug_assert_eq!(tree.borrow_owner(), source);
        tree.borrow_dependent()
    }

    /// Where in the text a word stands that the tree took from it.
    pub(crate) fn offset(&self, word: &str) -> Option<usize> {
        let source = self.0.get()?.borrow_owner();
        word.as_ptr().addr().checked_sub(source.as_ptr().addr())
    }
}

impl fmt::Debug for Parsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl PartialEq for Parsed {
    fn eq(&self, _: &Parsed) -> bool {
        true
    }
}

/// The tree of an expression.
///
/// # Errors
/// What is wrong, and at which part of it.
pub fn parse(expr: &Expr) -> Result<&ast::Expr<'_>, &ExprError> {
    let parsed = expr.parsed();
    let outcome = parsed.get(&expr.source.value, |source| parse_anew(source, expr));
    outcome.as_ref()
}

fn parse_anew<'a>(source: &'a str, expr: &Expr) -> Result<ast::Expr<'a>, ExprError> {
    bounded(expr)?;
    let parsed = minijinja::machinery::parse_expr(source);
    // The parser takes no notice of what is no token at all behind a whole expression.
    let tokens = minijinja::machinery::tokenize(source, true, Default::default());
    let tokens = tokens.map(|token| token.map(drop));
    let parsed = parsed.and_then(|tree| tokens.collect::<Result<(), _>>().map(|()| tree));
    parsed.map_err(|error| {
        let whole = expr.source.at.0;
        let span = match error.range() {
            Some(range) if range.end <= expr.source.value.len() => {
                let range = whole_letters(&expr.source.value, range);
                expr.source.span(range.start, range.end)
            }
            _ => whole,
        };
        ExprError {
            span,
            why: reason(&error),
        }
    })
}

/// The range with whole letters: minijinja points at the first byte of one that it does not know.
fn whole_letters(text: &str, range: Range<usize>) -> Range<usize> {
    let outwards = |mut at: usize, by: isize| {
        while !text.is_char_boundary(at) {
            at = at.saturating_add_signed(by);
        }
        at
    };
    outwards(range.start, -1)..outwards(range.end, 1)
}

/// Refuses an expression that goes too deep to be parsed.
pub(super) fn bounded(expr: &Expr) -> Result<(), ExprError> {
    if depth::is_bounded(&expr.source.value) {
        return Ok(());
    }
    Err(ExprError {
        span: expr.source.at.0,
        why: format!(
            "more than {MAX_DEPTH} operators work on each other's results; \
             name parts of it with `let`"
        ),
    })
}

/// Where a part of a parsed expression stands in the file.
#[must_use]
pub fn span_of(expr: &Expr, part: minijinja::machinery::Span) -> Span {
    let length = expr.source.value.len();
    let start = (part.start_offset as usize).min(length);
    let end = (part.end_offset as usize).min(length);
    expr.source.span(start, end)
}

pub(super) fn reason(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => detail.to_owned(),
        None => error.kind().to_string(),
    }
}

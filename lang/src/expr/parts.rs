//! The parts of expressions, and the names in them.

use std::collections::BTreeSet;

use minijinja::machinery::ast;

use super::parse;
use crate::syntax::text::Text;
use crate::syntax::tree::{Expr, Piece, Value, ValueKind};

/// The names that a value uses and does not define itself.
#[must_use]
pub fn names(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(value, &mut found);
    found
}

/// The names that an expression uses.
#[must_use]
pub fn names_in(expr: &Expr) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect_expr(expr, &mut found);
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match &value.kind {
        ValueKind::Literal(_) => {}
        ValueKind::Expr(expr) => collect_expr(expr, found),
        ValueKind::Text(template) => {
            for piece in &template.pieces {
                if let Piece::Expr(expr) = piece {
                    collect_expr(expr, found);
                }
            }
        }
        ValueKind::List(items) => items.iter().for_each(|item| collect(item, found)),
        ValueKind::Map(entries) => entries.iter().for_each(|(_, value)| collect(value, found)),
    }
}

fn collect_expr(expr: &Expr, found: &mut BTreeSet<String>) {
    if let Ok(tree) = parse(expr) {
        walk(tree, &mut |part| {
            if let ast::Expr::Var(var) = part {
                found.insert(var.id.to_owned());
            }
        });
    }
}

/// The names in an expression, each with the fields that it is asked for: `a.b.c`. Each is an
/// expression of its own.
#[must_use]
pub fn paths(expr: &Expr) -> Vec<Expr> {
    fn collect<'a>(part: &ast::Expr<'a>, whole: &Expr, found: &mut Vec<Expr>) {
        let mut inner = part;
        while let ast::Expr::GetAttr(it) = inner {
            inner = &it.expr;
        }
        if !matches!(inner, ast::Expr::Var(_)) {
            parts(part)
                .into_iter()
                .for_each(|part| collect(part, whole, found));
            return;
        }
        // minijinja's span of `a.b.c` begins at its last but one dot.
        let start = inner.span().start_offset as usize;
        let end = part.span().end_offset as usize;
        let text = whole.source.value.get(start..end);
        let span = whole.source.span(start, end);
        found.extend(text.map(|text| Expr::new(Text::verbatim(text, span))));
    }
    let mut found = Vec::new();
    if let Ok(tree) = parse(expr) {
        collect(tree, expr, &mut found);
    }
    found
}

/// Visits an expression and all its parts, outermost first.
pub fn walk<'a>(expr: &ast::Expr<'a>, visit: &mut impl FnMut(&ast::Expr<'a>)) {
    visit(expr);
    for part in parts(expr) {
        walk(part, visit);
    }
}

/// The direct parts of an expression.
#[must_use]
pub fn parts<'a, 's>(expr: &'s ast::Expr<'a>) -> Vec<&'s ast::Expr<'a>> {
    use ast::Expr as E;
    let args = |args: &'s [ast::CallArg<'a>]| args.iter().map(argument);
    match expr {
        E::Var(_) | E::Const(_) => Vec::new(),
        E::Slice(it) => [
            Some(&it.expr),
            it.start.as_ref(),
            it.stop.as_ref(),
            it.step.as_ref(),
        ]
        .into_iter()
        .flatten()
        .collect(),
        E::UnaryOp(it) => vec![&it.expr],
        E::BinOp(it) => vec![&it.left, &it.right],
        E::Compare(it) => std::iter::once(&it.expr)
            .chain(it.ops.iter().map(|op| &op.expr))
            .collect(),
        E::IfExpr(it) => [
            Some(&it.test_expr),
            Some(&it.true_expr),
            it.false_expr.as_ref(),
        ]
        .into_iter()
        .flatten()
        .collect(),
        E::Filter(it) => it.expr.iter().chain(args(&it.args)).collect(),
        E::Test(it) => std::iter::once(&it.expr).chain(args(&it.args)).collect(),
        E::GetAttr(it) => vec![&it.expr],
        E::GetItem(it) => vec![&it.expr, &it.subscript_expr],
        E::Call(it) => std::iter::once(&it.expr).chain(args(&it.args)).collect(),
        E::List(it) => it.items.iter().collect(),
        E::Tuple(it) => it.items.iter().collect(),
        E::Map(it) => it.keys.iter().chain(&it.values).collect(),
    }
}

/// The expression of an argument.
#[must_use]
pub fn argument<'a, 's>(arg: &'s ast::CallArg<'a>) -> &'s ast::Expr<'a> {
    use ast::CallArg::{Kwarg, KwargSplat, Pos, PosSplat};
    match arg {
        Pos(expr) | Kwarg(_, expr) | PosSplat(expr) | KwargSplat(expr) => expr,
    }
}

//! Which parts of an expression's value come from outside.

use std::collections::BTreeMap;

use minijinja::machinery::ast::{self, BinOpKind};

use super::shape::Shape;
use super::trace::Trace;
use crate::expr;
use crate::syntax::tree::{Expr, Piece, Value, ValueKind};

/// The names that hold something from outside.
pub(super) type Names = BTreeMap<String, Shape>;

/// The shape of a written value.
pub(super) fn of_value(value: &Value, names: &Names) -> Shape {
    match &value.kind {
        ValueKind::Literal(_) => Shape::Clean,
        ValueKind::Expr(expr) => of_expr(expr, names),
        ValueKind::Text(template) => template
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal(_) => Shape::Clean,
                Piece::Expr(expr) => of_expr(expr, names).flat(),
            })
            .fold(Shape::Clean, Shape::join),
        ValueKind::List(items) => {
            let items = items.iter().map(|item| of_value(item, names));
            Shape::list(None, items.fold(Shape::Clean, Shape::join))
        }
        ValueKind::Map(entries) => Shape::record(
            entries
                .iter()
                .map(|(name, value)| (name.text.clone(), of_value(value, names))),
        ),
    }
}

/// The shape of an expression. One that cannot be parsed has been reported, and has no value.
pub(super) fn of_expr(expr: &Expr, names: &Names) -> Shape {
    match expr::parse(expr) {
        Ok(tree) if !names.is_empty() => of_tree(tree, names),
        _ => Shape::Clean,
    }
}

/// How it came from outside whether a condition holds.
pub(super) fn of_condition(condition: &Expr, names: &Names) -> Option<Trace> {
    of_expr(condition, names).own().cloned()
}

fn of_tree(tree: &ast::Expr<'_>, names: &Names) -> Shape {
    use ast::Expr as E;
    let of = |part: &ast::Expr<'_>| of_tree(part, names);
    match tree {
        E::Var(var) => names.get(var.id).cloned().unwrap_or_default(),
        E::Const(_) => Shape::Clean,
        E::GetAttr(it) => of(&it.expr).field(it.name),
        E::GetItem(it) => {
            let base = of(&it.expr);
            match &it.subscript_expr {
                E::Const(key) => match key.value.as_str() {
                    Some(name) => base.field(name),
                    None => base.item().with(base.own()),
                },
                which => base.item().with(base.own()).with(of(which).any()),
            }
        }
        // `not` asks whether it holds, `-` for the number.
        E::UnaryOp(it) => Shape::Clean.with(of(&it.expr).own()),
        E::BinOp(it) => match it.op {
            // Which of the two it is, the left one decides.
            BinOpKind::ScOr | BinOpKind::ScAnd => {
                let left = of(&it.left);
                let decided = left.own().cloned();
                left.join(of(&it.right)).with(decided.as_ref())
            }
            _ => of(&it.left).join(of(&it.right).flat()).flat(),
        },
        E::IfExpr(it) => {
            let no = it.false_expr.as_ref().map(of).unwrap_or_default();
            of(&it.true_expr).join(no).with(of(&it.test_expr).own())
        }
        // Whether a record is there does not depend on its fields.
        E::Test(it) if matches!(it.name, "defined" | "undefined" | "none") => {
            Shape::Clean.with(of(&it.expr).own())
        }
        E::Filter(it) => filter(it, names),
        E::Slice(it) => {
            let bounds = expr::parts(tree).into_iter().skip(1).map(of);
            let decided = bounds.fold(Shape::Clean, Shape::join);
            of(&it.expr).with(decided.any())
        }
        E::List(it) => Shape::list(
            None,
            it.items.iter().map(of).fold(Shape::Clean, Shape::join),
        ),
        E::Tuple(it) => Shape::list(
            None,
            it.items.iter().map(of).fold(Shape::Clean, Shape::join),
        ),
        E::Map(it) => {
            let mut fields = Vec::new();
            for (key, value) in it.keys.iter().zip(&it.values) {
                match key {
                    E::Const(key) => fields.push((key.value.to_string(), of(value))),
                    _ => return mixed(tree, names),
                }
            }
            Shape::record(fields)
        }
        E::Compare(_) | E::Test(_) | E::Call(_) => mixed(tree, names),
    }
}

/// What is made from all parts together.
fn mixed(tree: &ast::Expr<'_>, names: &Names) -> Shape {
    let parts = expr::parts(tree).into_iter();
    let shapes = parts.map(|part| of_tree(part, names).flat());
    shapes.fold(Shape::Clean, Shape::join)
}

/// Filters whose result has the parts of what they are given; all others mix them.
fn filter(it: &ast::Filter<'_>, names: &Names) -> Shape {
    let input = it.expr.as_ref().map(|inner| of_tree(inner, names));
    let input = input.unwrap_or_default();
    let mut decided = Shape::Clean;
    for arg in &it.args {
        decided = decided.join(of_tree(expr::argument(arg), names).flat());
    }
    match it.name {
        // The value has the form that the author has written down, or the step fails.
        "matching" => Shape::Clean,
        "default" | "d" => {
            let own = input.own().cloned();
            input.join(decided).with(own.as_ref())
        }
        "first" | "last" => input.item().with(input.own()),
        "list" | "reverse" => input,
        "attr" => match it.args.first().and_then(constant) {
            Some(name) => input.field(&name),
            None => input.join(decided).flat(),
        },
        "map" => match attribute(&it.args) {
            Some(name) => Shape::list(input.own().cloned(), input.item().field(&name)),
            None => input.join(decided).flat(),
        },
        _ => input.join(decided).flat(),
    }
}

/// The one argument of `map(attribute="name")`, if it names a field of the items themselves.
fn attribute(args: &[ast::CallArg<'_>]) -> Option<String> {
    match args {
        [arg @ ast::CallArg::Kwarg("attribute", _)] => {
            constant(arg).filter(|name| !name.contains('.'))
        }
        _ => None,
    }
}

fn constant(arg: &ast::CallArg<'_>) -> Option<String> {
    match expr::argument(arg) {
        ast::Expr::Const(it) => it.value.as_str().map(str::to_owned),
        _ => None,
    }
}

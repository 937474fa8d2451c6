//! What values look like to minijinja's operators and filters.

use minijinja::machinery::ast::{self, BinOpKind};
use minijinja::value::ValueKind;

use crate::expr::signatures::Takes;
use crate::types::{BOOL, FLOAT, INT, Plain, STRING, Type};

/// What a value looks like. Several types look the same: a path is a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing is known.
    Any,
    Bool,
    List,
    /// A record or a map.
    Map,
    Number,
    Text,
}

/// What values of a type look like where they are not absent.
pub(super) fn shape(ty: &Type) -> Shape {
    match ty.bare() {
        Type::Plain(Plain::Bool) => Shape::Bool,
        Type::Plain(plain) if is_number(*plain) => Shape::Number,
        Type::Plain(plain) if plain.is_text() => Shape::Text,
        Type::Plain(Plain::Verifier) => Shape::Map,
        Type::Choice(_) => Shape::Text,
        Type::List(_) => Shape::List,
        Type::Record(_) | Type::Map(_) => Shape::Map,
        _ => Shape::Any,
    }
}

/// Whether values of a type may stand where a filter takes `takes`.
pub(super) fn accepts(takes: Takes, ty: &Type) -> bool {
    use Shape::{Any, Bool, List, Map, Number, Text};
    let found = shape(ty);
    match takes {
        _ if found == Any => true,
        Takes::Any | Takes::Nothing => true,
        Takes::Attribute | Takes::Filter | Takes::Test | Takes::Text => found == Text,
        Takes::Bool => found == Bool,
        Takes::Int => found == Number && *ty.bare() != FLOAT,
        Takes::List => found == List,
        Takes::Map => found == Map,
        Takes::Number => found == Number,
        Takes::Scalar => matches!(found, Text | Number | Bool),
        Takes::Several => matches!(found, List | Text | Map),
    }
}

/// The items of what has some.
pub(super) fn items(ty: &Type) -> Type {
    match ty.bare() {
        Type::List(item) => (**item).clone(),
        // A text has letters, a record and a map the names of their fields.
        _ if matches!(shape(ty), Shape::Text | Shape::Map) => STRING,
        _ => Type::Any,
    }
}

/// The type of a constant.
pub(super) fn constant(value: &minijinja::Value) -> Type {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Type::None,
        ValueKind::Bool => BOOL,
        ValueKind::Number if value.is_integer() => INT,
        ValueKind::Number => FLOAT,
        ValueKind::String => STRING,
        _ => Type::Any,
    }
}

/// Collects the texts that an expression can give; whether each is written out in it.
pub(super) fn texts(tree: &ast::Expr<'_>, found: &mut Vec<String>) -> bool {
    match tree {
        ast::Expr::Const(it) => match it.value.as_str() {
            Some(text) => {
                found.push(text.to_owned());
                true
            }
            None => false,
        },
        ast::Expr::IfExpr(it) => match &it.false_expr {
            Some(no) => texts(&it.true_expr, found) && texts(no, found),
            None => false,
        },
        ast::Expr::BinOp(it) if matches!(it.op, BinOpKind::ScOr) => {
            texts(&it.left, found) && texts(&it.right, found)
        }
        _ => false,
    }
}

fn is_number(plain: Plain) -> bool {
    use Plain::{Duration, Float, Int, Money, Size};
    matches!(plain, Duration | Float | Int | Money | Size)
}

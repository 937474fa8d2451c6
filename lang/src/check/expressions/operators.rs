//! Operators: what each takes, and what it gives.

use minijinja::machinery::ast::{self, BinOpKind};

use super::place::{self, Place};
use super::shape::{Shape, shape};
use crate::check::Checker;
use crate::check::known::Known;
use crate::check::scope::Scope;
use crate::diagnostic::{Diagnostic, Kind};
use crate::syntax::tree::Expr;
use crate::types::{BOOL, FLOAT, INT, Plain, STRING, Type};

impl Checker<'_> {
    pub(super) fn binary(
        &mut self,
        it: &ast::BinOp<'_>,
        tree: &ast::Expr<'_>,
        whole: &Expr,
        scope: &mut Scope,
    ) -> Type {
        let left = self.type_of(&it.left, whole, scope);
        // What the left side tells counts on the right one.
        let known = match it.op {
            BinOpKind::ScAnd => Known::from(&it.left).holds,
            BinOpKind::ScOr => Known::from(&it.left).fails,
            _ => Vec::new(),
        };
        let before = scope.assume(&known);
        let right = self.type_of(&it.right, whole, scope);
        scope.forget(before);
        let at = || place::of(whole, tree);
        match it.op {
            // What is absent is passed over by `or`, so only its right side may be.
            BinOpKind::ScOr => left.present().join(&right),
            BinOpKind::ScAnd => left.join(&right),
            BinOpKind::Concat => {
                self.joined(&left, &it.left, whole);
                self.joined(&right, &it.right, whole);
                STRING
            }
            BinOpKind::Eq | BinOpKind::Ne | BinOpKind::In => {
                let op = if matches!(it.op, BinOpKind::In) {
                    "in"
                } else {
                    "=="
                };
                self.compare(op, (&it.left, &left), (&it.right, &right), &at, whole);
                BOOL
            }
            BinOpKind::Lt | BinOpKind::Lte | BinOpKind::Gt | BinOpKind::Gte => {
                self.compare(
                    word(it.op),
                    (&it.left, &left),
                    (&it.right, &right),
                    &at,
                    whole,
                );
                BOOL
            }
            _ => {
                let sides = (left, right);
                self.arithmetic(it, sides, &at, whole)
            }
        }
    }

    fn arithmetic(
        &mut self,
        it: &ast::BinOp<'_>,
        (left, right): (Type, Type),
        at: Place<'_>,
        whole: &Expr,
    ) -> Type {
        let needs = |other: &Type| match shape(other) {
            Shape::Text => "string",
            Shape::List => "[any]",
            _ => "int",
        };
        let wanted = (needs(&right), needs(&left));
        let left = self.required(left, wanted.0, &it.left, whole);
        let right = self.required(right, wanted.1, &it.right, whole);
        let zero = matches!(it.op, BinOpKind::Div | BinOpKind::FloorDiv | BinOpKind::Rem)
            && it.right.as_const().is_some_and(|it| is_zero(&it));
        if zero {
            let operator = word(it.op).to_owned();
            self.report(
                Kind::DivisionByZero { operator },
                place::of(whole, &it.right),
            );
        }
        if let Some(found) = result(it.op, &left, &right) {
            return found;
        }
        let found = Diagnostic::new(
            Kind::OperandMismatch {
                operator: word(it.op).to_owned(),
                takes: takes(it.op).to_owned(),
                found: format!("`{left}` and `{right}`"),
            },
            at(),
        );
        // Who adds a number to a text means to write it there.
        let is_join = matches!(it.op, BinOpKind::Add)
            && matches!(
                (shape(&left), shape(&right)),
                (Shape::Text, Shape::Number) | (Shape::Number, Shape::Text)
            );
        let operator = place::operator(whole, &it.left, &it.right);
        self.diagnostics.push(match operator {
            Some(plus) if is_join => found.fix("join them with `~`", vec![(plus, "~".to_owned())]),
            _ => found,
        });
        Type::Any
    }

    /// One side of `~`: a text, or what is written as one.
    fn joined(&mut self, found: &Type, side: &ast::Expr<'_>, whole: &Expr) {
        let found = self.required(found.clone(), "string", side, whole);
        if matches!(shape(&found), Shape::List | Shape::Map) {
            let kind = Kind::OperandMismatch {
                operator: "~".to_owned(),
                takes: "texts and numbers".to_owned(),
                found: format!("`{found}`"),
            };
            self.report(kind, place::of(whole, side));
        }
    }

    pub(super) fn negated(&mut self, found: Type, tree: &ast::Expr<'_>, whole: &Expr) -> Type {
        let found = self.required(found, "int", tree, whole);
        match shape(&found) {
            Shape::Number => found.bare().clone(),
            Shape::Any => Type::Any,
            _ => {
                let kind = Kind::OperandMismatch {
                    operator: "-".to_owned(),
                    takes: "a number".to_owned(),
                    found: format!("`{found}`"),
                };
                self.report(kind, place::of(whole, tree));
                Type::Any
            }
        }
    }
}

/// What an operator gives; `None` when it cannot be.
fn result(op: BinOpKind, left: &Type, right: &Type) -> Option<Type> {
    use Shape::{Any, Bool, List, Number, Text};
    let repeats = matches!(op, BinOpKind::Mul);
    match (shape(left), shape(right)) {
        (Any, Any) => Some(Type::Any),
        // A `bool` counts as 0 or 1.
        (Number | Bool, Number | Bool) => numbers(op, left.bare(), right.bare()),
        (Text, Text) if matches!(op, BinOpKind::Add) => Some(STRING),
        (List, List) if matches!(op, BinOpKind::Add) => Some(left.bare().join(right.bare())),
        (Text, Number) | (Number, Text) if repeats && is_whole(left, right) => Some(STRING),
        (List, Number) if repeats && is_whole(left, right) => Some(left.bare().clone()),
        (Number, List) if repeats && is_whole(left, right) => Some(right.bare().clone()),
        (Any, other) | (other, Any) => {
            let fits = match op {
                BinOpKind::Add => matches!(other, Number | Bool | Text | List),
                BinOpKind::Mul => matches!(other, Number | Bool | Text | List),
                _ => matches!(other, Number | Bool),
            };
            fits.then_some(Type::Any)
        }
        _ => None,
    }
}

fn is_whole(left: &Type, right: &Type) -> bool {
    *left.bare() != FLOAT && *right.bare() != FLOAT
}

/// What an operator gives for two numbers. Durations, sizes and amounts of money are whole numbers
/// with a unit, and two units do not add up.
fn numbers(op: BinOpKind, left: &Type, right: &Type) -> Option<Type> {
    let unit = |ty: &Type| match ty {
        Type::Plain(plain @ (Plain::Duration | Plain::Money | Plain::Size)) => Some(*plain),
        _ => None,
    };
    let (a, b) = (unit(left), unit(right));
    let float = *left == FLOAT || *right == FLOAT;
    let whole = |unit: Option<Plain>| match unit {
        _ if float => FLOAT,
        Some(unit) => Type::Plain(unit),
        None => INT,
    };
    match op {
        BinOpKind::Add | BinOpKind::Sub | BinOpKind::Rem => match (a, b) {
            (Some(a), Some(b)) if a != b => None,
            (a, b) => Some(whole(a.or(b))),
        },
        BinOpKind::Mul => match (a, b) {
            (Some(_), Some(_)) => None,
            (a, b) => Some(whole(a.or(b))),
        },
        BinOpKind::FloorDiv => match (a, b) {
            (Some(a), Some(b)) if a != b => None,
            (Some(_), Some(_)) => Some(whole(None)),
            (a, _) => Some(whole(a)),
        },
        BinOpKind::Div => match (a, b) {
            (Some(a), Some(b)) if a != b => None,
            _ => Some(FLOAT),
        },
        _ => Some(whole(None)),
    }
}

fn is_zero(value: &minijinja::Value) -> bool {
    value.is_number() && f64::try_from(value.clone()).is_ok_and(|it| it == 0.0)
}

/// An operator as it is written.
pub(super) fn word(op: BinOpKind) -> &'static str {
    match op {
        BinOpKind::Eq => "==",
        BinOpKind::Ne => "!=",
        BinOpKind::Lt => "<",
        BinOpKind::Lte => "<=",
        BinOpKind::Gt => ">",
        BinOpKind::Gte => ">=",
        BinOpKind::ScAnd => "and",
        BinOpKind::ScOr => "or",
        BinOpKind::Add => "+",
        BinOpKind::Sub => "-",
        BinOpKind::Mul => "*",
        BinOpKind::Div => "/",
        BinOpKind::FloorDiv => "//",
        BinOpKind::Rem => "%",
        BinOpKind::Pow => "**",
        BinOpKind::Concat => "~",
        BinOpKind::In => "in",
    }
}

fn takes(op: BinOpKind) -> &'static str {
    match op {
        BinOpKind::Add => "two numbers of one unit, two texts or two lists",
        BinOpKind::Mul => "two numbers, or a text or list and a whole number",
        BinOpKind::Sub | BinOpKind::Div | BinOpKind::FloorDiv | BinOpKind::Rem => {
            "two numbers of one unit"
        }
        _ => "two numbers",
    }
}

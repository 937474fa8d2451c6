//! What a condition tells about names: where it holds, and where it does not.
//!
//! In `a.text if a else ""` the step `a` is there in the first branch. The same goes for `and`,
//! `or`, the blocks of `if`, the step behind `when`, and what follows a loop that has an `until`.

use minijinja::machinery::ast::{self, BinOpKind, UnaryOpKind};

use crate::expr;

/// A name with its fields: `green.log`.
pub(super) type Path = Vec<String>;

/// One thing that is known of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) path: Path,
    /// It counts as true, so a list has items and a text letters; otherwise it is only there.
    pub(super) full: bool,
}

/// What is known where a condition holds, and where it does not.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub(super) holds: Vec<Fact>,
    pub(super) fails: Vec<Fact>,
}

impl Known {
    /// What a condition tells.
    pub(super) fn from(tree: &ast::Expr<'_>) -> Known {
        use ast::Expr as E;
        match tree {
            E::Var(_) | E::GetAttr(_) | E::GetItem(_) => Known::holds(fact(tree, true)),
            E::UnaryOp(it) if matches!(it.op, UnaryOpKind::Not) => Known::from(&it.expr).not(),
            E::BinOp(it) => binary(it),
            E::Test(it) => test(it),
            // `a | default(false)` holds only where `a` does.
            E::Filter(it) => match &it.expr {
                Some(input) if it.name == "default" || it.name == "d" => {
                    let other = it.args.first().map(expr::argument);
                    let empty =
                        other.is_none_or(|it| it.as_const().is_some_and(|it| !it.is_true()));
                    let holds = if empty {
                        Known::from(input).holds
                    } else {
                        Vec::new()
                    };
                    Known {
                        holds,
                        ..Known::default()
                    }
                }
                // An empty list has no length, and what is absent has none at all.
                Some(input) if it.name == "length" || it.name == "count" => {
                    Known::holds(fact(input, true))
                }
                _ => Known::default(),
            },
            _ => Known::default(),
        }
    }

    fn holds(fact: Option<Fact>) -> Known {
        Known {
            holds: fact.into_iter().collect(),
            fails: Vec::new(),
        }
    }

    fn not(self) -> Known {
        Known {
            holds: self.fails,
            fails: self.holds,
        }
    }

    fn and(mut self, other: Known) -> Known {
        self.holds.extend(other.holds);
        self.fails.retain(|fact| other.fails.contains(fact));
        self
    }
}

/// The path of a name with fields; `None` for everything else.
pub(super) fn path(tree: &ast::Expr<'_>) -> Option<Path> {
    let (base, name) = match tree {
        ast::Expr::Var(it) => return Some(vec![it.id.to_owned()]),
        ast::Expr::GetAttr(it) => (&it.expr, it.name.to_owned()),
        ast::Expr::GetItem(it) => match &it.subscript_expr {
            ast::Expr::Const(key) => (&it.expr, key.value.to_string()),
            _ => return None,
        },
        _ => return None,
    };
    let mut path = path(base)?;
    path.push(name);
    Some(path)
}

fn fact(tree: &ast::Expr<'_>, full: bool) -> Option<Fact> {
    path(tree).map(|path| Fact { path, full })
}

fn binary(it: &ast::BinOp<'_>) -> Known {
    let sides = || (Known::from(&it.left), Known::from(&it.right));
    match it.op {
        BinOpKind::ScAnd => {
            let (left, right) = sides();
            left.and(right)
        }
        BinOpKind::ScOr => {
            let (left, right) = sides();
            left.not().and(right.not()).not()
        }
        BinOpKind::Eq => equal(&it.left, &it.right),
        BinOpKind::Ne => equal(&it.left, &it.right).not(),
        BinOpKind::Gt => more(&it.left, &it.right),
        BinOpKind::Lt => more(&it.right, &it.left),
        // What is one of several values that are there is there.
        BinOpKind::In => match it.right.as_const() {
            Some(items) if !items.is_none() => Known::holds(fact(&it.left, false)),
            _ => Known::default(),
        },
        _ => Known::default(),
    }
}

/// `a == "x"` holds only where `a` is there; `a == none` only where it is not.
fn equal(left: &ast::Expr<'_>, right: &ast::Expr<'_>) -> Known {
    let (name, value) = match (left.as_const(), right.as_const()) {
        (None, Some(value)) => (left, value),
        (Some(value), None) => (right, value),
        _ => return Known::default(),
    };
    let known = Known::holds(fact(name, false));
    if value.is_none() { known.not() } else { known }
}

/// `a | length > 0` holds only where `a` has items.
fn more(left: &ast::Expr<'_>, right: &ast::Expr<'_>) -> Known {
    let counts = matches!(left, ast::Expr::Filter(_));
    match right.as_const().and_then(|it| it.as_i64()) {
        Some(0..) if counts => Known {
            holds: Known::from(left).holds,
            ..Known::default()
        },
        _ => Known::default(),
    }
}

fn test(it: &ast::Test<'_>) -> Known {
    let there = Known::holds(fact(&it.expr, false));
    match it.name {
        "none" | "undefined" => there.not(),
        // These hold for what is absent too, or say nothing of it.
        "sequence" | "iterable" | "ne" | "!=" | "false" | "safe" | "escaped" => Known::default(),
        "eq" | "equalto" | "==" | "sameas" => match it.args.first() {
            Some(other) => equal(&it.expr, expr::argument(other)),
            None => Known::default(),
        },
        _ => there,
    }
}

//! Conditions that always or never hold.

use minijinja::machinery::ast::{self, BinOpKind, UnaryOpKind};

use super::place;
use super::shape::{Shape, shape};
use crate::check::Checker;
use crate::check::known;
use crate::check::scope::Scope;
use crate::diagnostic::{Diagnostic, Kind};
use crate::source::Span;
use crate::syntax::tree::Expr;
use crate::types::{BOOL, Plain, Type};

impl Checker<'_> {
    /// Reports the parts of a condition that are decided before the run.
    pub(super) fn constants(&mut self, tree: &ast::Expr<'_>, whole: &Expr, scope: &mut Scope) {
        use ast::Expr as E;
        match tree {
            E::UnaryOp(it) if matches!(it.op, UnaryOpKind::Not) => {
                self.constants(&it.expr, whole, scope);
            }
            E::BinOp(it) if matches!(it.op, BinOpKind::ScAnd | BinOpKind::ScOr) => {
                self.constants(&it.left, whole, scope);
                // `a or ""` says what counts where `a` is absent.
                if it.right.as_const().is_none_or(|it| it.is_true()) {
                    self.constants(&it.right, whole, scope);
                }
            }
            _ => {
                let at = || place::of(whole, tree);
                if let Some(value) = tree.as_const() {
                    self.constant(&value, at());
                } else if let Some(holds) = with_itself(tree, whole) {
                    self.decided(holds, "both sides are the same", at());
                } else if known::path(tree).is_some() {
                    self.always_true(tree, whole, at(), scope);
                }
            }
        }
    }

    fn constant(&mut self, value: &minijinja::Value, at: Span) {
        let holds = value.is_true();
        let Some(text) = value.as_str() else {
            return self.decided(holds, "nothing in it can change", at);
        };
        let why = match text {
            "" => "a text without letters counts as `false`".to_owned(),
            text => format!("`\"{text}\"` is a text, and every text with letters counts as true"),
        };
        let found = Diagnostic::new(Kind::ConditionConstant { holds, why }, at);
        self.diagnostics.push(match text {
            "true" | "false" => {
                found.unsafe_fix(format!("write `{text}`"), vec![(at, text.to_owned())])
            }
            _ => found,
        });
    }

    /// A value that counts as true whatever it is: a record that is there.
    fn always_true(&mut self, tree: &ast::Expr<'_>, whole: &Expr, at: Span, scope: &mut Scope) {
        // The part has been checked; only its type is wanted here.
        let before = self.diagnostics.len();
        let found = self.type_of(tree, whole, scope);
        self.diagnostics.truncate(before);
        if found.may_be_absent() {
            return;
        }
        let name = place::text(whole, tree);
        let why = match found.bare() {
            Type::Record(fields) if !fields.is_empty() => {
                match fields.iter().find(|it| it.1 == BOOL) {
                    Some((field, _)) => format!(
                        "`{name}` is a record that is always there; did you mean `{name}.{field}`?"
                    ),
                    None => format!("`{name}` is a record that is always there"),
                }
            }
            Type::Plain(Plain::Verifier) => {
                format!("`{name}` is a verifier, and not what it found")
            }
            Type::Choice(choices) if choices.iter().all(|one| !one.is_empty()) => {
                format!(
                    "`{name}` is one of several texts, and every text with letters counts as true"
                )
            }
            _ => return,
        };
        self.decided(true, &why, at);
    }

    pub(super) fn decided(&mut self, holds: bool, why: &str, at: Span) {
        let why = why.to_owned();
        self.report(Kind::ConditionConstant { holds, why }, at);
    }

    /// `is defined`, `is string` and the like, where the type alone decides.
    pub(super) fn decided_test(
        &mut self,
        it: &ast::Test<'_>,
        found: &Type,
        tree: &ast::Expr<'_>,
        whole: &Expr,
    ) {
        if *found == Type::Any || found.may_be_absent() {
            return;
        }
        let is = |wanted: &[Shape]| match shape(found) {
            Shape::Any => None,
            shape => Some(wanted.contains(&shape)),
        };
        let holds = match it.name {
            "defined" => Some(true),
            "none" | "undefined" => Some(false),
            "boolean" => is(&[Shape::Bool]),
            "string" => is(&[Shape::Text]),
            "mapping" => is(&[Shape::Map]),
            "sequence" => is(&[Shape::List]),
            "iterable" => is(&[Shape::List, Shape::Map, Shape::Text]),
            "number" => is(&[Shape::Bool, Shape::Number]),
            _ => None,
        };
        if let Some(holds) = holds {
            let name = place::text(whole, &it.expr);
            let why = match it.name {
                "defined" | "none" | "undefined" => format!("`{name}` is never absent"),
                _ => format!("`{name}` is `{found}`"),
            };
            self.decided(holds, &why, place::of(whole, tree));
        }
    }
}

/// Whether a comparison of something with itself holds; `None` for everything else.
fn with_itself(tree: &ast::Expr<'_>, whole: &Expr) -> Option<bool> {
    let ast::Expr::BinOp(it) = tree else {
        return None;
    };
    let holds = match it.op {
        BinOpKind::Eq | BinOpKind::Lte | BinOpKind::Gte => true,
        BinOpKind::Ne | BinOpKind::Lt | BinOpKind::Gt => false,
        _ => return None,
    };
    let words = |part| {
        place::text(whole, part)
            .split_whitespace()
            .collect::<String>()
    };
    (words(&it.left) == words(&it.right)).then_some(holds)
}

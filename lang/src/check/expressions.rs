//! The types of expressions, on minijinja's own syntax tree.
//!
//! This file goes over the tree. What it asks at each part stands beside it: names, fields and
//! items in `access`, operators in `operators` and `compare`, filters, tests and functions in
//! `call` with their arguments in `arguments` and their results in `results`, conditions in
//! `condition`, habits of other languages in `habits` and `mistake`, places in `place`.

mod access;
mod arguments;
mod call;
mod compare;
mod condition;
mod habits;
mod mistake;
mod operators;
mod place;
mod results;
mod shape;

use minijinja::machinery::ast::{self, UnaryOpKind};

use self::mistake::mistake;
use self::shape::constant;
use super::Checker;
use super::known::Known;
use super::scope::Scope;
use crate::diagnostic::Kind;
use crate::expr;
use crate::syntax::tree::Expr;
use crate::types::{BOOL, Fields, Type};

impl Checker<'_> {
    /// The type of an expression; [`Type::Any`] where it is wrong, which has been reported.
    pub(super) fn expression(&mut self, expr: &Expr, scope: &mut Scope) -> Type {
        match expr::parse(expr) {
            Ok(tree) => self.type_of(tree, expr, scope),
            Err(error) => {
                let invalid = || {
                    let why = error.why.clone();
                    (Kind::ExpressionInvalid { why }, error.span)
                };
                let (kind, span) = mistake(expr).unwrap_or_else(invalid);
                self.report(kind, span);
                Type::Any
            }
        }
    }

    /// Checks a condition: what it tells where it holds, and where it does not. Use it with
    /// [`Scope::assume`] and [`Scope::forget`].
    pub(super) fn condition(&mut self, expr: &Expr, scope: &mut Scope) -> Known {
        self.expression(expr, scope);
        let Ok(tree) = expr::parse(expr) else {
            return Known::default();
        };
        self.constants(tree, expr, scope);
        Known::from(tree)
    }

    /// The texts that an expression can only give, when each is written out in it:
    /// `"small" if quick else "large"`.
    pub(super) fn written_texts(expr: &Expr) -> Option<Vec<String>> {
        let tree = expr::parse(expr).ok()?;
        let mut texts = Vec::new();
        shape::texts(tree, &mut texts).then_some(texts)
    }

    fn type_of(&mut self, tree: &ast::Expr<'_>, whole: &Expr, scope: &mut Scope) -> Type {
        use ast::Expr as E;
        match tree {
            E::Var(it) => {
                let found = self.variable(it.id, place::of(whole, tree), scope);
                access::narrowed(found, tree, scope)
            }
            E::Const(it) => constant(&it.value),
            E::GetAttr(it) => self.field(it, tree, whole, scope),
            E::GetItem(it) => self.item(it, tree, whole, scope),
            E::Slice(it) => self.slice(it, whole, scope),
            E::UnaryOp(it) => {
                let inner = self.type_of(&it.expr, whole, scope);
                match it.op {
                    UnaryOpKind::Not => BOOL,
                    UnaryOpKind::Neg => self.negated(inner, tree, whole),
                }
            }
            E::BinOp(it) => self.binary(it, tree, whole, scope),
            E::Compare(it) => self.comparisons(it, whole, scope),
            E::IfExpr(it) => {
                self.type_of(&it.test_expr, whole, scope);
                self.constants(&it.test_expr, whole, scope);
                let known = Known::from(&it.test_expr);
                let before = scope.assume(&known.holds);
                let yes = self.type_of(&it.true_expr, whole, scope);
                scope.forget(before);
                let Some(no) = &it.false_expr else {
                    return yes.optional();
                };
                let before = scope.assume(&known.fails);
                let no = self.type_of(no, whole, scope);
                scope.forget(before);
                yes.join(&no)
            }
            E::Filter(it) => self.filter(it, tree, whole, scope),
            E::Test(it) => self.tested(it, tree, whole, scope),
            E::Call(it) => self.call(it, tree, whole, scope),
            E::List(it) => self.list(&it.items, whole, scope),
            E::Tuple(it) => self.list(&it.items, whole, scope),
            E::Map(it) => self.map(it, whole, scope),
        }
    }

    fn list(&mut self, items: &[ast::Expr<'_>], whole: &Expr, scope: &mut Scope) -> Type {
        let types = items.iter().map(|item| self.type_of(item, whole, scope));
        let item = types.reduce(|a, b| bounded(a.join(&b)));
        Type::List(Box::new(item.unwrap_or(Type::Any)))
    }

    fn map(&mut self, it: &ast::Map<'_>, whole: &Expr, scope: &mut Scope) -> Type {
        let mut fields = Fields::default();
        let mut all: Option<Type> = None;
        let mut named = true;
        for (key, value) in it.keys.iter().zip(&it.values) {
            let ty = self.type_of(value, whole, scope);
            all = Some(all.map_or(ty.clone(), |all| bounded(all.join(&ty))));
            match key {
                ast::Expr::Const(key) if key.value.as_str().is_some() => {
                    fields.push(&key.value.to_string(), ty);
                }
                key => {
                    self.type_of(key, whole, scope);
                    named = false;
                }
            }
        }
        match named {
            true => fields.into_type(),
            false => Type::Map(Box::new(all.unwrap_or(Type::Any))),
        }
    }

    /// The type without its `?`, which is reported: `expected` is required here.
    fn required(
        &mut self,
        found: Type,
        expected: &str,
        part: &ast::Expr<'_>,
        whole: &Expr,
    ) -> Type {
        if found.may_be_absent() {
            let kind = Kind::OptionalUnhandled {
                found: found.to_string(),
                expected: expected.to_owned(),
            };
            self.report(kind, place::of(whole, part));
            return match found {
                Type::None => Type::Any,
                found => found.present(),
            };
        }
        found
    }
}

/// The type, or [`Type::Any`] when it has become too large.
fn bounded(ty: Type) -> Type {
    if ty.is_bounded() { ty } else { Type::Any }
}

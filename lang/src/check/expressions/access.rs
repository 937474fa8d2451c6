//! Names, the fields of records, and the items of lists.

use minijinja::machinery::ast;

use super::shape::{Shape, shape};
use super::{habits, place};
use crate::check::Checker;
use crate::check::known;
use crate::check::scope::Scope;
use crate::diagnostic::{Diagnostic, Kind, nearest};
use crate::source::Span;
use crate::syntax::tree::Expr;
use crate::types::{INT, STRING, Type};

impl Checker<'_> {
    pub(super) fn variable(&mut self, name: &str, at: Span, scope: &mut Scope) -> Type {
        if let Some(found) = scope.look_up(name) {
            return found.ty.clone();
        }
        let found = if scope.is_own(name) {
            Diagnostic::new(
                Kind::NameOwn {
                    name: name.to_owned(),
                },
                at,
            )
        } else if let Some(later) = scope.later(name) {
            Diagnostic::new(
                Kind::NameLater {
                    name: name.to_owned(),
                },
                at,
            )
            .label(later, "it is defined here")
        } else {
            let names = scope.all().map(|(name, _)| name);
            let near = self.diagnostics.nearest(name, names).map(str::to_owned);
            let name = name.to_owned();
            Diagnostic::new(Kind::NameUnknown { name, near }, at)
        };
        self.diagnostics.push(found);
        Type::Any
    }

    pub(super) fn field(
        &mut self,
        it: &ast::GetAttr<'_>,
        tree: &ast::Expr<'_>,
        whole: &Expr,
        scope: &mut Scope,
    ) -> Type {
        let base = self.type_of(&it.expr, whole, scope);
        let found = self.attribute(&base, it.name, place::last(whole, tree, it.name));
        narrowed(found, tree, scope)
    }

    /// The type of a field; what is absent has absent fields.
    pub(super) fn attribute(&mut self, base: &Type, name: &str, at: Span) -> Type {
        let found = match base.bare() {
            Type::Any | Type::None => return Type::Any,
            Type::Map(value) => return (**value).clone().optional(),
            Type::Record(fields) => fields.iter().find(|(it, _)| it == name),
            _ => None,
        };
        match found {
            Some((_, ty)) if base.may_be_absent() => ty.clone().optional(),
            Some((_, ty)) => ty.clone(),
            None => {
                let kind = match habits::property(base, name) {
                    Some(instead) => Kind::MethodUnknown {
                        of: base.clone().present().to_string(),
                        name: name.to_owned(),
                        instead: Some(instead),
                    },
                    None => property_unknown(base, name),
                };
                self.report(kind, at);
                Type::Any
            }
        }
    }

    pub(super) fn item(
        &mut self,
        it: &ast::GetItem<'_>,
        tree: &ast::Expr<'_>,
        whole: &Expr,
        scope: &mut Scope,
    ) -> Type {
        let base = self.type_of(&it.expr, whole, scope);
        let subscript = self.type_of(&it.subscript_expr, whole, scope);
        let at = place::of(whole, &it.subscript_expr);
        let key = it.subscript_expr.as_const();
        let index = key.as_ref().and_then(minijinja::Value::as_i64);
        let found = match (base.bare(), shape(&subscript)) {
            (Type::Record(_), Shape::Text) => match key.as_ref().and_then(|key| key.as_str()) {
                Some(name) => self.attribute(&base, name, at),
                None => Type::Any,
            },
            (Type::Map(value), Shape::Text) => (**value).clone().optional(),
            (Type::List(item), Shape::Number) => {
                let item = (**item).clone();
                match index.and_then(|index| self.literal_index(&it.expr, index, at, scope)) {
                    Some(true) => item,
                    Some(false) => Type::Any,
                    None if is_first(index) && is_full(&it.expr, scope) => item,
                    None => item.optional(),
                }
            }
            (_, Shape::Any) | (Type::Any | Type::None, _) => Type::Any,
            // `groupby` gives pairs whose halves have names too.
            (Type::Record(fields), Shape::Number) if is_group(&base) => {
                let at = index.and_then(|index| usize::try_from(index).ok());
                let field = at.and_then(|at| fields.get(at));
                field.map_or(Type::Any, |(_, ty)| ty.clone())
            }
            _ if shape(&base) == Shape::Text && shape(&subscript) == Shape::Number => {
                STRING.optional()
            }
            _ => {
                let kind = Kind::SubscriptInvalid {
                    of: base.clone().present().to_string(),
                    takes: takes(&base).to_owned(),
                    found: subscript.to_string(),
                };
                self.report(kind, at);
                Type::Any
            }
        };
        narrowed(found, tree, scope)
    }

    /// Whether a list that is written out has an item, which is reported if it has not; `None`
    /// when its items are not known.
    fn literal_index(
        &mut self,
        list: &ast::Expr<'_>,
        index: i64,
        at: Span,
        scope: &Scope,
    ) -> Option<bool> {
        let items = match list {
            ast::Expr::List(it) => it.items.len(),
            ast::Expr::Tuple(it) => it.items.len(),
            ast::Expr::Var(it) => scope.get(it.id)?.items?,
            _ => return None,
        };
        let asked = usize::try_from(index.unsigned_abs()).ok()?;
        let inside = if index < 0 {
            asked <= items
        } else {
            asked < items
        };
        if !inside {
            self.report(Kind::IndexOutside { index, items }, at);
        }
        Some(inside)
    }

    pub(super) fn slice(&mut self, it: &ast::Slice<'_>, whole: &Expr, scope: &mut Scope) -> Type {
        let base = self.type_of(&it.expr, whole, scope);
        for bound in [&it.start, &it.stop, &it.step].into_iter().flatten() {
            let found = self.type_of(bound, whole, scope);
            let at = place::of(whole, bound);
            let is_none = bound.as_const().is_some_and(|it| it.is_none());
            let found = if is_none {
                INT
            } else {
                self.required(found, "int", bound, whole)
            };
            if !matches!(shape(&found), Shape::Any | Shape::Number)
                || *found.bare() == crate::types::FLOAT
            {
                let kind = Kind::SubscriptInvalid {
                    of: base.clone().present().to_string(),
                    takes: "whole numbers around the `:`".to_owned(),
                    found: found.to_string(),
                };
                self.report(kind, at);
            }
        }
        let step = it.step.as_ref();
        if let Some(step) =
            step.filter(|step| step.as_const().is_some_and(|it| it.as_i64() == Some(0)))
        {
            let kind = Kind::DivisionByZero {
                operator: "[::0]".to_owned(),
            };
            self.report(kind, place::of(whole, step));
        }
        let at = place::of(whole, &it.expr);
        let base = self.required(base, "[any]", &it.expr, whole);
        match (shape(&base), base.bare()) {
            (Shape::Text, _) => STRING,
            (_, list @ Type::List(_)) => list.clone(),
            (Shape::Any, _) => Type::Any,
            _ => {
                let kind = Kind::SubscriptInvalid {
                    of: base.to_string(),
                    takes: "no part from one place to another".to_owned(),
                    found: "a slice".to_owned(),
                };
                self.report(kind, at);
                Type::Any
            }
        }
    }
}

/// The type without its `?` where a condition around it tells that it is there.
pub(super) fn narrowed(found: Type, tree: &ast::Expr<'_>, scope: &Scope) -> Type {
    if !matches!(found, Type::Optional(_)) {
        return found;
    }
    match known::path(tree) {
        Some(path) if scope.is_there(&path) => found.present(),
        _ => found,
    }
}

/// Whether a condition around it tells that a list has items.
pub(super) fn is_full(tree: &ast::Expr<'_>, scope: &Scope) -> bool {
    known::path(tree).is_some_and(|path| scope.is_full(&path))
}

fn is_first(index: Option<i64>) -> bool {
    matches!(index, Some(0 | -1))
}

fn is_group(ty: &Type) -> bool {
    matches!(ty, Type::Named(name, _) if name == super::results::GROUP)
}

/// What may stand in the brackets behind a value, in words.
fn takes(base: &Type) -> &'static str {
    match shape(base) {
        Shape::List | Shape::Text => "a whole number in the brackets",
        Shape::Map => "the name of a field in the brackets",
        _ => "no brackets behind it",
    }
}

fn property_unknown(of: &Type, name: &str) -> Kind {
    let fields = match of.bare() {
        Type::Record(fields) => fields.as_slice(),
        _ => &[],
    };
    let near = nearest(name, fields.iter().map(|(it, _)| it.as_str()));
    let of = match of.clone().present() {
        Type::Record(_) => "this".to_owned(),
        other => format!("a `{other}`"),
    };
    Kind::PropertyUnknown {
        of,
        name: name.to_owned(),
        near: near.map(str::to_owned),
    }
}

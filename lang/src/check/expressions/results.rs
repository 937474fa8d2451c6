//! What filters and functions give, from what goes in.

use std::sync::Arc;

use super::arguments::{Given, find};
use super::place;
use super::shape::{Shape, accepts, items, shape};
use crate::check::Checker;
use crate::diagnostic::{Kind, nearest};
use crate::expr::signatures::{self, FILTERS, Gives, Signature, TESTS};
use crate::syntax::tree::Expr;
use crate::types::{BOOL, FLOAT, INT, STRING, Type};

/// The name of what `groupby` gives for each value. Nobody else makes one.
pub(super) const GROUP: &str = "group";

impl Checker<'_> {
    pub(super) fn result(
        &mut self,
        signature: &Signature,
        input: &Type,
        given: &[Given<'_, '_>],
        whole: &Expr,
    ) -> Type {
        let item = items(input);
        let field = self.named_field(&item, given, whole);
        self.named_test(given, whole);
        match signature.gives {
            Gives::Any => Type::Any,
            Gives::Bool => BOOL,
            Gives::Float => FLOAT,
            Gives::Int => INT,
            Gives::Ints => list(INT),
            Gives::Text => STRING,
            Gives::Texts => list(STRING),
            Gives::Attribute => match given
                .first()
                .map(|it| (it.text(), place::of(whole, it.expr)))
            {
                Some((Some(name), at)) => self.attribute(input, &name, at),
                _ => Type::Any,
            },
            Gives::Chained => given
                .iter()
                .fold(input.clone(), |all, next| chained(&all, &next.ty)),
            Gives::Default => {
                let other = find(given, "value").map_or(STRING, |it| it.ty.clone());
                input.clone().present().join(&other)
            }
            Gives::Dict => dict(given),
            Gives::Groups => {
                let grouper = field.unwrap_or(Type::Any);
                let fields = vec![
                    ("grouper".to_owned(), grouper),
                    ("list".to_owned(), list(item)),
                ];
                list(Type::Named(
                    GROUP.to_owned(),
                    Arc::new(Type::Record(fields)),
                ))
            }
            Gives::Item => item.optional(),
            Gives::Items => list(kept(signature, item, given)),
            Gives::Mapped => list(match (field, find(given, "default")) {
                // The default stands for a field that is not there, and not for `none`.
                (Some(field), Some(other)) => field.join(&other.ty),
                (Some(field), None) => field,
                (None, _) => self.mapped(&item, given, whole),
            }),
            Gives::Parts => list(list(match find(given, "fill_with") {
                Some(fill) if fill.ty != Type::None => item.join(&fill.ty),
                _ => item,
            })),
            Gives::Pairs => list(list(Type::Any)),
            Gives::Same => same(input),
            Gives::Sum => self.sum(field.as_ref().unwrap_or(&item), given, whole),
            Gives::Tuples => {
                let others = given.iter().map(|it| items(&it.ty));
                list(list(others.fold(item, |all, next| all.join(&next))))
            }
        }
    }

    /// The type of the field that `attribute` names, in each item.
    fn named_field(&mut self, item: &Type, given: &[Given<'_, '_>], whole: &Expr) -> Option<Type> {
        let attribute = find(given, "attribute")?;
        let Some(text) = attribute.text() else {
            // Written out or not, something is named.
            return (attribute.ty != Type::None).then_some(Type::Any);
        };
        let mut found = Type::Any;
        // `sort` takes several, with commas between them.
        for path in text.split(',') {
            found = item.clone();
            for part in path.split('.') {
                let name = part.trim();
                let at = place::inside(whole, attribute.expr, &text, name);
                found = match name.parse::<usize>() {
                    Ok(_) => items(&found).optional(),
                    Err(_) => self.attribute(&found, name, at),
                };
            }
        }
        Some(found)
    }

    /// `select("odd")`: whether there is such a test.
    fn named_test(&mut self, given: &[Given<'_, '_>], whole: &Expr) {
        let Some((test, name)) = find(given, "test").and_then(|it| Some((it, it.text()?))) else {
            return;
        };
        // Operators are tests too: `selectattr("size", ">", 3)`.
        let operators = ["==", "!=", "<", "<=", ">", ">="];
        if operators.contains(&name.as_str()) || signatures::find(TESTS, &name).is_some() {
            return;
        }
        let near = nearest(&name, TESTS.iter().map(|it| it.name)).map(str::to_owned);
        let at = place::inside(whole, test.expr, &name, &name);
        self.report(Kind::TestUnknown { name, near }, at);
    }

    /// `map("upper")`: each item through a filter.
    fn mapped(&mut self, item: &Type, given: &[Given<'_, '_>], whole: &Expr) -> Type {
        let Some((filter, name)) = find(given, "filter").and_then(|it| Some((it, it.text()?)))
        else {
            return Type::Any;
        };
        let own = self.library.engine.library_filters();
        if own.contains(&name.as_str()) {
            return list(STRING);
        }
        let at = place::of(whole, filter.expr);
        let Some(signature) = signatures::find(FILTERS, &name) else {
            let known = FILTERS.iter().map(|it| it.name).chain(own.iter().copied());
            let near = nearest(&name, known).map(str::to_owned);
            let at = place::inside(whole, filter.expr, &name, &name);
            self.report(Kind::FilterUnknown { name, near }, at);
            return Type::Any;
        };
        if !accepts(signature.input, item) {
            let kind = Kind::FilterInput {
                name: format!("| {name}"),
                takes: signature.input.words().to_owned(),
                found: item.to_string(),
                instead: None,
            };
            self.report(kind, at);
        }
        // `map("default", 0)`: what stands behind the name goes on to the filter.
        if signature.gives == Gives::Default
            && let Some(other) = given.iter().find(|it| it.param.is_none())
        {
            return item.clone().present().join(&other.ty);
        }
        self.result(signature, item, &[], whole)
    }

    fn sum(&mut self, item: &Type, given: &[Given<'_, '_>], whole: &Expr) -> Type {
        if find(given, "start").is_some() {
            return Type::Any;
        }
        match shape(item) {
            Shape::Number => item.bare().clone(),
            Shape::Bool => INT,
            Shape::Any => Type::Any,
            _ => {
                let kind = Kind::FilterInput {
                    name: "| sum".to_owned(),
                    takes: "a list of numbers".to_owned(),
                    found: list(item.clone()).to_string(),
                    instead: None,
                };
                let at = given
                    .first()
                    .map_or(whole.source.at.0, |it| place::of(whole, it.expr));
                self.report(kind, at);
                Type::Any
            }
        }
    }
}

fn list(item: Type) -> Type {
    Type::List(Box::new(item))
}

/// The items that a filter keeps: `select` without a test keeps none that are absent.
fn kept(signature: &Signature, item: Type, given: &[Given<'_, '_>]) -> Type {
    let test = find(given, "test").map(Given::text);
    match (signature.name, test) {
        ("select", None) => item.present(),
        ("select", Some(Some(test))) if test == "defined" => item.present(),
        ("reject", Some(Some(test))) if test == "none" || test == "undefined" => item.present(),
        _ => item,
    }
}

/// What stays of the same kind: a number, a text, or a list.
fn same(input: &Type) -> Type {
    match shape(input) {
        Shape::Number => input.bare().clone(),
        Shape::Text => STRING,
        Shape::List => input.bare().clone(),
        Shape::Map => list(STRING),
        _ => Type::Any,
    }
}

fn chained(all: &Type, next: &Type) -> Type {
    match (all.bare(), next.bare()) {
        (Type::List(a), Type::List(b)) => list(a.join(b)),
        (Type::Record(a), Type::Record(b)) => {
            let kept = a
                .iter()
                .filter(|(name, _)| !b.iter().any(|(it, _)| it == name));
            Type::Record(kept.chain(b).cloned().collect())
        }
        _ => Type::Any,
    }
}

/// `dict(a=1, b=2)`
fn dict(given: &[Given<'_, '_>]) -> Type {
    let fields = given
        .iter()
        .map(|it| Some((it.name?.to_owned(), it.ty.clone())));
    fields
        .collect::<Option<Vec<_>>>()
        .map_or(Type::Any, Type::Record)
}

//! Evaluation, which is minijinja's.

use std::collections::BTreeMap;

use minijinja::{Environment, UndefinedBehavior};
use serde_json::{Map, Value as Json};

use super::parsed::{bounded, reason};
use super::{Context, ExprError, MAX_NESTING, absent, known, matching, names_in};
use crate::syntax::command::{self, Part};
use crate::syntax::tree::{Expr, LiteralValue, Piece, Template, Value, ValueKind};
use crate::types::{Plain, Type};

/// How many of minijinja's steps one evaluation may take.
const FUEL: u64 = 1_000_000;

/// A function that a library adds to expressions: `value | name`.
pub type Filter = fn(&str) -> Result<Vec<String>, String>;

/// Parses and evaluates. One for a whole check or run.
pub struct Engine {
    environment: Environment<'static>,
    filters: Vec<&'static str>,
}

impl Engine {
    /// An engine with the library's own filters, each from a text to a list of texts.
    #[must_use]
    pub fn new(filters: &[(&'static str, Filter)]) -> Engine {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_fuel(Some(FUEL));
        absent::add(&mut environment);
        environment.add_filter("matching", matching::filter);
        for (name, filter) in filters {
            let filter = *filter;
            environment.add_filter(*name, move |text: &str| {
                filter(text).map_err(|why| {
                    minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, why)
                })
            });
        }
        Engine {
            environment,
            filters: filters.iter().map(|(name, _)| *name).collect(),
        }
    }

    /// The names of the library's own filters.
    #[must_use]
    pub fn library_filters(&self) -> &[&'static str] {
        &self.filters
    }

    /// The value of an expression. What is absent is `null`.
    ///
    /// # Errors
    /// What went wrong, at the expression.
    pub fn expression(&self, expr: &Expr, context: &Context) -> Result<Json, ExprError> {
        let fail = |error: &minijinja::Error| ExprError {
            span: expr.source.at.0,
            why: reason(error),
        };
        bounded(expr)?;
        // A name alone needs no evaluation. One that is not there may be a word of Jinja.
        if let Some(value) = context.get(&expr.source.value) {
            return Ok(value.clone());
        }
        let compiled = self
            .environment
            .compile_expression(&expr.source.value)
            .map_err(|error| fail(&error))?;
        // Only what is used is handed over: a context may hold whole logs.
        let names = names_in(expr);
        let used: BTreeMap<&str, &Json> = names
            .iter()
            .filter_map(|name| Some((name.as_str(), context.get(name)?)))
            .collect();
        let value = compiled
            .eval(minijinja::Value::from(minijinja::value::Serde(&used)))
            .map_err(|error| fail(&error))?;
        if value.is_undefined() {
            return Ok(Json::Null);
        }
        serde_json::to_value(&value).map_err(|error| ExprError {
            span: expr.source.at.0,
            why: error.to_string(),
        })
    }

    /// Whether a condition holds, as Jinja sees it: absent, empty, zero and `false` do not.
    ///
    /// # Errors
    /// As [`Engine::expression`].
    pub fn condition(&self, expr: &Expr, context: &Context) -> Result<bool, ExprError> {
        Ok(match self.expression(expr, context)? {
            Json::Null => false,
            Json::Bool(value) => value,
            Json::Number(number) => number.as_f64() != Some(0.0),
            Json::String(text) => !text.is_empty(),
            Json::Array(items) => !items.is_empty(),
            Json::Object(entries) => !entries.is_empty(),
        })
    }

    /// The value that stands for `wanted`: evaluated, and in that type's own form.
    ///
    /// # Errors
    /// What went wrong, at the part where it did.
    pub fn value(
        &self,
        value: &Value,
        wanted: &Type,
        context: &Context,
    ) -> Result<Json, ExprError> {
        let at = value.at.0;
        let fail = |why: String| ExprError { span: at, why };
        if let (ValueKind::Text(template), Type::Plain(Plain::Command)) =
            (&value.kind, wanted.bare())
        {
            let words = self.command(template, context).and_then(|parts| {
                let parts: Vec<Part<'_>> = parts.iter().map(OwnedPart::part).collect();
                command::assemble(&parts).map_err(fail)
            })?;
            return Ok(Json::String(command::join(&words)));
        }
        let json = match &value.kind {
            ValueKind::Literal(literal) => literal_json(literal.value),
            ValueKind::Text(template) => Json::String(self.text(template, context)?),
            ValueKind::Expr(expr) => self.expression(expr, context)?,
            ValueKind::List(items) => {
                let inner = match wanted.bare() {
                    Type::List(item) => item,
                    _ => &Type::Any,
                };
                let items = items.iter().map(|item| self.value(item, inner, context));
                Json::Array(items.collect::<Result<_, _>>()?)
            }
            ValueKind::Map(entries) => {
                let mut map = Map::new();
                for (name, value) in entries {
                    let inner = match wanted.bare() {
                        Type::Record(fields) => {
                            let field = fields.iter().find(|(it, _)| *it == name.text);
                            field.map(|(_, ty)| ty)
                        }
                        Type::Map(inner) => Some(&**inner),
                        _ => None,
                    };
                    let inner = inner.unwrap_or(&Type::Any);
                    map.insert(name.text.clone(), self.value(value, inner, context)?);
                }
                Json::Object(map)
            }
        };
        let json = wanted.coerce(json).map_err(fail)?;
        match known::is_shallow(&json, MAX_NESTING) {
            true => Ok(json),
            false => Err(fail(format!(
                "it has more than {MAX_NESTING} lists and maps inside of each other"
            ))),
        }
    }

    /// A text with its expressions filled in.
    fn text(&self, template: &Template, context: &Context) -> Result<String, ExprError> {
        let mut text = String::new();
        for part in self.command(template, context)? {
            match part {
                OwnedPart::Written(part) | OwnedPart::Value(part) => text.push_str(&part),
            }
        }
        Ok(text)
    }

    fn command(&self, template: &Template, context: &Context) -> Result<Vec<OwnedPart>, ExprError> {
        template
            .pieces
            .iter()
            .map(|piece| {
                Ok(match piece {
                    Piece::Literal(text) => OwnedPart::Written(text.clone()),
                    Piece::Expr(expr) => match self.expression(expr, context)? {
                        Json::Null => {
                            return Err(ExprError {
                                span: expr.source.at.0,
                                why: "it has no value here".to_owned(),
                            });
                        }
                        Json::String(text) => OwnedPart::Value(text),
                        other => OwnedPart::Value(other.to_string()),
                    },
                })
            })
            .collect()
    }
}

/// A piece of a filled-in text.
enum OwnedPart {
    Written(String),
    Value(String),
}

impl OwnedPart {
    fn part(&self) -> Part<'_> {
        match self {
            OwnedPart::Written(text) => Part::Written(text),
            OwnedPart::Value(text) => Part::Value(text),
        }
    }
}

/// The value of a literal in its type's own form: milliseconds, millionths of a dollar, bytes.
#[must_use]
pub fn literal_json(value: LiteralValue) -> Json {
    match value {
        LiteralValue::None => Json::Null,
        LiteralValue::Bool(value) => Json::from(value),
        LiteralValue::Int(value) => Json::from(value),
        LiteralValue::Float(value) => Json::from(value),
        LiteralValue::Duration(value) | LiteralValue::Money(value) | LiteralValue::Size(value) => {
            Json::from(value)
        }
    }
}

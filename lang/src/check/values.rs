//! Whether a written value fits where it stands.

use super::Checker;
use super::scope::{Scope, What};
use crate::diagnostic::{Diagnostic, Kind, nearest};
use crate::source::Span;
use crate::syntax::tree::{Expr, LiteralValue, Piece, Template, Value, ValueKind};
use crate::types::{BOOL, FLOAT, Fields, INT, Plain, STRING, Type};

impl Checker<'_> {
    /// Checks `value` where `wanted` is asked for. `what` names the place in a message.
    pub(super) fn value(
        &mut self,
        value: &Value,
        wanted: &Type,
        what: &str,
        scope: &mut Scope,
    ) -> Type {
        let at = value.at.0;
        match &value.kind {
            ValueKind::Literal(literal) => {
                let found = literal_type(literal.value);
                self.fits(&found, wanted, what, at);
                found
            }
            ValueKind::Text(template) => self.text(template, wanted, what, at, scope),
            ValueKind::Expr(expr) => {
                let found = self.expression(expr, scope);
                if found == STRING && is_choice_of(expr, wanted) {
                    return wanted.clone();
                }
                self.fits(&found, wanted, what, expr.source.at.0);
                found
            }
            ValueKind::List(items) => match wanted.bare() {
                Type::List(item) => {
                    for value in items {
                        self.value(value, item, &format!("an item of {what}"), scope);
                    }
                    wanted.clone()
                }
                _ => {
                    let types: Vec<Type> = items
                        .iter()
                        .map(|value| self.value(value, &Type::Any, what, scope))
                        .collect();
                    let inner = types.into_iter().reduce(|a, b| a.join(&b));
                    let found = Type::List(Box::new(inner.unwrap_or(Type::Any)));
                    self.fits(&found, wanted, what, at);
                    found
                }
            },
            ValueKind::Map(entries) => match wanted.bare() {
                Type::Map(inner) => {
                    for (name, value) in entries {
                        self.value(value, inner, &format!("`{name}`"), scope);
                    }
                    wanted.clone()
                }
                Type::Record(fields) if !wanted.is_sealed() => {
                    let fields = fields.clone();
                    self.record(entries, &fields, what, at, scope);
                    wanted.clone()
                }
                _ => {
                    let mut fields = Fields::default();
                    for (name, value) in entries {
                        let ty = self.value(value, &Type::Any, what, scope);
                        fields.push(&name.text, ty);
                    }
                    let found = fields.into_type();
                    self.fits(&found, wanted, what, at);
                    found
                }
            },
        }
    }

    fn record(
        &mut self,
        entries: &[(crate::syntax::tree::Ident, Value)],
        fields: &[(String, Type)],
        what: &str,
        at: Span,
        scope: &mut Scope,
    ) {
        for (name, value) in entries {
            match fields.iter().find(|(it, _)| *it == name.text) {
                Some((_, ty)) => {
                    self.value(value, ty, &format!("`{name}`"), scope);
                }
                None => {
                    // A field that is given already is not meant.
                    let given = |field: &str| entries.iter().any(|(it, _)| it.text == field);
                    let known = fields.iter().map(|(it, _)| it.as_str());
                    let near = nearest(&name.text, known.filter(|it| !given(it)));
                    self.report(
                        Kind::PropertyUnknown {
                            of: what.to_owned(),
                            name: name.text.clone(),
                            near: near.map(str::to_owned),
                        },
                        name.at.0,
                    );
                }
            }
        }
        for (name, ty) in fields {
            if !ty.may_be_absent() && !entries.iter().any(|(it, _)| it.text == *name) {
                self.report(
                    Kind::ArgumentMissing {
                        action: what.to_owned(),
                        name: name.clone(),
                        ty: ty.to_string(),
                    },
                    at,
                );
            }
        }
    }

    /// A text: what its expressions are, and whether it can be what is asked for.
    fn text(
        &mut self,
        template: &Template,
        wanted: &Type,
        what: &str,
        at: Span,
        scope: &mut Scope,
    ) -> Type {
        for piece in &template.pieces {
            if let Piece::Expr(expr) = piece {
                let found = self.expression(expr, scope);
                if found.may_be_absent() {
                    self.report(
                        Kind::OptionalUnhandled {
                            found: found.to_string(),
                            expected: "string".to_owned(),
                        },
                        expr.source.at.0,
                    );
                }
            }
        }
        let literal = template.as_literal();
        match (wanted.bare(), literal) {
            (Type::Plain(Plain::Verifier), Some(name)) => {
                self.verifier_named(name, at, scope);
                return Type::Plain(Plain::Verifier);
            }
            (Type::Plain(plain), Some(text)) => self.literal_text(*plain, text, what, at),
            (Type::Choice(choices), Some(text)) if !choices.iter().any(|one| one == text) => {
                let near = nearest(text, choices.iter().map(String::as_str));
                let found = Diagnostic::new(
                    Kind::TypeMismatch {
                        what: what.to_owned(),
                        expected: wanted.to_string(),
                        found: format!("\"{text}\""),
                    },
                    at,
                );
                self.diagnostics.push(match near {
                    Some(near) => found.fix(
                        format!("write \"{near}\""),
                        vec![(at, format!("\"{near}\""))],
                    ),
                    None => found,
                });
            }
            (Type::Choice(_), Some(_)) => {}
            // Filled in when it runs: its parts are kept apart there, so it may be a command.
            (Type::Plain(Plain::Command), None) => {}
            (Type::Any, _) => return STRING,
            _ => self.fits(&STRING, wanted, what, at),
        }
        wanted.clone()
    }

    fn verifier_named(&mut self, name: &str, at: Span, scope: &mut Scope) {
        if let Some(found) = scope.look_up(name)
            && found.what == What::Verifier
        {
            return;
        }
        let verifiers = scope.all().filter(|(_, it)| it.what == What::Verifier);
        let near = self
            .diagnostics
            .nearest(name, verifiers.map(|(name, _)| name))
            .map(str::to_owned);
        let name = name.to_owned();
        self.report(Kind::NameUnknown { name, near }, at);
    }

    /// A text without expressions where a plain type is asked for.
    fn literal_text(&mut self, plain: Plain, text: &str, what: &str, at: Span) {
        let wanted = Type::Plain(plain);
        if !plain.is_text()
            && plain != Plain::Duration
            && plain != Plain::Money
            && plain != Plain::Size
        {
            self.fits(&STRING, &wanted, what, at);
            return;
        }
        let Err(why) = wanted.coerce(serde_json::Value::from(text)) else {
            return;
        };
        // The message names the text itself; only the reason behind the colon is kept.
        let why = why
            .split_once(": ")
            .map_or(why.clone(), |(_, why)| why.to_owned());
        let text = text.to_owned();
        let kind = match plain {
            Plain::Command => Kind::CommandInvalid { why },
            Plain::Path => Kind::PathInvalid { path: text, why },
            Plain::Glob => Kind::GlobInvalid { pattern: text, why },
            _ => Kind::LiteralInvalid { raw: text },
        };
        self.report(kind, at);
    }

    /// Reports a type that does not fit.
    pub(super) fn fits(&mut self, found: &Type, wanted: &Type, what: &str, at: Span) {
        if found.fits(wanted) {
            return;
        }
        let absent = match found {
            Type::Optional(inner) => inner.fits(wanted),
            _ => false,
        };
        let kind = if absent {
            Kind::OptionalUnhandled {
                found: found.to_string(),
                expected: wanted.to_string(),
            }
        } else {
            Kind::TypeMismatch {
                what: what.to_owned(),
                expected: wanted.to_string(),
                found: found.to_string(),
            }
        };
        self.report(kind, at);
    }
}

/// Whether an expression gives nothing but texts that are written out in it and are choices of
/// `wanted`: `"small" if quick else "large"`.
fn is_choice_of(expr: &Expr, wanted: &Type) -> bool {
    let Type::Choice(choices) = wanted.bare() else {
        return false;
    };
    let texts = Checker::written_texts(expr);
    texts.is_some_and(|texts| texts.iter().all(|text| choices.contains(text)))
}

fn literal_type(value: LiteralValue) -> Type {
    match value {
        LiteralValue::None => Type::None,
        LiteralValue::Bool(_) => BOOL,
        LiteralValue::Int(_) => INT,
        LiteralValue::Float(_) => FLOAT,
        LiteralValue::Duration(_) => Type::Plain(Plain::Duration),
        LiteralValue::Money(_) => Type::Plain(Plain::Money),
        LiteralValue::Size(_) => Type::Plain(Plain::Size),
    }
}

//! Values from outside, turned into a type's own form.

use serde_json::Value as Json;

use super::{Plain, Type};
use crate::glob;
use crate::syntax::command;
use crate::syntax::literal;

impl Type {
    /// Turns a value that came from outside (a text on the command line) into this
    /// type's own form: durations are milliseconds, money millionths of a dollar, sizes bytes,
    /// commands and paths are checked texts.
    ///
    /// # Errors
    /// Why the value is none of this type, as a clause.
    pub fn coerce(&self, value: Json) -> Result<Json, String> {
        match (self, value) {
            (Type::Any, value) => Ok(value),
            (Type::None | Type::Optional(_), Json::Null) => Ok(Json::Null),
            (Type::Optional(inner) | Type::Untrusted(inner), value) => inner.coerce(value),
            // What only actions make may hold more than its face says.
            (Type::Named(_, inner), Json::Object(entries)) if self.is_sealed() => {
                let known = inner.coerce(Json::Object(entries.clone()))?;
                let mut all = entries;
                if let Json::Object(known) = known {
                    all.extend(known);
                }
                Ok(Json::Object(all))
            }
            (Type::Named(_, inner), value) => inner.coerce(value),
            (Type::Plain(plain), value) => plain.coerce(value),
            (Type::Choice(choices), Json::String(text)) if choices.contains(&text) => {
                Ok(Json::String(text))
            }
            (Type::List(item), Json::Array(items)) => items
                .into_iter()
                .map(|value| item.coerce(value))
                .collect::<Result<_, _>>()
                .map(Json::Array),
            (Type::Map(inner), Json::Object(entries)) => entries
                .into_iter()
                .map(|(name, value)| {
                    let value = inner.coerce(value);
                    let value = value.map_err(|why| format!("in `{name}`, {why}"))?;
                    Ok((name, value))
                })
                .collect::<Result<_, _>>()
                .map(Json::Object),
            // A record may stand for one with fewer fields, which then has no others.
            (Type::Record(fields), Json::Object(mut entries)) => fields
                .iter()
                .map(|(name, ty)| {
                    let value = entries.remove(name).unwrap_or(Json::Null);
                    let value = ty.coerce(value);
                    let value = value.map_err(|why| format!("in `{name}`, {why}"))?;
                    Ok((name.clone(), value))
                })
                .collect::<Result<_, _>>()
                .map(Json::Object),
            (wanted, Json::String(text))
                if matches!(wanted, Type::List(_) | Type::Map(_) | Type::Record(_)) =>
            {
                match serde_json::from_str(&text) {
                    Ok(value) => wanted.coerce(value),
                    Err(_) => Err(format!("it must be `{wanted}`, written as JSON")),
                }
            }
            (wanted, value) => Err(format!("it must be `{wanted}`, and is {}", shown(&value))),
        }
    }
}

impl Plain {
    fn coerce(self, value: Json) -> Result<Json, String> {
        let wanted = Type::Plain(self);
        let wrong = |value: &Json| Err(format!("it must be `{wanted}`, and is {}", shown(value)));
        match (self, &value) {
            (Plain::Verifier, Json::Object(_)) => Ok(value),
            (Plain::Bool, Json::Bool(_)) => Ok(value),
            (Plain::Int, Json::Number(n)) if n.is_i64() || n.is_u64() => Ok(value),
            (Plain::Duration | Plain::Money | Plain::Size, Json::Number(n)) if n.is_u64() => {
                Ok(value)
            }
            // JSON has one kind of number: `3.0` is whole.
            (Plain::Int | Plain::Duration | Plain::Money | Plain::Size, Json::Number(n)) => {
                match n.as_f64().and_then(whole) {
                    Some(n) if n >= 0 || self == Plain::Int => Ok(Json::from(n)),
                    _ => wrong(&value),
                }
            }
            (Plain::Float, Json::Number(_)) => Ok(value),
            (_, Json::String(text)) => self.parse(text),
            _ => wrong(&value),
        }
    }

    /// Reads a text as this type.
    fn parse(self, text: &str) -> Result<Json, String> {
        let unit = |value: Option<u64>, example: &str| {
            value
                .map(Json::from)
                .ok_or_else(|| format!("`{text}` is not like `{example}`"))
        };
        match self {
            Plain::Bool => match text {
                "true" => Ok(Json::Bool(true)),
                "false" => Ok(Json::Bool(false)),
                _ => Err(format!("`{text}` is neither `true` nor `false`")),
            },
            Plain::Int => match literal::parse(text).map(|it| it.value) {
                Some(crate::syntax::tree::LiteralValue::Int(n)) => Ok(Json::from(n)),
                _ => Err(format!("`{text}` is not a whole number")),
            },
            Plain::Float => match text
                .parse::<f64>()
                .ok()
                .and_then(serde_json::Number::from_f64)
            {
                Some(n) => Ok(Json::Number(n)),
                None => Err(format!("`{text}` is not a number")),
            },
            Plain::Duration => unit(literal::duration(text), "30m"),
            Plain::Money => unit(literal::money(text), "$2"),
            Plain::Size => unit(literal::size(text), "10MB"),
            Plain::Command => command::words(text)
                .map(|words| Json::String(command::join(&words)))
                .map_err(|why| format!("`{text}` is not a command: {why}")),
            Plain::Path => match glob::check_path(text) {
                Ok(()) => Ok(Json::from(text)),
                Err(why) => Err(format!("`{text}` is not a path: {why}")),
            },
            Plain::Glob => match glob::Glob::new(text) {
                Ok(_) => Ok(Json::from(text)),
                Err(why) => Err(format!("`{text}` is not a path pattern: {why}")),
            },
            _ => Ok(Json::from(text)),
        }
    }
}

/// A number without a fraction that is exact.
fn whole(n: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[allow(
        clippy::cast_possible_truncation,
        reason = "it is whole, and small enough"
    )]
    (n.fract() == 0.0 && n.abs() < EXACT).then_some(n as i64)
}

/// A value in a few words, for a message.
pub(super) fn shown(value: &Json) -> String {
    match value {
        Json::Null => "absent".to_owned(),
        Json::Bool(_) | Json::Number(_) => format!("`{value}`"),
        Json::String(text) if text.len() <= 40 => format!("the text `{text}`"),
        Json::String(_) => "a long text".to_owned(),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "a map".to_owned(),
    }
}

//! Types of values, and which of them may stand where.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value as Json;

use crate::syntax::command;
use crate::syntax::literal;
use crate::syntax::tree::{TypeExpr, TypeExprKind};
use crate::{diagnostic, glob};

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Nothing is known of it; it may stand everywhere.
    Any,
    /// Only `none`.
    None,
    /// A built-in type without parts.
    Plain(Plain),
    /// `[T]`
    List(Box<Type>),
    /// `{ a: T }`
    Record(Vec<(String, Type)>),
    /// A type with a name of its own: only itself is the same.
    Named(String, Box<Type>),
    /// `T?`
    Optional(Box<Type>),
    /// `"a" or "b"`
    Choice(Vec<String>),
}

/// The built-in types without parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is named as in the language")]
pub enum Plain {
    Bool,
    Command,
    Duration,
    File,
    Float,
    Glob,
    Int,
    Issue,
    Money,
    Path,
    Secret,
    Size,
    String,
    Tree,
    Url,
    Verifier,
}

impl Plain {
    const ALL: [(Plain, &'static str); 16] = [
        (Plain::Bool, "bool"),
        (Plain::Command, "command"),
        (Plain::Duration, "duration"),
        (Plain::File, "file"),
        (Plain::Float, "float"),
        (Plain::Glob, "glob"),
        (Plain::Int, "int"),
        (Plain::Issue, "issue"),
        (Plain::Money, "money"),
        (Plain::Path, "path"),
        (Plain::Secret, "secret"),
        (Plain::Size, "size"),
        (Plain::String, "string"),
        (Plain::Tree, "tree"),
        (Plain::Url, "url"),
        (Plain::Verifier, "verifier"),
    ];

    /// Whether its values are texts.
    #[must_use]
    pub fn is_text(self) -> bool {
        use Plain::{Command, File, Glob, Issue, Path, String, Tree, Url};
        matches!(
            self,
            Command | File | Glob | Issue | Path | String | Tree | Url
        )
    }
}

/// What shows a [`Plain`] type.
pub const STRING: Type = Type::Plain(Plain::String);
/// See [`STRING`].
pub const BOOL: Type = Type::Plain(Plain::Bool);
/// See [`STRING`].
pub const INT: Type = Type::Plain(Plain::Int);
/// See [`STRING`].
pub const FLOAT: Type = Type::Plain(Plain::Float);

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Any => f.write_str("any"),
            Type::None => f.write_str("none"),
            Type::Plain(plain) => {
                let (_, name) = Plain::ALL
                    .iter()
                    .find(|(it, _)| it == plain)
                    .unwrap_or(&Plain::ALL[0]);
                f.write_str(name)
            }
            Type::List(item) => write!(f, "[{item}]"),
            Type::Record(fields) => {
                f.write_str("{ ")?;
                for (at, (name, ty)) in fields.iter().enumerate() {
                    let comma = if at > 0 { ", " } else { "" };
                    write!(f, "{comma}{name}: {ty}")?;
                }
                f.write_str(" }")
            }
            Type::Named(name, _) => f.write_str(name),
            Type::Optional(inner) => write!(f, "{inner}?"),
            Type::Choice(choices) => {
                let quoted: Vec<String> = choices.iter().map(|one| format!("\"{one}\"")).collect();
                f.write_str(&quoted.join(" or "))
            }
        }
    }
}

/// A type that does not exist, with the nearest that does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownType {
    /// The unknown name.
    pub name: String,
    /// The nearest name.
    pub near: Option<String>,
}

impl Type {
    /// The type that is written so, `named` being the file's and the library's own types.
    ///
    /// # Errors
    /// The first name that is no type.
    pub fn resolve(
        written: &TypeExpr,
        named: &BTreeMap<String, Type>,
    ) -> Result<Type, UnknownType> {
        Ok(match &written.kind {
            TypeExprKind::Name(name) => {
                if let Some((plain, _)) = Plain::ALL.iter().find(|(_, word)| word == name) {
                    Type::Plain(*plain)
                } else if name == "any" {
                    Type::Any
                } else if name == "none" {
                    Type::None
                } else if let Some(ty) = named.get(name) {
                    Type::Named(name.clone(), Box::new(ty.clone()))
                } else {
                    let words = Plain::ALL.iter().map(|(_, word)| *word);
                    let known = words.chain(named.keys().map(String::as_str));
                    return Err(UnknownType {
                        name: name.clone(),
                        near: diagnostic::nearest(name, known).map(str::to_owned),
                    });
                }
            }
            TypeExprKind::List(item) => Type::List(Box::new(Type::resolve(item, named)?)),
            TypeExprKind::Optional(inner) => Type::resolve(inner, named)?.optional(),
            TypeExprKind::Record(fields) => Type::Record(
                fields
                    .iter()
                    .map(|(name, ty)| Ok((name.text.clone(), Type::resolve(ty, named)?)))
                    .collect::<Result<_, _>>()?,
            ),
            TypeExprKind::Choice(choices) => Type::Choice(choices.clone()),
        })
    }

    /// `T?`, once.
    #[must_use]
    pub fn optional(self) -> Type {
        match self {
            Type::Any | Type::None | Type::Optional(_) => self,
            other => Type::Optional(Box::new(other)),
        }
    }

    /// Itself without its `?` and its name.
    #[must_use]
    pub fn bare(&self) -> &Type {
        match self {
            Type::Named(_, inner) | Type::Optional(inner) => inner.bare(),
            other => other,
        }
    }

    /// Whether only an action can make a value of it: a `verdict`, a `proof`, a `commit`. Such
    /// types are named in small letters. A record that looks like one is none.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        match self {
            Type::Named(name, _) => name.starts_with(|c: char| c.is_ascii_lowercase()),
            Type::Optional(inner) => inner.is_sealed(),
            _ => false,
        }
    }

    /// Whether `none` may stand for it.
    #[must_use]
    pub fn may_be_absent(&self) -> bool {
        matches!(self, Type::Optional(_) | Type::None)
    }

    /// Whether a value of this type may stand where `wanted` is asked for.
    #[must_use]
    pub fn fits(&self, wanted: &Type) -> bool {
        use Plain::{Command, Float, Int, Secret, String as Text, Verifier};
        match (self, wanted) {
            (Type::Any, _) | (_, Type::Any) => true,
            (Type::None, Type::Optional(_) | Type::None) => true,
            (Type::Optional(a), Type::Optional(b)) => a.fits(b),
            (a, Type::Optional(b)) => a.fits(b),
            (Type::Plain(a), Type::Plain(b)) if a == b => true,
            (Type::Plain(Int), Type::Plain(Float)) => true,
            // A text may become a path or a name and is then checked when it is there, but it
            // never becomes a command: that is what a `command` input is for.
            (Type::Plain(a), Type::Plain(b)) => {
                a.is_text() && b.is_text() && !matches!(b, Command | Secret | Verifier)
            }
            (Type::Choice(_), Type::Plain(Text)) => true,
            (Type::Choice(a), Type::Choice(b)) => a.iter().all(|one| b.contains(one)),
            (Type::List(a), Type::List(b)) => a.fits(b),
            (Type::Named(a, _), Type::Named(b, _)) => a == b,
            (Type::Named(_, a), b @ Type::Record(_)) => a.fits(b),
            (a @ Type::Record(_), b @ Type::Named(_, inner)) => !b.is_sealed() && a.fits(inner),
            (Type::Record(a), Type::Record(b)) => {
                b.iter()
                    .all(|(name, wanted)| match a.iter().find(|(it, _)| it == name) {
                        Some((_, ty)) => ty.fits(wanted),
                        None => wanted.may_be_absent(),
                    })
            }
            _ => false,
        }
    }

    /// Turns a value that came from outside (a text on the command line, a result) into this
    /// type's own form: durations are milliseconds, money millionths of a dollar, sizes bytes,
    /// commands and paths are checked texts.
    ///
    /// # Errors
    /// Why the value is none of this type, as a clause.
    pub fn coerce(&self, value: Json) -> Result<Json, String> {
        match (self, value) {
            (Type::Any, value) => Ok(value),
            (Type::None | Type::Optional(_), Json::Null) => Ok(Json::Null),
            (Type::Optional(inner) | Type::Named(_, inner), value) => inner.coerce(value),
            (Type::Plain(plain), value) => plain.coerce(value),
            (Type::Choice(choices), Json::String(text)) if choices.contains(&text) => {
                Ok(Json::String(text))
            }
            (Type::List(item), Json::Array(items)) => items
                .into_iter()
                .map(|value| item.coerce(value))
                .collect::<Result<_, _>>()
                .map(Json::Array),
            (Type::Record(fields), Json::Object(mut entries)) => {
                for (name, ty) in fields {
                    let value = entries.remove(name).unwrap_or(Json::Null);
                    let value = ty
                        .coerce(value)
                        .map_err(|why| format!("in `{name}`, {why}"))?;
                    entries.insert(name.clone(), value);
                }
                Ok(Json::Object(entries))
            }
            (wanted, Json::String(text)) if matches!(wanted, Type::List(_) | Type::Record(_)) => {
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
            (Plain::Int | Plain::Duration | Plain::Money | Plain::Size, Json::Number(n))
                if n.is_i64() || n.is_u64() =>
            {
                Ok(value)
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

/// A value in a few words, for a message.
fn shown(value: &Json) -> String {
    match value {
        Json::Null => "absent".to_owned(),
        Json::Bool(_) | Json::Number(_) => format!("`{value}`"),
        Json::String(text) if text.len() <= 40 => format!("the text `{text}`"),
        Json::String(_) => "a long text".to_owned(),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "a map".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_never_becomes_a_command() {
        assert!(!STRING.fits(&Type::Plain(Plain::Command)));
        assert!(Type::Plain(Plain::Command).fits(&STRING));
        assert!(STRING.fits(&Type::Plain(Plain::Path)));
    }

    #[test]
    fn what_may_be_absent_does_not_fit_where_it_may_not() {
        assert!(!STRING.optional().fits(&STRING));
        assert!(STRING.fits(&STRING.optional()));
        assert!(Type::None.fits(&INT.optional()));
        assert!(!Type::None.fits(&INT));
    }

    #[test]
    fn types_with_names_are_only_themselves() {
        let named = |name: &str| Type::Named(name.to_owned(), Box::new(Type::Record(vec![])));
        assert!(!named("verdict").fits(&named("commit")));
        assert!(named("verdict").fits(&named("verdict")));
    }

    #[test]
    fn values_from_outside() {
        let coerce = |plain, text: &str| Type::Plain(plain).coerce(json!(text));
        assert_eq!(coerce(Plain::Duration, "30s"), Ok(json!(30_000)));
        assert_eq!(coerce(Plain::Command, "a  'b c'"), Ok(json!("a 'b c'")));
        assert!(coerce(Plain::Command, "a | b").is_err());
        assert!(coerce(Plain::Path, "../x").is_err());
        assert_eq!(coerce(Plain::Int, "200k"), Ok(json!(200_000)));
        assert_eq!(
            Type::List(Box::new(INT)).coerce(json!("[1, 2]")),
            Ok(json!([1, 2]))
        );
    }
}

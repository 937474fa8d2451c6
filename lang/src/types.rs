//! Types of values, and which of them may stand where.

mod coerce;
mod fits;
mod given;
mod json_schema;
mod plain;
mod resolve;
mod size;

use std::fmt;
use std::sync::Arc;

pub use self::json_schema::Docs;
pub use self::plain::Plain;
pub use self::resolve::Unresolved;
pub(crate) use self::size::Fields;
pub use self::size::{MAX_DEPTH, MAX_PARTS};

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
    /// `{T}`: texts, each with a value.
    Map(Box<Type>),
    /// `{ a: T }`
    Record(Vec<(String, Type)>),
    /// A type with a name of its own: only itself is the same.
    Named(String, Arc<Type>),
    /// `T?`
    Optional(Box<Type>),
    /// `"a" or "b"`
    Choice(Vec<String>),
    /// `untrusted T`: a `T` that comes from outside. It may stand wherever a `T` may; where its
    /// value may go is followed by its own pass.
    Untrusted(Box<Type>),
}

/// What shows a [`Plain`] type.
pub const STRING: Type = Type::Plain(Plain::String);
/// See [`STRING`].
pub const BOOL: Type = Type::Plain(Plain::Bool);
/// See [`STRING`].
pub const INT: Type = Type::Plain(Plain::Int);
/// See [`STRING`].
pub const FLOAT: Type = Type::Plain(Plain::Float);

impl Type {
    /// `T?`, once.
    #[must_use]
    pub fn optional(self) -> Type {
        match self {
            Type::Any | Type::None | Type::Optional(_) => self,
            other => Type::Optional(Box::new(other)),
        }
    }

    /// `untrusted T`, once, and within its `?`: whether there is a value is then part of it.
    #[must_use]
    pub fn untrusted(self) -> Type {
        match self {
            Type::None | Type::Untrusted(_) => self,
            Type::Optional(inner) => inner.untrusted().optional(),
            other => Type::Untrusted(Box::new(other)),
        }
    }

    /// Itself without its `?`.
    #[must_use]
    pub fn present(self) -> Type {
        match self {
            Type::Optional(inner) => *inner,
            other => other,
        }
    }

    /// Itself without its `?`, its name and its `untrusted`.
    #[must_use]
    pub fn bare(&self) -> &Type {
        match self {
            Type::Named(_, inner) => inner.bare(),
            Type::Optional(inner) | Type::Untrusted(inner) => inner.bare(),
            other => other,
        }
    }

    /// Whether only an action can make a value of it: a `verdict`, a `proof`, a `commit`. Such
    /// types are named in small letters. A record that looks like one is none.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        match self {
            Type::Named(name, _) => own_name(name).starts_with(|c: char| c.is_ascii_lowercase()),
            Type::Optional(inner) | Type::Untrusted(inner) => inner.is_sealed(),
            _ => false,
        }
    }

    /// Whether its JSON may be `null`, or be left out of a record.
    #[must_use]
    pub fn takes_null(&self) -> bool {
        match self {
            Type::Any | Type::None | Type::Optional(_) => true,
            Type::Named(_, inner) => inner.takes_null(),
            _ => false,
        }
    }

    /// Whether `none` may stand for it.
    #[must_use]
    pub fn may_be_absent(&self) -> bool {
        matches!(self, Type::Optional(_) | Type::None)
    }
}

/// The name of a type in its own file: `Verdict` of `review.Verdict`.
pub(crate) fn own_name(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Any => f.write_str("any"),
            Type::None => f.write_str("none"),
            Type::Plain(plain) => write!(f, "{plain}"),
            Type::List(item) => write!(f, "[{item}]"),
            Type::Map(value) => write!(f, "{{{value}}}"),
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
            Type::Untrusted(inner) => write!(f, "untrusted {inner}"),
            Type::Choice(choices) => {
                let quoted: Vec<String> = choices.iter().map(|one| format!("\"{one}\"")).collect();
                f.write_str(&quoted.join(" or "))
            }
        }
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
        let named = |name: &str| Type::Named(name.to_owned(), Arc::new(Type::Record(vec![])));
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

//! Types as they are written.

use super::{Doc, Ident, Trivia};
use crate::source::At;

/// A named type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeItem {
    /// Its name.
    pub name: Ident,
    /// What it stands for.
    pub ty: TypeExpr,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// A type as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeExpr {
    /// What it says.
    pub kind: TypeExprKind,
    /// Its place.
    pub at: At,
}

impl TypeExpr {
    /// Whether it is this name, perhaps as optional.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        match &self.kind {
            TypeExprKind::Name(it) => it == name,
            TypeExprKind::Optional(inner) | TypeExprKind::Untrusted(inner) => inner.is_named(name),
            _ => false,
        }
    }
}

/// See [`TypeExpr`].
#[derive(Clone, Debug, PartialEq)]
pub enum TypeExprKind {
    /// `string`, `Edited`, `review.Verdict`
    Name(String),
    /// `[T]`
    List(Box<TypeExpr>),
    /// `T?`
    Optional(Box<TypeExpr>),
    /// `{T}`: texts, each with a value.
    Map(Box<TypeExpr>),
    /// `{ a: T, b: U }`
    Record(Vec<(Ident, TypeExpr)>),
    /// `"a" or "b"`
    Choice(Vec<String>),
    /// `untrusted T`: comes from outside; see taint.
    Untrusted(Box<TypeExpr>),
}

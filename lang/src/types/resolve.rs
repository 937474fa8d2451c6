//! From a written type to the type it names.

use std::collections::BTreeMap;

use super::{Plain, Type};
use crate::diagnostic;
use crate::syntax::tree::{TypeExpr, TypeExprKind};

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
            TypeExprKind::Untrusted(inner) => Type::resolve(inner, named)?,
        })
    }
}

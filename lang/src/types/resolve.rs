//! From a written type to the type it names.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Plain, Type};
use crate::diagnostic::{Diagnostic, Kind, nearest};
use crate::source::Span;
use crate::syntax::tree::{TypeExpr, TypeExprKind};

/// Why a written type stands for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// A name in it is that of no type.
    Unknown {
        /// The unknown name.
        name: String,
        /// The nearest name.
        near: Option<String>,
        /// Where it stands.
        at: Span,
    },
    /// It is not [bounded](Type::is_bounded).
    TooLarge,
}

impl Unresolved {
    /// What is reported of a type that stands at `whole`.
    #[must_use]
    pub fn diagnostic(self, whole: Span) -> Diagnostic {
        match self {
            Unresolved::Unknown { name, near, at } => {
                Diagnostic::new(Kind::TypeUnknown { name, near }, at)
            }
            Unresolved::TooLarge => Diagnostic::new(Kind::TypeTooLarge, whole),
        }
    }
}

impl Type {
    /// The type that is written so, `named` being the file's and the library's own types.
    ///
    /// # Errors
    /// The first name that is no type; or it is too large.
    pub fn resolve(
        written: &TypeExpr,
        named: &BTreeMap<String, Arc<Type>>,
    ) -> Result<Type, Unresolved> {
        let ty = Type::read(written, named)?;
        match ty.is_bounded() {
            true => Ok(ty),
            false => Err(Unresolved::TooLarge),
        }
    }

    fn read(written: &TypeExpr, named: &BTreeMap<String, Arc<Type>>) -> Result<Type, Unresolved> {
        Ok(match &written.kind {
            TypeExprKind::Name(name) => {
                if let Some((plain, _)) = Plain::ALL.iter().find(|(_, word)| word == name) {
                    Type::Plain(*plain)
                } else if name == "any" {
                    Type::Any
                } else if name == "none" {
                    Type::None
                } else if let Some(ty) = named.get(name) {
                    Type::Named(name.clone(), ty.clone())
                } else if is_of_broken_file(name, named) {
                    Type::Any
                } else {
                    let words = Plain::ALL.iter().map(|(_, word)| *word);
                    let known = words.chain(named.keys().map(String::as_str));
                    return Err(Unresolved::Unknown {
                        name: name.clone(),
                        near: nearest(name, known).map(str::to_owned),
                        at: written.at.0,
                    });
                }
            }
            TypeExprKind::List(item) => Type::List(Box::new(Type::read(item, named)?)),
            TypeExprKind::Map(value) => Type::Map(Box::new(Type::read(value, named)?)),
            TypeExprKind::Optional(inner) => Type::read(inner, named)?.optional(),
            TypeExprKind::Record(fields) => Type::Record(
                fields
                    .iter()
                    .map(|(name, ty)| Ok((name.text.clone(), Type::read(ty, named)?)))
                    .collect::<Result<_, _>>()?,
            ),
            TypeExprKind::Choice(choices) => Type::Choice(choices.clone()),
            TypeExprKind::Untrusted(inner) => Type::read(inner, named)?.untrusted(),
        })
    }
}

/// Whether a type is of a file that could not be read, which its own entry says.
fn is_of_broken_file(name: &str, named: &BTreeMap<String, Arc<Type>>) -> bool {
    let file = name.split_once('.').map(|(file, _)| format!("{file}."));
    file.is_some_and(|file| named.contains_key(&file))
}

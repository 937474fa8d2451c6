//! Which type may stand where another is asked for, and which holds the values of two.

use super::{Plain, Type, own_name};

impl Type {
    /// Whether a value of this type may stand where `wanted` is asked for.
    #[must_use]
    pub fn fits(&self, wanted: &Type) -> bool {
        use Plain::{Command, Float, Int, Secret, String as Text, Verifier};
        match (self, wanted) {
            (Type::Any, _) | (_, Type::Any) => true,
            // Where it may go is not a question of its type.
            (Type::Untrusted(a), b) => a.fits(b),
            (a, Type::Untrusted(b)) => a.fits(b),
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
            (Type::List(a), Type::List(b)) | (Type::Map(a), Type::Map(b)) => a.fits(b),
            (Type::Record(fields), Type::Map(value)) => fields.iter().all(|(_, ty)| ty.fits(value)),
            // The same type has another name in each file that uses it.
            (Type::Named(a, inner), Type::Named(b, other)) => {
                a == b || own_name(a) == own_name(b) && inner == other
            }
            (Type::Named(_, a), b @ (Type::Record(_) | Type::Map(_))) => a.fits(b),
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

    /// A type that holds the values of both.
    #[must_use]
    pub fn join(&self, other: &Type) -> Type {
        match (self, other) {
            (a, b) if a == b => a.clone(),
            (Type::None, other) | (other, Type::None) => other.clone().optional(),
            (Type::Optional(a), b) | (b, Type::Optional(a)) => {
                a.join(&b.clone().present()).optional()
            }
            (Type::Any, _) | (_, Type::Any) => Type::Any,
            (Type::Untrusted(a), b) | (b, Type::Untrusted(a)) => a.join(b).untrusted(),
            (Type::List(a), Type::List(b)) => Type::List(Box::new(a.join(b))),
            (Type::Map(a), Type::Map(b)) => Type::Map(Box::new(a.join(b))),
            (Type::Choice(a), Type::Choice(b)) => {
                let more = b.iter().filter(|one| !a.contains(one));
                Type::Choice(a.iter().chain(more).cloned().collect())
            }
            (Type::Record(a), Type::Record(b)) => join_records(a, b),
            (a, b) if a.fits(b) => b.clone(),
            (a, b) if b.fits(a) => a.clone(),
            _ => Type::Any,
        }
    }
}

/// A record that holds the values of both; nothing is known when their fields differ.
fn join_records(a: &[(String, Type)], b: &[(String, Type)]) -> Type {
    let joined = a.iter().map(|(name, ty)| {
        let (_, other) = b.iter().find(|(it, _)| it == name)?;
        Some((name.clone(), ty.join(other)))
    });
    match joined.collect::<Option<Vec<_>>>() {
        Some(fields) if a.len() == b.len() => Type::Record(fields),
        _ => Type::Any,
    }
}

//! How large a type may get. Types are written and worked out from one another, so that a few
//! lines could make one that no memory holds: `type B = { x: A, y: A }`, and so on.

use super::Type;

/// How many parts a type may have, with those of the types that it names.
pub const MAX_PARTS: usize = 1000;
/// How many of them may stand inside of each other.
pub const MAX_DEPTH: usize = 64;
/// A name or text counts as one part for each so many bytes that it has.
const NAME_BYTES: usize = 64;

impl Type {
    /// Whether it has at most [`MAX_PARTS`] parts, [`MAX_DEPTH`] inside of each other.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        self.take(&mut MAX_PARTS.clone(), MAX_DEPTH)
    }

    /// How many parts it has; a little more than [`MAX_PARTS`] when it has more.
    #[must_use]
    pub fn parts(&self) -> usize {
        let mut left = MAX_PARTS;
        match self.take(&mut left, usize::MAX) {
            true => MAX_PARTS - left,
            false => MAX_PARTS + 1,
        }
    }

    /// Takes its parts from those that are `left`; false when there are too few of them.
    fn take(&self, left: &mut usize, depth: usize) -> bool {
        let mut spend = |name: &str| {
            let parts = 1 + name.len() / NAME_BYTES;
            let enough = *left >= parts;
            *left = left.saturating_sub(parts);
            enough
        };
        if depth == 0 {
            return false;
        }
        match self {
            Type::Any | Type::None | Type::Plain(_) => spend(""),
            Type::List(inner)
            | Type::Map(inner)
            | Type::Optional(inner)
            | Type::Untrusted(inner) => spend("") && inner.take(left, depth - 1),
            Type::Named(name, inner) => spend(name) && inner.take(left, depth - 1),
            Type::Record(fields) => {
                spend("")
                    && fields.iter().all(|(name, ty)| {
                        *left = left.saturating_sub(name.len() / NAME_BYTES);
                        ty.take(left, depth - 1)
                    })
            }
            Type::Choice(choices) => choices.iter().all(|one| spend(one)),
        }
    }
}

/// The fields of a record as they are found, which becomes [`Type::Any`] when it gets too large.
#[derive(Default)]
pub(crate) struct Fields {
    fields: Vec<(String, Type)>,
    parts: usize,
}

impl Fields {
    pub(crate) fn push(&mut self, name: &str, ty: Type) {
        self.parts += ty.parts() + name.len() / NAME_BYTES;
        if self.parts < MAX_PARTS {
            self.fields.push((name.to_owned(), ty));
        }
    }

    pub(crate) fn into_type(self) -> Type {
        match self.parts < MAX_PARTS {
            true => Type::Record(self.fields),
            false => Type::Any,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::INT;

    #[test]
    fn a_bound_on_parts_and_on_depth() {
        let list = |depth: usize| (1..depth).fold(INT, |inner, _| Type::List(Box::new(inner)));
        assert!(list(MAX_DEPTH).is_bounded());
        assert!(!list(MAX_DEPTH + 1).is_bounded());
        let record = |fields: usize| Type::Record(vec![("a".to_owned(), INT); fields]);
        assert!(record(MAX_PARTS - 1).is_bounded());
        assert!(!record(MAX_PARTS).is_bounded());
        let choice = |bytes: usize| Type::Choice(vec!["x".repeat(bytes)]);
        assert!(choice(1000).is_bounded());
        assert!(!choice(MAX_PARTS * NAME_BYTES).is_bounded());
    }

    #[test]
    fn fields_are_dropped_when_they_are_too_many() {
        let mut fields = Fields::default();
        (0..10).for_each(|at| fields.push(&at.to_string(), INT));
        assert_eq!(fields.into_type().parts(), 11);
        let mut fields = Fields::default();
        (0..MAX_PARTS).for_each(|at| fields.push(&at.to_string(), INT));
        assert_eq!(fields.into_type(), Type::Any);
    }
}

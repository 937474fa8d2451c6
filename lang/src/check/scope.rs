//! The names that a place in a mission can see.

use std::collections::BTreeMap;

use crate::source::Span;
use crate::types::Type;

/// One name.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) ty: Type,
    pub(super) at: Span,
    pub(super) what: What,
    pub(super) used: bool,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Input,
    Let,
    /// The results of the round before, inside `repeat`.
    Previous,
    /// What a run came to, or what an event brings.
    Result,
    Step,
    Verifier,
}

impl What {
    pub(super) fn words(self) -> &'static str {
        match self {
            What::Input => "an input",
            What::Let => "a value",
            What::Previous => "the round before",
            What::Result => "a result",
            What::Step => "a step",
            What::Verifier => "a verifier",
        }
    }
}

/// All names seen so far. Names are unique in a mission, so one map serves all its blocks.
#[derive(Debug, Default)]
pub(super) struct Scope {
    names: BTreeMap<String, Name>,
    /// How many parts the types of all names have together.
    parts: usize,
}

/// How many parts the types of a mission's names may have together: of those beyond it nothing is
/// known.
const MAX_PARTS: usize = 2_000_000;

impl Scope {
    /// Adds a name; the one that has it already, if any.
    pub(super) fn add(&mut self, name: &str, ty: Type, what: What, at: Span) -> Option<Name> {
        if let Some(first) = self.names.get(name) {
            return Some(first.clone());
        }
        let used = false;
        let ty = self.bounded(ty);
        self.names
            .insert(name.to_owned(), Name { ty, at, what, used });
        None
    }

    /// The type, or [`Type::Any`] when it, or all of them together, would be too large.
    pub(super) fn bounded(&mut self, ty: Type) -> Type {
        if !ty.is_bounded() || self.parts > MAX_PARTS {
            return Type::Any;
        }
        self.parts += ty.parts();
        ty
    }

    /// Replaces a name, giving the one before.
    pub(super) fn swap(&mut self, name: &str, with: Option<Name>) -> Option<Name> {
        match with {
            Some(with) => self.names.insert(name.to_owned(), with),
            None => self.names.remove(name),
        }
    }

    /// Looks a name up and remembers that it was used.
    pub(super) fn look_up(&mut self, name: &str) -> Option<&Name> {
        let found = self.names.get_mut(name)?;
        found.used = true;
        Some(found)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Name> {
        self.names.get(name)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &Name)> {
        self.names.iter().map(|(name, it)| (name.as_str(), it))
    }

    /// From here on the names of `defined` may be absent: they were defined where it is not sure
    /// that they run.
    pub(super) fn make_optional(&mut self, defined: &[String]) {
        for name in defined {
            if let Some(it) = self.names.get_mut(name) {
                it.ty = it.ty.clone().optional();
            }
        }
    }
}

//! The names that a place in a mission can see.

use std::collections::BTreeMap;

use super::known::{Fact, Path};
use crate::source::Span;
use crate::types::Type;

/// One name.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) ty: Type,
    pub(super) at: Span,
    pub(super) what: What,
    pub(super) used: bool,
    /// How many items it has, for a list that is written out.
    pub(super) items: Option<usize>,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// `failure`, inside `on failure`.
    Failure,
    Input,
    /// The item of a round, inside `for`.
    Item,
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
            What::Failure => "the failure",
            What::Input => "an input",
            What::Item => "an item",
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
    /// What the conditions around this place tell of each name, innermost last.
    known: BTreeMap<String, Vec<Fact>>,
    /// The names that something was told of, in the order in which it was.
    told: Vec<String>,
    /// The names that the mission defines anywhere, with their places.
    all: BTreeMap<String, Span>,
    /// The step or value that is being defined here.
    own: Option<String>,
}

/// How many parts the types of a mission's names may have together: of those beyond it nothing is
/// known.
const MAX_PARTS: usize = 2_000_000;

/// What a scope knew at some place; see [`Scope::assume`].
#[derive(Debug)]
#[must_use = "what is assumed must be forgotten where it does not hold any more"]
pub(super) struct Before(usize);

impl Scope {
    /// Adds a name; the one that has it already, if any.
    pub(super) fn add(&mut self, name: &str, ty: Type, what: What, at: Span) -> Option<Name> {
        if let Some(first) = self.names.get(name) {
            return Some(first.clone());
        }
        let name_of = Name {
            ty: self.bounded(ty),
            at,
            what,
            used: false,
            items: None,
        };
        self.names.insert(name.to_owned(), name_of);
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

    /// Says how many items the list `name` has.
    pub(super) fn set_items(&mut self, name: &str, items: usize) {
        if let Some(it) = self.names.get_mut(name) {
            it.items = Some(items);
        }
    }

    /// Adds what a condition tells, up to the matching [`Scope::forget`].
    pub(super) fn assume(&mut self, facts: &[Fact]) -> Before {
        let before = Before(self.told.len());
        for fact in facts {
            if let Some(name) = fact.path.first() {
                self.told.push(name.clone());
                let known = self.known.entry(name.clone()).or_default();
                known.push(fact.clone());
            }
        }
        before
    }

    /// Adds what holds from here to the end of the block; what tells of a round of a loop does not.
    pub(super) fn learn(&mut self, facts: &[Fact]) {
        for fact in facts {
            let lasts = fact.path.first().is_some_and(|name| name != "previous");
            if lasts && !self.facts(&fact.path).any(|it| it == fact) {
                let _ = self.assume(std::slice::from_ref(fact));
            }
        }
    }

    /// Forgets what has been assumed since.
    pub(super) fn forget(&mut self, before: Before) {
        for name in self.told.drain(before.0..) {
            if let Some(known) = self.known.get_mut(&name) {
                known.pop();
            }
        }
    }

    /// Whether `path` is known to be there: it, or a field of it, has been asked for.
    pub(super) fn is_there(&self, path: &Path) -> bool {
        self.facts(path).any(|fact| fact.path.starts_with(path))
    }

    /// Whether `path` is known to have items or letters.
    pub(super) fn is_full(&self, path: &Path) -> bool {
        self.facts(path).any(|fact| fact.full && fact.path == *path)
    }

    /// What is known of the name that a path begins with.
    fn facts(&self, path: &Path) -> impl Iterator<Item = &Fact> {
        let known = path.first().and_then(|name| self.known.get(name));
        known.into_iter().flatten()
    }

    /// Says which names the mission defines anywhere.
    pub(super) fn announce(&mut self, all: BTreeMap<String, Span>) {
        self.all = all;
    }

    /// Where a name that is not yet defined is.
    pub(super) fn later(&self, name: &str) -> Option<Span> {
        self.all.get(name).copied()
    }

    /// Says what is being defined from here on.
    pub(super) fn begin(&mut self, name: Option<String>) {
        self.own = name;
    }

    /// Whether `name` is being defined here.
    pub(super) fn is_own(&self, name: &str) -> bool {
        self.own.as_deref() == Some(name)
    }

    /// Replaces a name, giving the one before. What was known of it is not of the new one.
    pub(super) fn swap(&mut self, name: &str, with: Option<Name>) -> Option<Name> {
        self.known.remove(name);
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

    /// Takes away the name that was added at this place. One of the same name that was there
    /// before stays.
    pub(super) fn take_away(&mut self, name: &str, at: Span) {
        if self.names.get(name).is_some_and(|it| it.at == at) {
            self.names.remove(name);
        }
    }

    /// From here on the names of `defined` are lists: they were defined in each round of a loop.
    pub(super) fn make_lists(&mut self, defined: &[String]) {
        for name in defined {
            let Some(it) = self.names.get(name) else {
                continue;
            };
            let ty = self.bounded(Type::List(Box::new(it.ty.clone())));
            if let Some(it) = self.names.get_mut(name) {
                it.ty = ty;
                it.items = None;
            }
        }
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

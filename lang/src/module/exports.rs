//! What a file gives to those that use it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check::Checked;
use crate::plan::Plan;
use crate::source::Span;
use crate::syntax::tree::{File, Item};
use crate::types::Type;

/// What a file gives to those that use it.
#[derive(Debug, Default)]
pub struct Exports {
    /// Its missions and actions; none for those with errors.
    pub callables: BTreeMap<String, Option<Arc<Plan>>>,
    /// Its own types.
    pub types: BTreeMap<String, Arc<Type>>,
    /// It could not be read, so nothing is known of what it has.
    pub broken: bool,
    /// What is wrong with it.
    pub(super) error: Option<Error>,
}

/// What is wrong with a file that is used.
#[derive(Debug)]
pub(super) struct Error {
    /// How many errors it has.
    pub(super) count: usize,
    /// The first, with its place.
    pub(super) message: String,
    /// Its place.
    pub(super) at: Span,
}

impl Exports {
    /// A file that could not be read.
    #[must_use]
    pub fn broken() -> Exports {
        Exports {
            broken: true,
            ..Exports::default()
        }
    }

    /// What a checked file has.
    #[must_use]
    pub fn of(tree: &File, checked: &Checked) -> Exports {
        let mut exports = Exports::default();
        for item in &tree.items {
            match item {
                Item::Mission(mission) => {
                    exports.callables.insert(mission.name.text.clone(), None);
                }
                Item::Action(face) => {
                    exports.callables.insert(face.name.text.clone(), None);
                }
                Item::Type(item) => {
                    let name = &item.name.text;
                    let ty = checked.types.get(name).cloned();
                    exports.types.extend(ty.map(|ty| (name.clone(), ty)));
                }
                Item::Use(_) | Item::Test(_) | Item::On(_) | Item::Policy(_) => {}
            }
        }
        for plan in checked.plans.iter().chain(&checked.actions) {
            let name = plan.mission.clone();
            exports.callables.insert(name, Some(plan.clone()));
        }
        exports
    }
}

/// What a file gets from those that it uses, by the names that it calls them.
#[derive(Debug, Default)]
pub struct Imports {
    files: BTreeMap<String, (Span, Arc<Exports>)>,
}

impl Imports {
    /// Adds a file; the place of the one that has its name already, if any.
    pub fn add(&mut self, name: &str, at: Span, exports: Arc<Exports>) -> Option<Span> {
        if let Some((first, _)) = self.files.get(name) {
            return Some(*first);
        }
        self.files.insert(name.to_owned(), (at, exports));
        None
    }

    /// The file that a dotted name begins with, and the rest of the name.
    #[must_use]
    pub fn find<'n>(&self, name: &'n str) -> Option<(&Exports, &'n str)> {
        let (file, member) = name.split_once('.')?;
        let (_, exports) = self.files.get(file)?;
        Some((exports, member))
    }

    /// Whether this name, dotted, may be called.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.find(name)
            .is_some_and(|(file, member)| file.broken || file.callables.contains_key(member))
    }

    /// The dotted names of all that may be called.
    pub fn callables(&self) -> impl Iterator<Item = String> {
        self.files.iter().flat_map(|(file, (_, exports))| {
            let members = exports.callables.keys();
            members.map(move |member| format!("{file}.{member}"))
        })
    }

    /// The types, by their dotted names. Of a file that could not be read every name is a type:
    /// the entry of its name and a dot stands for them.
    pub fn types(&self) -> impl Iterator<Item = (String, Arc<Type>)> {
        self.files.iter().flat_map(|(file, (_, exports))| {
            let any = exports
                .broken
                .then(|| (format!("{file}."), Type::Any.into()));
            let types = exports.types.iter();
            types
                .map(move |(name, ty)| (format!("{file}.{name}"), ty.clone()))
                .chain(any)
        })
    }
}

//! The `type` items of a file, in whatever order they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Checker;
use crate::diagnostic::{Diagnostic, Kind};
use crate::source::Span;
use crate::syntax::tree::{File, Ident, Item, TypeExpr, TypeExprKind, TypeItem};
use crate::types::{Plain, Type};

/// The items of a file by name, the first of each.
type Items<'a> = BTreeMap<&'a str, &'a TypeItem>;

impl<'a> Checker<'a> {
    /// Resolves the types of a file, and reports what is wrong with them.
    pub(super) fn type_items(&mut self, file: &'a File) {
        self.types.extend(self.imports.types());
        let mut items: Items<'a> = BTreeMap::new();
        for item in types(file) {
            self.parts_of(&item.ty);
            if let Some(first) = items.get(item.name.text.as_str()) {
                let first = first.name.at.0;
                self.duplicate("a type", &item.name, first);
            } else if self.may_be_named(&item.name) {
                items.insert(&item.name.text, item);
            } else {
                // So that nothing is said again wherever it is named.
                self.types
                    .entry(item.name.text.clone())
                    .or_insert_with(|| Arc::new(Type::Any));
            }
        }
        let mut order = Order::default();
        for item in types(file) {
            order.visit(&item.name.text, &items);
        }
        let mut circular = BTreeSet::new();
        for circle in &order.circles {
            circular.extend(circle.iter().copied());
            let first = circle.first().and_then(|name| items.get(name));
            let path = circle.iter().chain(circle.first());
            let path = path.map(|name| (*name).to_owned()).collect();
            let at = first.map(|item| item.name.at.0);
            self.report(Kind::TypeRecursive { path }, at.unwrap_or_default());
        }
        for name in order.done {
            let Some(item) = items.get(name) else {
                continue;
            };
            // One that is wrong is said once, and not again wherever it is named.
            let ty = match circular.contains(name) {
                true => Type::Any,
                false => Type::resolve(&item.ty, &self.types).unwrap_or_else(|wrong| {
                    self.diagnostics.push(wrong.diagnostic(item.ty.at.0));
                    Type::Any
                }),
            };
            self.types.insert(name.to_owned(), Arc::new(ty));
        }
        self.unused(file);
    }

    /// Whether a file may call a type so: not like one of the language or of the library, and not
    /// in small letters, which say that only the library's actions make such values.
    fn may_be_named(&mut self, name: &Ident) -> bool {
        let text = name.text.as_str();
        let words = ["any", "none", "untrusted"];
        let why = if words.contains(&text) || Plain::ALL.iter().any(|(_, word)| *word == text) {
            "a type of the language"
        } else if self.library.types.contains_key(text) {
            "a type of the library"
        } else if text.starts_with(|c: char| c.is_ascii_lowercase()) {
            "in small letters, which only the library's own types are"
        } else {
            return true;
        };
        let kind = Kind::TypeReserved {
            name: text.to_owned(),
            why: why.to_owned(),
        };
        self.report(kind, name.at.0);
        false
    }

    /// Reports fields and choices that stand twice in a written type.
    pub(super) fn parts_of(&mut self, ty: &TypeExpr) {
        match &ty.kind {
            TypeExprKind::Record(fields) => {
                let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
                for (name, inner) in fields {
                    if let Some(first) = seen.get(name.text.as_str()) {
                        self.duplicate("a field", name, *first);
                    }
                    seen.entry(&name.text).or_insert(name.at.0);
                    self.parts_of(inner);
                }
            }
            TypeExprKind::Choice(choices) => {
                let mut seen = BTreeSet::new();
                for choice in choices {
                    if !seen.insert(choice) {
                        let kind = Kind::DuplicateName {
                            what: "a choice".to_owned(),
                            name: choice.clone(),
                        };
                        self.report(kind, ty.at.0);
                    }
                }
            }
            TypeExprKind::List(inner)
            | TypeExprKind::Map(inner)
            | TypeExprKind::Optional(inner)
            | TypeExprKind::Untrusted(inner) => self.parts_of(inner),
            TypeExprKind::Name(_) => {}
        }
    }

    /// Types that nothing of the file uses but themselves. A file without a mission is there for
    /// others to use.
    fn unused(&mut self, file: &'a File) {
        let mut used = BTreeSet::new();
        let mut missions = false;
        for item in &file.items {
            match item {
                Item::Type(item) => {
                    let mut own = BTreeSet::new();
                    names(&item.ty, &mut own);
                    own.remove(item.name.text.as_str());
                    used.extend(own);
                }
                Item::Action(face) => {
                    face.params.iter().for_each(|it| names(&it.ty, &mut used));
                    names(&face.result, &mut used);
                }
                Item::Mission(mission) => {
                    missions = true;
                    mission
                        .inputs
                        .iter()
                        .for_each(|it| names(&it.ty, &mut used));
                }
                Item::Use(_) | Item::Test(_) | Item::On(_) | Item::Policy(_) => {}
            }
        }
        used.extend(super::named::names(file));
        for item in types(file).filter(|_| missions) {
            let name = &item.name;
            if !used.contains(name.text.as_str()) {
                let kind = Kind::TypeUnused {
                    name: name.text.clone(),
                };
                self.diagnostics.push(Diagnostic::new(kind, name.at.0));
            }
        }
    }
}

/// The order in which types can be resolved, each behind those that it names.
#[derive(Default)]
struct Order<'a> {
    done: Vec<&'a str>,
    /// Those that were begun, and whether they are done.
    seen: BTreeMap<&'a str, bool>,
    /// Types that name each other in a circle, each circle once.
    circles: Vec<Vec<&'a str>>,
}

impl<'a> Order<'a> {
    /// Visits a type and what it names. A file may have thousands in a row, so this does not call
    /// itself.
    fn visit(&mut self, first: &'a str, items: &Items<'a>) {
        let mut path: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut next = Some(first);
        loop {
            if let Some(item) = next.and_then(|name| items.get(name)) {
                let name = item.name.text.as_str();
                match self.seen.get(name) {
                    Some(true) => {}
                    Some(false) => {
                        let on_path = path.iter().map(|(it, _)| *it);
                        self.circles
                            .push(on_path.skip_while(|it| *it != name).collect());
                    }
                    None => {
                        self.seen.insert(name, false);
                        let mut inner = BTreeSet::new();
                        names(&item.ty, &mut inner);
                        path.push((name, inner.into_iter().rev().collect()));
                    }
                }
            }
            let Some((name, inner)) = path.last_mut() else {
                return;
            };
            next = inner.pop();
            if next.is_none() {
                self.seen.insert(name, true);
                self.done.push(name);
                path.pop();
            }
        }
    }
}

fn types(file: &File) -> impl Iterator<Item = &TypeItem> {
    file.items.iter().filter_map(|item| match item {
        Item::Type(item) => Some(item),
        _ => None,
    })
}

/// Adds the names in a written type.
fn names<'t>(ty: &'t TypeExpr, found: &mut BTreeSet<&'t str>) {
    match &ty.kind {
        TypeExprKind::Name(name) => {
            found.insert(name);
        }
        TypeExprKind::List(inner)
        | TypeExprKind::Map(inner)
        | TypeExprKind::Optional(inner)
        | TypeExprKind::Untrusted(inner) => names(inner, found),
        TypeExprKind::Record(fields) => fields.iter().for_each(|(_, ty)| names(ty, found)),
        TypeExprKind::Choice(_) => {}
    }
}

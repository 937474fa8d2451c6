//! `use-unused`: a `use` that nothing of the file needs.

use std::collections::BTreeSet;

use super::{Subject, walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::module::Reference;
use crate::syntax::tree::{Input, Item, StatementKind, TypeExpr, TypeExprKind, UseFrom};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let uses = |item: &Item| matches!(item, Item::Use(_));
    if !subject.file.items.iter().any(uses) || subject.missions().next().is_none() {
        return found;
    }
    let Some(called) = called(subject) else {
        return found;
    };
    for item in &subject.file.items {
        let Item::Use(item) = item else {
            continue;
        };
        match &item.from {
            UseFrom::Std { names, .. } => {
                let known = |name: &str| {
                    subject.library.groups.iter().any(|it| it == name)
                        || subject.library.missions.contains_key(name)
                };
                for name in names {
                    let group = format!("{}.", name.text);
                    let used = called
                        .iter()
                        .any(|it| *it == name.text || it.starts_with(&group));
                    if !used && known(&name.text) {
                        let name_of = name.text.clone();
                        found.push(Diagnostic::new(
                            Kind::UseUnused { name: name_of },
                            name.at.0,
                        ));
                    }
                }
            }
            UseFrom::Source(source) => {
                let own = || Reference::parse(&source.value).ok()?.name();
                let alias = item.alias.as_ref().map(|alias| alias.text.clone());
                let Some(name) = alias.or_else(own) else {
                    continue;
                };
                // A name that it may not have is said where it is given.
                if subject.library.groups.contains(&name) {
                    continue;
                }
                let group = format!("{name}.");
                if !called.iter().any(|it| it.starts_with(&group)) {
                    found.push(Diagnostic::new(Kind::UseUnused { name }, item.at.0));
                }
            }
        }
    }
    found
}

/// Everything that is called or named as a type; `None` when a statement could not be read.
fn called(subject: &Subject<'_>) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for statement in walk::statements(subject.file) {
        match &statement.kind {
            StatementKind::Step(step) => {
                names.insert(step.action.text.clone());
            }
            StatementKind::Broken { .. } => return None,
            _ => {}
        }
    }
    let mut inputs = |inputs: &[Input]| {
        for input in inputs {
            types(&input.ty, &mut names);
        }
    };
    for item in &subject.file.items {
        match item {
            Item::Mission(mission) => inputs(&mission.inputs),
            Item::Action(face) => inputs(&face.params),
            Item::Use(_) | Item::Type(_) | Item::Test(_) | Item::On(_) | Item::Policy(_) => {}
        }
    }
    for item in &subject.file.items {
        match item {
            Item::Type(item) => types(&item.ty, &mut names),
            Item::Action(face) => types(&face.result, &mut names),
            Item::Test(test) => {
                names.extend(test.run.iter().map(|run| run.mission.text.clone()));
                names.extend(test.given.iter().map(|given| given.target.text.clone()));
            }
            Item::On(trigger) => {
                names.insert(trigger.run.mission.text.clone());
            }
            Item::Use(_) | Item::Mission(_) | Item::Policy(_) => {}
        }
    }
    Some(names)
}

fn types(ty: &TypeExpr, names: &mut BTreeSet<String>) {
    match &ty.kind {
        TypeExprKind::Name(name) => {
            names.insert(name.clone());
        }
        TypeExprKind::List(inner)
        | TypeExprKind::Map(inner)
        | TypeExprKind::Optional(inner)
        | TypeExprKind::Untrusted(inner) => types(inner, names),
        TypeExprKind::Record(fields) => fields.iter().for_each(|(_, ty)| types(ty, names)),
        TypeExprKind::Choice(_) => {}
    }
}

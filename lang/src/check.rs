//! From tree to plan: names, types, authority, order. Never fails: what is wrong is in the
//! diagnostics, and what can be planned is planned.

mod arguments;
mod authority;
mod cost;
mod defined;
mod expressions;
mod handlers;
mod known;
mod matching;
mod mission;
mod rounds;
mod schedule;
mod scope;
mod statements;
mod taint;
mod test;
mod trigger;
mod types;
mod unused;
mod values;

pub(crate) use self::arguments::scope_texts;
pub(crate) use self::authority::is_used;
pub use self::rounds::MAX_AT_ONCE;
pub use self::statements::{MAX_RETRIES, MAX_ROUNDS};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Found, Kind, Severity, nearest};
use crate::library::Library;
use crate::plan::Plan;
use crate::plan::test::Test;
use crate::source::Span;
use crate::suppress::Suppressed;
use crate::syntax::tree::{File, Item, Mission, Use, UseFrom};
use crate::types::Type;

/// How deep missions may call each other.
pub const MAX_CALL_DEPTH: usize = 32;
/// How many statements a plan may have, those of called missions counted at each call.
pub const MAX_STATEMENTS: usize = 50_000;
/// How many orderings between statements a plan may have.
pub const MAX_EDGES: usize = 200_000;

/// A checked file.
#[derive(Debug, Default)]
pub struct Checked {
    /// Its missions that have a plan, in order. One with errors has none.
    pub plans: Vec<Arc<Plan>>,
    /// Its tests whose mission has a plan, in order.
    pub tests: Vec<Test>,
    /// The types that it may name, the library's among them.
    pub types: BTreeMap<String, Arc<Type>>,
    /// Everything that was found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// What comments silence.
    pub suppressed: Vec<Suppressed>,
}

impl Checked {
    /// Puts the findings into the order of the text.
    pub fn sort(&mut self) {
        self.diagnostics
            .sort_by_key(|one| (one.span, one.severity()));
    }

    /// Whether any finding is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|one| one.severity() == Severity::Error)
    }
}

/// Checks one file against a library.
#[must_use]
pub fn check(file: &File, library: &Library) -> Checked {
    let mut checker = Checker {
        library,
        local: BTreeMap::new(),
        types: library.types.clone(),
        used: Vec::new(),
        plans: BTreeMap::new(),
        stack: Vec::new(),
        broken: false,
        copied: 0,
        diagnostics: Found::default(),
    };
    checker.items(file);
    let mut plans = Vec::new();
    for item in &file.items {
        if let Item::Mission(mission) = item {
            plans.extend(checker.plan(&mission.name.text));
        }
    }
    let tests = checker.starts(file);
    let mut diagnostics = checker.diagnostics;
    diagnostics.extend(crate::lint::lint(file, &plans, library));
    let mut checked = Checked {
        plans,
        tests,
        types: checker.types,
        diagnostics: diagnostics.into_vec(),
        suppressed: Vec::new(),
    };
    checked.sort();
    checked.diagnostics.dedup();
    checked
}

/// The plan of a library's mission.
#[must_use]
pub fn library_mission(name: &str, library: &Library) -> Option<Checked> {
    let mission = library.missions.get(name)?;
    let file = File {
        items: vec![Item::Mission(mission.clone())],
        tail: Vec::new(),
    };
    Some(check(&file, library))
}

/// Checks the missions of one file.
struct Checker<'a> {
    library: &'a Library,
    /// The file's own missions.
    local: BTreeMap<&'a str, &'a Mission>,
    types: BTreeMap<String, Arc<Type>>,
    /// Names of library missions that the file uses.
    used: Vec<String>,
    /// Missions that are checked already; `None` for those with errors.
    plans: BTreeMap<String, Option<Arc<Plan>>>,
    /// The missions being checked, outermost first.
    stack: Vec<String>,
    /// A statement of the mission being checked could not be read.
    broken: bool,
    /// How many bytes calls have taken from the missions that they call.
    copied: usize,
    diagnostics: Found,
}

impl<'a> Checker<'a> {
    fn report(&mut self, kind: Kind, span: Span) {
        self.diagnostics.push(Diagnostic::new(kind, span));
    }

    fn items(&mut self, file: &'a File) {
        self.type_items(file);
        let mut missions = 0;
        for item in &file.items {
            match item {
                Item::Use(item) => self.use_item(item),
                // They may stand in any order.
                Item::Type(_) => {}
                Item::Action(face) => self.report(
                    Kind::Syntax {
                        found: format!("the action `{}`", face.name),
                        expected: "a mission; actions belong to a library".to_owned(),
                    },
                    face.name.at.0,
                ),
                // They start missions, so they are checked behind them.
                Item::Test(_) | Item::On(_) => {}
                Item::Mission(mission) => {
                    missions += 1;
                    match self.local.get(mission.name.text.as_str()) {
                        Some(first) => {
                            let first = first.name.at.0;
                            self.duplicate("a mission", &mission.name, first);
                        }
                        None => {
                            self.local.insert(&mission.name.text, mission);
                        }
                    }
                }
            }
        }
        if missions == 0 {
            let end = file.items.last().map(Item::at);
            self.report(
                Kind::MissionMissing {
                    asked: None,
                    near: None,
                },
                end.unwrap_or_default(),
            );
        }
    }

    /// What starts the file's missions: its tests, and its events.
    fn starts(&mut self, file: &'a File) -> Vec<Test> {
        let mut tests: Vec<Test> = Vec::new();
        let mut names: BTreeMap<&str, Span> = BTreeMap::new();
        for item in &file.items {
            match item {
                Item::Test(test) => {
                    let (name, at) = (test.name.value.as_str(), test.name.at.0);
                    if let Some(first) = names.get(name) {
                        let kind = Kind::DuplicateName {
                            what: "a test".to_owned(),
                            name: name.to_owned(),
                        };
                        self.diagnostics
                            .push(Diagnostic::new(kind, at).label(*first, "the first one"));
                    }
                    names.entry(name).or_insert(at);
                    tests.extend(self.test(test));
                }
                Item::On(trigger) => self.trigger(trigger),
                _ => {}
            }
        }
        tests
    }

    fn duplicate(&mut self, what: &str, name: &crate::syntax::tree::Ident, first: Span) {
        let kind = Kind::DuplicateName {
            what: what.to_owned(),
            name: name.text.clone(),
        };
        self.diagnostics
            .push(Diagnostic::new(kind, name.at.0).label(first, "the first one"));
    }

    fn use_item(&mut self, item: &Use) {
        let (root, names) = match &item.from {
            UseFrom::Std { root, names } => (root, names),
            UseFrom::Source(source) => {
                let name = source.value.clone();
                return self.report(Kind::UseUnknown { name, near: None }, source.at.0);
            }
        };
        if root.text != "std" {
            self.report(
                Kind::UseUnknown {
                    name: root.text.clone(),
                    near: Some("std".to_owned()),
                },
                root.at.0,
            );
            return;
        }
        for name in names {
            if self.library.missions.contains_key(&name.text) {
                self.used.push(name.text.clone());
            } else if !self.library.groups.contains(&name.text) {
                let groups = self.library.groups.iter();
                let known = groups.chain(self.library.missions.keys());
                let near = nearest(&name.text, known.map(String::as_str));
                self.report(
                    Kind::UseUnknown {
                        name: name.text.clone(),
                        near: near.map(str::to_owned),
                    },
                    name.at.0,
                );
            }
        }
    }

    /// The tree of a mission that may be called here: the file's own, or a library's that the
    /// file uses.
    fn mission_named(&self, name: &str) -> Option<&'a Mission> {
        match self.local.get(name) {
            Some(mission) => Some(mission),
            // A library's mission sees the whole library.
            None if self.used.iter().any(|it| it == name)
                || !self.stack.is_empty() && self.local.is_empty() =>
            {
                self.library.missions.get(name)
            }
            None => None,
        }
    }

    /// The plan of a mission, checked once. `None` when it has errors.
    fn plan(&mut self, name: &str) -> Option<Arc<Plan>> {
        if let Some(plan) = self.plans.get(name) {
            return plan.clone();
        }
        let mission = self.mission_named(name)?;
        self.stack.push(name.to_owned());
        let before = self.diagnostics.len();
        let plan = self.mission(mission);
        self.stack.pop();
        let wrong = self.diagnostics.is_fatal_since(before);
        let plan = (!wrong).then(|| Arc::new(plan));
        self.plans.insert(name.to_owned(), plan.clone());
        plan
    }
}

//! From tree to plan: names, types, authority, order. Never fails: what is wrong is in the
//! diagnostics, and what can be planned is planned.

mod action;
mod arguments;
mod authority;
mod cost;
mod defined;
mod expressions;
mod handlers;
mod known;
mod matching;
mod mission;
mod named;
mod policy;
mod rounds;
mod routes;
mod schedule;
mod scope;
mod statements;
mod taint;
mod test;
mod trigger;
mod types;
mod unused;
mod values;
mod verdicts;

pub(crate) use self::arguments::scope_texts;
pub(crate) use self::authority::is_used;
pub(crate) use self::mission::red_type;
pub use self::rounds::MAX_AT_ONCE;
pub use self::statements::{MAX_RETRIES, MAX_ROUNDS};
pub(crate) use self::taint::outside;
pub use self::taint::{End, Outside};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::action::Written;
use crate::diagnostic::{Diagnostic, Found, Kind, Severity, nearest};
use crate::library::Library;
use crate::module::Imports;
use crate::plan::Plan;
use crate::plan::test::Test;
use crate::policy::Policy;
use crate::source::Span;
use crate::suppress::Suppressed;
use crate::syntax::tree::{Face, File, Item, Mission, Use, UseFrom};
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
    /// Its actions that have a plan, in order.
    pub actions: Vec<Arc<Plan>>,
    /// Its tests whose mission has a plan, in order.
    pub tests: Vec<Test>,
    /// The types that it may name, the library's among them.
    pub types: BTreeMap<String, Arc<Type>>,
    /// What it lets every mission do, if it is a policy.
    pub policy: Option<Policy>,
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

/// Checks one file that uses no others against a library.
#[must_use]
pub fn check(file: &File, library: &Library) -> Checked {
    check_with(file, library, &Imports::default())
}

/// Checks one file against a library and what it gets from the files that it uses.
#[must_use]
pub fn check_with(file: &File, library: &Library, imports: &Imports) -> Checked {
    let written = action::written(file);
    let mut checker = Checker {
        library,
        local: BTreeMap::new(),
        called: BTreeSet::new(),
        imports,
        types: library.types.clone(),
        used: Vec::new(),
        plans: BTreeMap::new(),
        stack: Vec::new(),
        broken: false,
        copied: 0,
        diagnostics: Found::default(),
    };
    checker.items(file, &written);
    let (mut plans, mut actions) = (Vec::new(), Vec::new());
    for item in &file.items {
        match item {
            Item::Mission(mission) => plans.extend(checker.plan(&mission.name.text)),
            Item::Action(face) => {
                checker.face(face);
                actions.extend(checker.plan(&face.name.text));
            }
            _ => {}
        }
    }
    let tests = checker.starts(file);
    checker.unused_actions(file);
    let policy = checker.policy(file);
    policy.iter().for_each(|policy| checker.shadowed_in(policy));
    let mut diagnostics = checker.diagnostics;
    diagnostics.extend(crate::lint::lint(file, &plans, library));
    let mut checked = Checked {
        plans,
        actions,
        tests,
        types: checker.types,
        policy,
        diagnostics: diagnostics.into_vec(),
        suppressed: Vec::new(),
    };
    checked.sort();
    checked.diagnostics.dedup();
    checked
}

/// The plans of the missions of the library's file that this one stands in.
#[must_use]
pub fn library_mission(name: &str, library: &Library) -> Option<Checked> {
    let file = library.files.get(name)?;
    let missions = library.missions.iter();
    let of_file = missions.filter(|(name, _)| library.files.get(*name) == Some(file));
    let file = File {
        items: of_file.map(|(_, it)| Item::Mission(it.clone())).collect(),
        tail: Vec::new(),
    };
    Some(check(&file, library))
}

/// What a file calls by its name: a mission, or an action as the mission that it comes to.
#[derive(Clone, Copy)]
struct Callable<'a> {
    mission: &'a Mission,
    /// The action's own face.
    face: Option<&'a Face>,
}

/// Checks the missions of one file.
struct Checker<'a> {
    library: &'a Library,
    /// The file's own missions and actions.
    local: BTreeMap<&'a str, Callable<'a>>,
    /// The names of those that something calls.
    called: BTreeSet<String>,
    imports: &'a Imports,
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

    fn items(&mut self, file: &'a File, written: &'a [Written<'a>]) {
        self.type_items(file);
        let mut written = written.iter().peekable();
        for item in &file.items {
            match item {
                Item::Use(item) => self.use_item(item),
                Item::Action(face) => {
                    let of_face = |it: &&Written<'a>| std::ptr::eq(it.face, face);
                    if let Some(it) = written.next_if(of_face) {
                        self.callable(&it.mission, Some(face));
                    }
                }
                Item::Mission(mission) => self.callable(mission, None),
                // Types may stand in any order; what starts missions is checked behind them.
                Item::Type(_) | Item::Test(_) | Item::On(_) | Item::Policy(_) => {}
            }
        }
        let offers = |it: &Item| {
            use Item::{Action, Mission, Policy, Type};
            matches!(it, Mission(_) | Action(_) | Type(_) | Policy(_))
        };
        if !file.items.iter().any(offers) {
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

    fn callable(&mut self, mission: &'a Mission, face: Option<&'a Face>) {
        let name = &mission.name;
        match self.local.get(name.text.as_str()).copied() {
            Some(first) => {
                let what = first.face.map_or("a mission", |_| "an action");
                self.duplicate(what, name, first.mission.name.at.0);
            }
            None => {
                self.local.insert(&name.text, Callable { mission, face });
            }
        }
    }

    /// Actions that nothing of the file calls. A file without a mission is there for others.
    fn unused_actions(&mut self, file: &File) {
        let is_mission = |item: &Item| matches!(item, Item::Mission(_));
        if self.broken || !file.items.iter().any(is_mission) {
            return;
        }
        for item in &file.items {
            if let Item::Action(face) = item
                && !self.called.contains(&face.name.text)
            {
                let name = face.name.text.clone();
                self.report(Kind::ActionUnused { name }, face.name.at.0);
            }
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
            // Those who read it have said what is wrong with it.
            UseFrom::Source(_) => return,
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

    /// What may be called here by this name: the file's own, or a library's mission that the file
    /// uses.
    fn mission_named(&self, name: &str) -> Option<Callable<'a>> {
        // A library's mission sees the whole library, and nothing of the file that uses it.
        let caller = self.stack.last();
        let of_library = caller.is_some_and(|it| !self.local.contains_key(it.as_str()));
        match self.local.get(name) {
            Some(own) if !of_library => Some(*own),
            _ if of_library || self.used.iter().any(|it| it == name) => {
                let mission = self.library.missions.get(name)?;
                Some(Callable {
                    mission,
                    face: None,
                })
            }
            _ => None,
        }
    }

    /// Whether something may be called here by this name.
    fn is_callable(&self, name: &str) -> bool {
        self.mission_named(name).is_some() || self.imports.has(name)
    }

    /// The plan of a mission, checked once. `None` when it has errors.
    fn plan(&mut self, name: &str) -> Option<Arc<Plan>> {
        if let Some((file, member)) = self.imports.find(name) {
            return file.callables.get(member)?.clone();
        }
        if let Some(plan) = self.plans.get(name) {
            return plan.clone();
        }
        let Callable { mission, face } = self.mission_named(name)?;
        self.stack.push(name.to_owned());
        let before = self.diagnostics.len();
        let plan = self.mission(mission, face);
        self.stack.pop();
        let wrong = self.diagnostics.is_fatal_since(before);
        let plan = (!wrong).then(|| Arc::new(plan));
        self.plans.insert(name.to_owned(), plan.clone());
        plan
    }
}

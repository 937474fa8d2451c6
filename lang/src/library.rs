//! What missions may call without defining it: the faces of actions, and missions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::expr::{Engine, Filter};
use crate::source::{SourceId, SourceMap, Span};
use crate::syntax::tau;
use crate::syntax::tree::{Bound, Face, File, Input, Item, Mission, Need, Value};
use crate::types::{Docs, Type};

/// What can start a mission by itself: the same in every library.
const EVENTS: &str = include_str!("library/events.tau");

/// The texts a library is made of. The standard library gives one; tests give small ones.
#[derive(Clone, Copy, Default)]
pub struct Texts<'a> {
    /// Group name (`fs`) and the tau file of its faces.
    pub groups: &'a [(&'a str, &'a str)],
    /// Name (`prove-patch`) and tau file of each mission.
    pub missions: &'a [(&'a str, &'a str)],
    /// Filters that its faces use.
    pub filters: &'a [(&'static str, Filter)],
}

/// A library, read.
pub struct Library {
    /// By dotted name.
    pub actions: BTreeMap<String, Signature>,
    /// Named types, known everywhere.
    pub types: BTreeMap<String, Arc<Type>>,
    /// What they are documented to be.
    pub type_docs: Docs,
    /// By name.
    pub missions: BTreeMap<String, Mission>,
    /// The files the missions stand in, by name.
    pub files: BTreeMap<String, SourceId>,
    /// What can start a mission, by name: the parameters of `on NAME(…)`, and what `event` is.
    pub events: BTreeMap<String, Signature>,
    /// The groups' names.
    pub groups: BTreeSet<String>,
    /// With the library's filters.
    pub engine: Arc<Engine>,
}

/// The kind of an action: what may be done with it after a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Computed from its arguments alone: again whenever needed.
    Pure,
    /// Looks at the world: the recorded answer is used, an unrecorded one is asked again.
    Observe,
    /// Done again it gives the same result.
    Replace,
    /// Changes the outside: looked up first, then done or adopted.
    External,
    /// Nothing is known of it: never repeated by itself.
    Unknown,
}

impl Repeat {
    /// All of them, from the one of which most is known.
    pub const ALL: [Repeat; 5] = [
        Repeat::Pure,
        Repeat::Observe,
        Repeat::Replace,
        Repeat::External,
        Repeat::Unknown,
    ];

    /// Its word in a face.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Repeat::Pure => "pure",
            Repeat::Observe => "observe",
            Repeat::Replace => "replace",
            Repeat::External => "external",
            Repeat::Unknown => "unknown",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Repeat> {
        Repeat::ALL.into_iter().find(|it| it.word() == word)
    }

    /// Whether it may change what is outside of the run.
    #[must_use]
    pub fn is_outside(self) -> bool {
        matches!(self, Repeat::External | Repeat::Unknown)
    }

    /// Whether it may change something.
    #[must_use]
    pub fn changes(self) -> bool {
        !matches!(self, Repeat::Pure | Repeat::Observe)
    }
}

impl fmt::Display for Repeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// An action's face, resolved.
#[derive(Clone, Debug)]
pub struct Signature {
    /// `fs.write`
    pub name: String,
    /// In order.
    pub params: Vec<Param>,
    /// What it gives.
    pub result: Type,
    /// The authority it needs and what it touches, over its parameters.
    pub needs: Vec<Need>,
    /// The most that one attempt of it takes and spends, over its parameters.
    pub bounds: Vec<Bound>,
    /// How often it may be performed.
    pub repeat: Repeat,
    /// Every write below it waits for it.
    pub gate: bool,
    /// Its documentation.
    pub doc: String,
    /// Its place.
    pub at: Span,
}

/// A parameter or an input, resolved.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Its value when none is given.
    pub default: Option<Value>,
    /// Its documentation.
    pub doc: String,
    /// Its place.
    pub at: Span,
}

impl Param {
    /// Whether a value must be given.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.default.is_none() && !self.ty.may_be_absent()
    }
}

impl Library {
    /// Reads a library's texts. What is wrong with them is in the diagnostics; the standard
    /// library has none, and a test keeps it so.
    pub fn load(map: &mut SourceMap, texts: &Texts<'_>) -> (Library, Vec<Diagnostic>) {
        let mut library = Library {
            actions: BTreeMap::new(),
            types: BTreeMap::new(),
            type_docs: Docs::new(),
            missions: BTreeMap::new(),
            files: BTreeMap::new(),
            events: BTreeMap::new(),
            groups: BTreeSet::new(),
            engine: Arc::new(Engine::new(texts.filters)),
        };
        let mut diagnostics = Vec::new();
        let mut groups: Vec<(&str, File)> = Vec::new();
        for (group, text) in texts.groups {
            let id = map.add(format!("std/{group}.tau"), *text);
            let (file, found) = tau::parse(text, id);
            diagnostics.extend(found);
            library.groups.insert((*group).to_owned());
            groups.push((group, file));
        }
        for (_, file) in &groups {
            library.add_types(file, &mut diagnostics);
        }
        for (group, file) in &groups {
            for face in faces(file) {
                let name = format!("{group}.{}", face.name);
                let signature = library.signature(name.clone(), face, &mut diagnostics);
                library.actions.insert(name, signature);
            }
        }
        let id = map.add("std/events.tau", EVENTS);
        let (file, found) = tau::parse(EVENTS, id);
        diagnostics.extend(found);
        for face in faces(&file) {
            let name = face.name.text.clone();
            let signature = library.signature(name.clone(), face, &mut diagnostics);
            library.events.insert(name, signature);
        }
        for (name, text) in texts.missions {
            let id = map.add(format!("std/{name}.tau"), *text);
            let (file, found) = tau::parse(text, id);
            diagnostics.extend(found);
            for item in file.items {
                if let Item::Mission(mission) = item {
                    library.files.insert(mission.name.text.clone(), id);
                    library.missions.insert(mission.name.text.clone(), mission);
                }
            }
        }
        (library, diagnostics)
    }

    /// Types are resolved in the order of the text, so a type may use those above it.
    fn add_types(&mut self, file: &File, diagnostics: &mut Vec<Diagnostic>) {
        for item in &file.items {
            if let Item::Type(item) = item {
                if let Some(doc) = &item.doc {
                    let name = item.name.text.clone();
                    self.type_docs.insert(name, doc.text.clone());
                }
                match Type::resolve(&item.ty, &self.types) {
                    Ok(ty) => {
                        self.types.insert(item.name.text.clone(), Arc::new(ty));
                    }
                    Err(unknown) => diagnostics.push(unknown.diagnostic(item.ty.at.0)),
                }
            }
        }
    }

    fn signature(&self, name: String, face: &Face, diagnostics: &mut Vec<Diagnostic>) -> Signature {
        let mut params = Vec::new();
        for param in &face.params {
            match resolve_param(param, &self.types) {
                Ok(param) => params.push(param),
                Err(found) => diagnostics.push(found),
            }
        }
        let result = match Type::resolve(&face.result, &self.types) {
            Ok(result) => result,
            Err(unknown) => {
                diagnostics.push(unknown.diagnostic(face.result.at.0));
                Type::Any
            }
        };
        let kind = face.kind.as_ref();
        let repeat = kind.and_then(|kind| Repeat::parse(&kind.text));
        let repeat = repeat.unwrap_or(Repeat::Unknown);
        Signature {
            name,
            params,
            result,
            needs: face.needs.clone(),
            bounds: face.bounds.clone(),
            repeat,
            gate: face.gate,
            doc: face
                .doc
                .as_ref()
                .map(|doc| doc.text.clone())
                .unwrap_or_default(),
            at: face.at.0,
        }
    }
}

/// The actions of a file.
fn faces(file: &File) -> impl Iterator<Item = &Face> {
    file.items.iter().filter_map(|item| match item {
        Item::Action(face) => Some(face),
        _ => None,
    })
}

/// An input or parameter with its type resolved.
///
/// # Errors
/// Its type does not exist.
pub fn resolve_param(
    input: &Input,
    types: &BTreeMap<String, Arc<Type>>,
) -> Result<Param, Diagnostic> {
    match Type::resolve(&input.ty, types) {
        Ok(ty) => Ok(Param {
            name: input.name.text.clone(),
            ty,
            default: input.default.clone(),
            doc: input
                .doc
                .as_ref()
                .map(|doc| doc.text.clone())
                .unwrap_or_default(),
            at: input.name.at.0,
        }),
        Err(unknown) => Err(unknown.diagnostic(input.ty.at.0)),
    }
}

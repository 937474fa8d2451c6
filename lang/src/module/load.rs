//! Reading the files that a file uses, each once, and checking each behind those that it uses
//! itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::exports::{Exports, Imports};
use super::reference::folder;
use super::{Address, Reference, Source, Unavailable, WrongReference, join};
use crate::check::{Checked, check_with};
use crate::diagnostic::{Diagnostic, Kind, Severity};
use crate::library::Library;
use crate::lint;
use crate::source::{SourceMap, Span};
use crate::syntax::tree::{File, Item, Spelling, Use, UseFrom};
use crate::syntax::{tau, yaml};

/// How many files one file may use, with those that they use.
pub const MAX_USED: usize = 256;
/// How deep files may use each other.
pub const MAX_USE_DEPTH: usize = 32;

/// What a file uses.
#[derive(Debug, Default)]
pub struct Loaded {
    /// What it gets from there.
    pub imports: Imports,
    /// What is wrong with its `use` lines.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that were read, by address: with them the file can be checked again without the
    /// disk.
    pub texts: BTreeMap<String, String>,
}

/// Reads and checks what a file uses, directly or through others. `name` is what the file is called
/// in messages.
pub fn load(
    tree: &File,
    name: &str,
    library: &Library,
    source: &dyn Source,
    sources: &mut SourceMap,
) -> Loaded {
    if !tree.items.iter().any(is_of_a_file) {
        return Loaded::default();
    }
    let own = name.rsplit('/').next().unwrap_or(name);
    let mut loader = Loader {
        library,
        source,
        sources,
        folder: folder(name),
        done: BTreeMap::new(),
        stack: Vec::new(),
        versions: BTreeMap::new(),
        texts: BTreeMap::new(),
    };
    let (imports, diagnostics) = loader.uses(tree, &Address::File(own.to_owned()));
    Loaded {
        imports,
        diagnostics,
        texts: loader.texts,
    }
}

fn is_of_a_file(item: &Item) -> bool {
    item.as_use()
        .is_some_and(|it| matches!(it.from, UseFrom::Source(_)))
}

struct Loader<'a> {
    library: &'a Library,
    source: &'a dyn Source,
    sources: &'a mut SourceMap,
    /// The first file's folder, as messages name it.
    folder: &'a str,
    /// What was loaded, or could not be.
    done: BTreeMap<Address, Arc<Exports>>,
    /// The files whose `use` lines are being followed, the first one first.
    stack: Vec<Address>,
    /// The version of each repository that is used, and by which files.
    versions: BTreeMap<String, (String, Vec<String>)>,
    texts: BTreeMap<String, String>,
}

impl Loader<'_> {
    /// What the file at `address` uses, and what is wrong with its `use` lines.
    fn uses(&mut self, tree: &File, address: &Address) -> (Imports, Vec<Diagnostic>) {
        let mut imports = Imports::default();
        let mut found = Vec::new();
        self.stack.push(address.clone());
        for item in tree.items.iter().filter_map(Item::as_use) {
            let UseFrom::Source(text) = &item.from else {
                continue;
            };
            let (at, text) = (text.at.0, text.value.as_str());
            let reference = match Reference::parse(text) {
                Ok(reference) => reference,
                Err(wrong) => {
                    found.push(Diagnostic::new(unread(text, wrong), at));
                    if let Some(alias) = &item.alias {
                        imports.add(&alias.text, alias.at.0, Arc::new(Exports::broken()));
                    }
                    continue;
                }
            };
            let exports = match self.reference(&reference, text, address) {
                Ok(exports) => exports,
                Err(kind) => {
                    found.push(Diagnostic::new(kind, at));
                    Arc::new(Exports::broken())
                }
            };
            if let Some(error) = exports.error.as_ref().filter(|_| !exports.broken) {
                let kind = Kind::UseBroken {
                    name: text.to_owned(),
                    errors: error.count,
                    first: error.message.clone(),
                };
                let found_there = Diagnostic::new(kind, at).label(error.at, "the first is here");
                found.push(found_there);
            }
            found.extend(self.name(item, &reference, exports, &mut imports));
        }
        self.stack.pop();
        (imports, found)
    }

    /// Gives what is used its name here.
    fn name(
        &self,
        item: &Use,
        reference: &Reference,
        exports: Arc<Exports>,
        imports: &mut Imports,
    ) -> Option<Diagnostic> {
        let (name, at) = match (&item.alias, reference.name()) {
            (Some(alias), _) => (alias.text.clone(), alias.at.0),
            (None, Some(name)) => (name, item.at.0),
            (None, None) => {
                let why = "the name of its file is no name in tau".to_owned();
                return Some(Diagnostic::new(Kind::UseAlias { why }, item.at.0));
            }
        };
        if name == "std" || self.library.groups.contains(&name) {
            let why = format!("`{name}` is a part of the library");
            return Some(Diagnostic::new(Kind::UseAlias { why }, at));
        }
        let first = imports.add(&name, at, exports)?;
        let kind = Kind::DuplicateName {
            what: "a `use`".to_owned(),
            name,
        };
        Some(Diagnostic::new(kind, at).label(first, "the first one"))
    }

    /// What a reference in the file at `from` leads to.
    fn reference(
        &mut self,
        reference: &Reference,
        text: &str,
        from: &Address,
    ) -> Result<Arc<Exports>, Kind> {
        let unreadable = |why: &str| {
            Err(Kind::UseUnreadable {
                name: text.to_owned(),
                why: why.to_owned(),
            })
        };
        let Some(address) = reference.from(from) else {
            return unreadable("it leads out of its library");
        };
        self.one_version(&address)?;
        if let Some(at) = self.stack.iter().position(|it| *it == address) {
            let circle = self.stack[at..].iter().chain([&address]);
            let path = circle.map(|it| self.shown(it)).collect();
            return Err(Kind::UseCycle { path });
        }
        if let Some(exports) = self.done.get(&address) {
            return Ok(exports.clone());
        }
        if self.stack.len() >= MAX_USE_DEPTH {
            return unreadable(&format!(
                "files may use each other {MAX_USE_DEPTH} deep, and this is deeper"
            ));
        }
        if self.texts.len() >= MAX_USED {
            return unreadable(&format!(
                "a file may use {MAX_USED} others, with all of theirs"
            ));
        }
        let exports = match self.source.text(&address) {
            Ok(text) => Arc::new(self.file(&address, text)),
            Err(why) => {
                let broken = Arc::new(Exports::broken());
                self.done.insert(address.clone(), broken);
                return Err(unavailable(text, &address, why));
            }
        };
        self.done.insert(address, exports.clone());
        Ok(exports)
    }

    /// Of one repository all files take one version.
    fn one_version(&mut self, address: &Address) -> Result<(), Kind> {
        let Address::Library(pin, _) = address else {
            return Ok(());
        };
        let way: Vec<String> = self.stack.iter().map(|it| self.shown(it)).collect();
        match self.versions.get(&pin.from) {
            Some((version, first)) if *version != pin.version => Err(Kind::LibraryConflict {
                name: pin.from.clone(),
                here: pin.version.clone(),
                there: version.clone(),
                way: first.join(" → "),
            }),
            Some(_) => Ok(()),
            None => {
                let of = (pin.version.clone(), way);
                self.versions.insert(pin.from.clone(), of);
                Ok(())
            }
        }
    }

    /// Reads and checks a file that is used.
    fn file(&mut self, address: &Address, text: String) -> Exports {
        let name = self.shown(address);
        self.texts.insert(address.to_string(), text.clone());
        let id = self.sources.add(name.clone(), text.as_str());
        let (tree, read) = match Spelling::of(&name) {
            Spelling::Tau => tau::parse(&text, id),
            Spelling::Yaml => yaml::parse(&text, id),
        };
        let (imports, found) = self.uses(&tree, address);
        let mut checked = check_with(&tree, self.library, &imports);
        checked.diagnostics.extend(found);
        lint::finish(&mut checked, read, &tree, id, self.sources);
        let mut exports = Exports::of(&tree, &checked);
        exports.error = first_error(&checked, self.sources);
        exports
    }

    /// A file as messages name it.
    fn shown(&self, address: &Address) -> String {
        match address {
            Address::File(path) => join(self.folder, path).unwrap_or_else(|| path.clone()),
            Address::Library(..) => address.to_string(),
        }
    }
}

/// What keeps a file that is used from being used.
fn first_error(checked: &Checked, sources: &SourceMap) -> Option<super::exports::Error> {
    let is_error = |one: &&Diagnostic| one.severity() == Severity::Error;
    let mut errors = checked.diagnostics.iter().filter(is_error);
    let first = errors.next()?;
    let at: Span = first.span;
    Some(super::exports::Error {
        count: 1 + errors.count(),
        message: format!("{}: {}", sources.location(at), first.kind),
        at,
    })
}

fn unread(text: &str, wrong: WrongReference) -> Kind {
    let name = text.to_owned();
    match wrong {
        WrongReference::NoVersion => Kind::LibraryUnpinned { name },
        WrongReference::Invalid(why) => Kind::UseInvalid {
            name,
            why: why.to_owned(),
        },
    }
}

fn unavailable(text: &str, address: &Address, why: Unavailable) -> Kind {
    let name = text.to_owned();
    let library = match address {
        Address::Library(pin, _) => pin.to_string(),
        Address::File(path) => path.clone(),
    };
    match why {
        Unavailable::Unreadable(why) => Kind::UseUnreadable { name, why },
        Unavailable::LockInvalid(why) => Kind::LockInvalid { why },
        Unavailable::NotLocked => Kind::LibraryUnlocked { name: library },
        Unavailable::NotFetched => Kind::LibraryMissing { name: library },
        Unavailable::Tampered(why) => Kind::LibraryTampered { name: library, why },
    }
}

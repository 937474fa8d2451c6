//! Which repositories files use, themselves or through the files that they use.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tau_lang::module::{Address, Content, ENTRY, Pin, Reference, WrongReference};
use tau_lang::source::{SourceId, decode};
use tau_lang::syntax::tree::{File, Item, Spelling, UseFrom};
use tau_lang::syntax::{tau, yaml};

use super::project::Project;
use crate::files::{Input, discover, is_tau_yaml, read};

/// The repositories that the tau files in `folder` use, each with the first file that does, as the
/// project's lock file has them. A file that cannot be read uses nothing; a check says so.
pub(crate) fn of_folder(project: &Project, folder: &Path) -> BTreeMap<Pin, String> {
    let (inputs, _) = discover(&[folder.to_owned()], None);
    let mut uses = BTreeMap::new();
    for input in inputs {
        if let Input::File(path) = input
            && project.has(&path)
        {
            of_file(project, &path, &mut uses);
        }
    }
    uses
}

/// What the file uses, and the files that it uses.
fn of_file(project: &Project, path: &Path, uses: &mut BTreeMap<Pin, String>) {
    let folder = path.parent().unwrap_or(Path::new(""));
    let first = path.file_name().unwrap_or_default().to_string_lossy();
    let mut files = vec![Address::File(first.into_owned())];
    let mut next = 0;
    while let Some(at) = files.get(next).cloned() {
        next += 1;
        let Address::File(name) = &at else { continue };
        let path: PathBuf = folder.join(name);
        let Ok(text) = read(&Input::File(path.clone())) else {
            continue;
        };
        for used in references(name, &text).iter().filter_map(|it| it.from(&at)) {
            match used {
                Address::Library(pin, _) => {
                    let by = near(project, &path).to_string_lossy().into_owned();
                    uses.entry(project.pin(folder, &pin)).or_insert(by);
                }
                file if !files.contains(&file) => files.push(file),
                Address::File(_) => {}
            }
        }
    }
}

/// The path from here, or from the project's folder.
fn near<'a>(project: &Project, path: &'a Path) -> &'a Path {
    let here = std::env::current_dir().and_then(std::fs::canonicalize);
    let near = here.ok().and_then(|here| path.strip_prefix(here).ok());
    near.or_else(|| path.strip_prefix(&project.folder).ok())
        .unwrap_or(path)
}

/// The repositories that a library's files use, each once, in the order of their names.
pub(crate) fn of_library(pin: &Pin, content: &Content) -> Vec<Pin> {
    let mut uses = Vec::new();
    for (path, text) in texts(content) {
        let at = Address::Library(pin.clone(), path.to_owned());
        for used in references(path, &text).iter().filter_map(|it| it.from(&at)) {
            if let Address::Library(used, _) = used
                && used != *pin
            {
                uses.push(used);
            }
        }
    }
    uses.sort();
    uses.dedup();
    uses
}

/// The tau files of a library.
pub(super) fn texts(content: &Content) -> impl Iterator<Item = (&str, String)> {
    content.files.iter().filter_map(|(path, bytes)| {
        let is_tau = Spelling::of(path) == Spelling::Tau || is_tau_yaml(bytes);
        let text = is_tau.then(|| decode(bytes.clone()).ok()).flatten()?;
        Some((path.as_str(), text))
    })
}

/// What a file says, and whether all of it could be read.
pub(super) fn parse(name: &str, text: &str) -> (File, bool) {
    let (tree, found) = match Spelling::of(name) {
        Spelling::Tau => tau::parse(text, SourceId::default()),
        Spelling::Yaml => yaml::parse(text, SourceId::default()),
    };
    (tree, found.is_empty())
}

/// What its `use` lines name, but `std`.
fn references(name: &str, text: &str) -> Vec<Reference> {
    let (tree, _) = parse(name, text);
    let uses = tree.items.iter().filter_map(Item::as_use);
    uses.filter_map(|item| match &item.from {
        UseFrom::Source(text) => Reference::parse(&text.value).ok(),
        UseFrom::Std { .. } => None,
    })
    .collect()
}

/// The library that a text on the command line names, from the folder that it is typed in.
///
/// # Errors
/// Why it names none, as a clause.
pub(crate) fn named(project: &Project, text: &str) -> Result<Pin, String> {
    match Reference::parse(text) {
        Ok(reference @ Reference::Library { .. }) => {
            let here = Address::File(ENTRY.to_owned());
            match reference.from(&here) {
                Some(Address::Library(pin, _)) => Ok(project.pin(Path::new("."), &pin)),
                _ => Err("it begins above the root of the disk".to_owned()),
            }
        }
        Ok(Reference::File(_)) => Err("it is a file, which needs no lock".to_owned()),
        Err(WrongReference::Invalid(why)) if text.contains('@') => Err(why.to_owned()),
        Err(_) => Err("it has no version; write one behind it, such as `@v1`".to_owned()),
    }
}

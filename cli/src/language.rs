//! The one place where commands reach the language.

use std::path::Path;

use tau_interpreter::journal::FileTexts;
use tau_lang::check::{Checked, check_with};
use tau_lang::diagnostic::{Diagnostic, Severity};
use tau_lang::format;
use tau_lang::library::Library;
use tau_lang::lint;
use tau_lang::module::{Source, load};
use tau_lang::source::{SourceId, SourceMap};
use tau_lang::syntax::tree::{File, Spelling};
use tau_lang::syntax::{tau, yaml};

use crate::libraries::{Compared, Disk};

/// The standard library, and every text that was read.
pub(crate) struct Language {
    /// What missions may call.
    pub(crate) library: Library,
    /// The library's texts and those that were checked.
    pub(crate) sources: SourceMap,
    /// The libraries that files used.
    compared: Compared,
}

impl Language {
    /// Reads the standard library.
    pub(crate) fn new() -> Language {
        let mut sources = SourceMap::default();
        // A test of the library keeps it free of findings.
        let (library, _) = Library::load(&mut sources, &tau_stdlib::texts());
        Language {
            library,
            sources,
            compared: Compared::default(),
        }
    }

    /// Checks the file `name`, with everything that is wrong with it. What it uses is read from
    /// the disk.
    pub(crate) fn check(&mut self, name: &str, text: &str) -> Checked {
        let disk = Disk::knowing(Path::new(name), &self.compared);
        self.check_with(name, text, &disk).checked
    }

    /// Checks the file `name`, with what it uses from `uses`.
    pub(crate) fn check_with(&mut self, name: &str, text: &str, uses: &dyn Source) -> Read {
        let (file, tree, read) = parse(&mut self.sources, name, text);
        let loaded = load(&tree, name, &self.library, uses, &mut self.sources);
        let mut checked = check_with(&tree, &self.library, &loaded.imports);
        checked.diagnostics.extend(loaded.diagnostics);
        lint::finish(&mut checked, read, &tree, file, &self.sources);
        Read {
            tree,
            checked,
            texts: FileTexts {
                text: text.to_owned(),
                used: loaded.texts,
            },
        }
    }
}

/// A file that was read and checked.
pub(crate) struct Read {
    /// What it says.
    pub(crate) tree: File,
    /// What it means, and what is wrong with it.
    pub(crate) checked: Checked,
    /// Its text and those of the files that it uses.
    pub(crate) texts: FileTexts,
}

/// The file `name` in the one style.
///
/// # Errors
/// What keeps it from being read; the file is added to `sources`.
pub(crate) fn format(
    sources: &mut SourceMap,
    name: &str,
    text: &str,
) -> Result<String, Vec<Diagnostic>> {
    let (_, tree, found) = parse(sources, name, text);
    if found.iter().any(|one| one.severity() == Severity::Error) {
        return Err(found);
    }
    Ok(format::print(tree, Spelling::of(name)))
}

/// The file `name` in the spelling `to`, formatted.
///
/// # Errors
/// What keeps it from being read; the file is added to `language.sources`. Or a sentence: what of
/// it the other spelling cannot say.
pub(crate) fn convert(
    language: &mut Language,
    name: &str,
    text: &str,
    to: Spelling,
) -> Result<String, Unconverted> {
    let (_, mut tree, found) = parse(&mut language.sources, name, text);
    if found.iter().any(|one| one.severity() == Severity::Error) {
        return Err(Unconverted::Unreadable(found));
    }
    let unfit = |why| Err(Unconverted::Unfit(why));
    if to == Spelling::Tau {
        return match format::unfit_for_tau(&tree) {
            None => Ok(format::tau(&tree)),
            Some(why) => unfit(format!("tau cannot say {why}")),
        };
    }
    if let Some(why) = format::unfit_for_yaml(&tree) {
        return unfit(format!("YAML cannot say {why}"));
    }
    let Language {
        library, sources, ..
    } = language;
    let uses = Disk::of(Path::new(name));
    let imports = load(&tree, name, library, &uses, sources).imports;
    match format::name_arguments(&mut tree, library, &imports) {
        Ok(()) => Ok(format::yaml(&tree)),
        Err(unnamed) => unfit(format!(
            "argument {} of `{}` has no name in YAML: {}",
            unnamed.position, unnamed.action, unnamed.why
        )),
    }
}

/// What a text says that was checked already.
pub(crate) fn tree(name: &str, text: &str) -> File {
    parse(&mut SourceMap::default(), name, text).1
}

/// Why a file stays in its spelling.
pub(crate) enum Unconverted {
    /// It cannot be read.
    Unreadable(Vec<Diagnostic>),
    /// The other spelling cannot say all of it: a sentence.
    Unfit(String),
}

fn parse(sources: &mut SourceMap, name: &str, text: &str) -> (SourceId, File, Vec<Diagnostic>) {
    let file = sources.add(name, text);
    let (tree, found) = match Spelling::of(name) {
        Spelling::Tau => tau::parse(text, file),
        Spelling::Yaml => yaml::parse(text, file),
    };
    (file, tree, found)
}

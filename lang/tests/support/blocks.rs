//! The blocks of the Markdown tests. One with `file=NAME` is a file that those below it, up to the
//! next heading, may use.

use std::collections::BTreeMap;
use std::path::Path;

use tau_lang::check::{Checked, check_with};
use tau_lang::library::Library;
use tau_lang::lint;
use tau_lang::module::{Address, Source, Unavailable, load};
use tau_lang::source::SourceMap;
use tau_lang::syntax::tree::Spelling;
use tau_lang::syntax::{tau, yaml};

/// A file to check.
pub(crate) struct Block {
    /// `test.tau` or `test.yaml`
    pub(crate) name: &'static str,
    pub(crate) text: String,
    /// What it may use.
    pub(crate) files: Files,
    /// Where it stands: the Markdown file, the line, and the heading above it.
    pub(crate) place: String,
}

/// Files by the names that addresses have.
#[derive(Clone, Default)]
pub(crate) struct Files(BTreeMap<String, String>);

impl Source for Files {
    /// The hosts `absent`, `broken` and `changed` have what their names say.
    fn text(&self, address: &Address) -> Result<String, Unavailable> {
        if let Some(text) = self.0.get(&address.to_string()) {
            return Ok(text.clone());
        }
        let unreadable = |why: &str| Unavailable::Unreadable(why.to_owned());
        Err(match address {
            Address::File(_) => unreadable("there is no such file"),
            Address::Library(pin, _) => match pin.from.split('/').next() {
                Some("absent") => Unavailable::NotFetched,
                Some("broken") => Unavailable::LockInvalid("`tau.lock`: line 1".to_owned()),
                Some("changed") => Unavailable::Tampered("`lib.tau` differs".to_owned()),
                _ if self.0.keys().any(|it| it.starts_with(&pin.from)) => {
                    unreadable("the library has no such file")
                }
                _ => Unavailable::NotLocked,
            },
        })
    }
}

/// All blocks, in their order.
pub(crate) fn blocks() -> Vec<Block> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check");
    let mut pages: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    pages.sort();
    let blocks: Vec<Block> = pages.iter().flat_map(|page| of_page(page)).collect();
    assert!(blocks.len() > 50);
    blocks
}

fn of_page(page: &Path) -> Vec<Block> {
    let name = page.file_name().unwrap().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(page).unwrap();
    let mut blocks = Vec::new();
    let (mut heading, mut files) = (String::new(), Files::default());
    let mut open: Option<(&str, usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        match &mut open {
            Some((kind, start, body)) if line == "```" => {
                let (line, text) = (*start, std::mem::take(body));
                match kind.split_once(" file=") {
                    Some((_, name)) => {
                        files.0.insert(name.to_owned(), text);
                    }
                    None => blocks.push(Block {
                        name: match *kind {
                            "yaml" => "test.yaml",
                            "tau" => "test.tau",
                            other => panic!("{name}:{line}: a block of {other}"),
                        },
                        text,
                        files: files.clone(),
                        place: format!("{name}:{line} {heading}"),
                    }),
                }
                open = None;
            }
            Some((_, _, body)) => {
                body.push_str(line);
                body.push('\n');
            }
            None if line.starts_with('#') => {
                heading = line.to_owned();
                files = Files::default();
            }
            None => {
                open = line
                    .strip_prefix("```")
                    .map(|it| (it, index + 2, String::new()))
            }
        }
    }
    blocks
}

/// Everything that is found in a text.
pub(crate) fn check_text(
    name: &str,
    text: &str,
    files: &Files,
    library: &Library,
    sources: &mut SourceMap,
) -> Checked {
    let id = sources.add(name, text);
    let (tree, read) = match Spelling::of(name) {
        Spelling::Yaml => yaml::parse(text, id),
        Spelling::Tau => tau::parse(text, id),
    };
    let loaded = load(&tree, name, library, files, sources);
    let mut checked = check_with(&tree, library, &loaded.imports);
    checked.diagnostics.extend(loaded.diagnostics);
    lint::finish(&mut checked, read, &tree, id, sources);
    checked
}

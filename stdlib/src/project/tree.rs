//! A repository's files, as far as is needed to see what it is tested with.

use std::collections::BTreeSet;

/// The names of a repository's files, and a way to read them.
pub struct Tree<'a> {
    /// Relative to the root, with `/` between folders.
    files: BTreeSet<String>,
    text: Text<'a>,
}

/// Gives the beginning of a file.
type Text<'a> = Box<dyn Fn(&str) -> Option<String> + 'a>;

impl<'a> Tree<'a> {
    /// The files of these names; `text` gives the beginning of one that is among them, with `�` for
    /// bytes that are not UTF-8.
    pub fn new(files: BTreeSet<String>, text: impl Fn(&str) -> Option<String> + 'a) -> Tree<'a> {
        let text = Box::new(text);
        Tree { files, text }
    }

    /// The files' paths in the order of their names.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    /// Whether there is this file.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    /// Whether there is a file in this folder, at any depth.
    #[must_use]
    pub fn has_folder(&self, folder: &str) -> bool {
        let start = format!("{folder}/");
        let mut from = self.files.range(start.clone()..);
        from.next().is_some_and(|file| file.starts_with(&start))
    }

    /// Whether a folder of this name with a file of this ending in it stands below another one.
    #[must_use]
    pub fn has_inner_folder(&self, folder: &str, ending: &str) -> bool {
        let inner = format!("/{folder}/");
        self.files()
            .any(|file| file.contains(&inner) && file.ends_with(ending))
    }

    /// The beginning of a file's text; `None` when there is no such file.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<String> {
        match self.has(path) {
            true => (self.text)(path),
            false => None,
        }
    }
}

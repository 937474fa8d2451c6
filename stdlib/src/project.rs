//! What a repository is tested with: one file for each kind of project. `tau init` and `issue.plan`
//! ask it, each with its own way to the files.

mod cargo;
mod go;
mod make;
mod node;
mod python;
mod tree;

use serde::Serialize;

pub use self::tree::Tree;

/// A way to test the repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The command that decides.
    pub command: &'static str,
    /// The file that told so.
    pub because: String,
    /// Patterns of the files that an edit may touch; empty when none was found.
    pub write: Vec<String>,
    /// Patterns of the files that the verdict rests on; empty when none was found.
    pub protect: Vec<String>,
    /// What the command needs in its environment.
    pub env: Vec<(&'static str, &'static str)>,
    /// Where what the command needs is installed in the repository's folder, if it is; no part of
    /// the repository.
    pub installed: Vec<&'static str>,
}

/// Everything found, the best first: a language's own runner says more about each test than
/// `make` does, and of two languages the compiled one is rarely there for tooling alone.
#[must_use]
pub fn detect(tree: &Tree<'_>) -> Vec<Finding> {
    let kinds = [cargo::find, go::find, python::find, node::find, make::find];
    kinds.iter().filter_map(|find| find(tree)).collect()
}

/// `folder/**` for each of these folders that has files.
fn folders(tree: &Tree<'_>, names: &[&str]) -> Vec<String> {
    let there = names.iter().filter(|name| tree.has_folder(name));
    there.map(|name| format!("{name}/**")).collect()
}

/// Whether a path is one that a pattern stands for.
type Is = fn(&str) -> bool;

/// The patterns that stand for some file.
fn patterns(tree: &Tree<'_>, known: &[(&str, Is)]) -> Vec<String> {
    let there = known.iter().filter(|(_, is)| tree.files().any(is));
    there.map(|(pattern, _)| (*pattern).to_owned()).collect()
}

/// The last part of a path.
fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests;

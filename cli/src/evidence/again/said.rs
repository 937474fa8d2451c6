//! What a receipt says that its verifiers have shown, of the base, of what was frozen, and of the commit.

use std::collections::BTreeMap;

use tau_interpreter::evidence::papers::{Found, Papers};
use tau_stdlib::fs::split_patch;

use super::super::text::as_text;

/// What a verifier is said to have shown. What it could not decide is nothing that it has shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Said {
    /// On the base: whether it passed.
    pub(super) base: Option<bool>,
    /// On the base with the files that were frozen in the run: whether it passed.
    pub(super) frozen: Option<bool>,
    /// On the commit: whether it passed.
    pub(super) made: Option<bool>,
}

/// The new files of a run that counted as the base's: their tree, and the patches that make them and the rest.
pub(super) struct Frozen {
    pub(super) tree: String,
    pub(super) files: String,
    pub(super) rest: String,
}

impl Frozen {
    /// Those of a receipt, if it has any and its patch can be given to a step.
    pub(super) fn of(papers: &Papers, found: &Found) -> Option<Frozen> {
        let frozen = &papers.summary.predicate["tau_proof"]["frozen"];
        let tree = frozen["tree"].as_str()?;
        let paths = frozen["files"].as_array()?.iter();
        let paths: Vec<&str> = paths.filter_map(|it| it["path"].as_str()).collect();
        let patch = as_text(&found.patch)?;
        let (files, rest) = split_patch(patch, |path| paths.contains(&path));
        Some(Frozen {
            tree: tree.to_owned(),
            files,
            rest,
        })
    }
}

/// What each verifier, by name and digest, is said to have shown of the base, of the base with the frozen
/// files, and of the commit.
pub(super) fn said(
    papers: &Papers,
    found: &Found,
    frozen: Option<&Frozen>,
) -> BTreeMap<(String, String), Said> {
    let (base, made) = (found.base.tree, found.made.map(|it| it.tree));
    let mut all: BTreeMap<(String, String), Said> = BTreeMap::new();
    for test in &papers.tests {
        let configuration = &test.predicate["configuration"][0];
        let name = configuration["name"].as_str();
        let digest = configuration["digest"]["sha256"].as_str();
        let tree = test
            .subject
            .first()
            .and_then(|it| it["digest"]["gitTree"].as_str());
        let (Some(name), Some(digest), Some(tree)) = (name, digest, tree) else {
            continue;
        };
        let passed = test.predicate["result"] == "PASSED";
        let decided = passed || test.predicate["tau_verdict"]["verdict"] == "red";
        let key = (name.to_owned(), digest.to_owned());
        if made.is_some_and(|made| tree == made.to_string()) {
            all.entry(key).or_default().made = Some(passed);
        } else if !decided {
            // It may be another word each time.
        } else if tree == base.to_string() {
            all.entry(key).or_default().base = Some(passed);
        } else if frozen.is_some_and(|it| tree == it.tree) {
            all.entry(key).or_default().frozen = Some(passed);
        }
    }
    all
}

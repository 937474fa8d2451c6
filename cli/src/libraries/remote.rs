//! Repositories that libraries are fetched from, with the `git` program.
//!
//! What comes from there is nobody's friend: nothing is checked out, no hook runs, and only bytes
//! that were asked for are read, within bounds.

mod address;
mod bare;
mod tree;

use std::collections::BTreeMap;
use std::path::Path;

use tau_lang::diagnostic::nearest;
use tau_lang::module::{Content, Pin};

use self::address::Address;
use self::bare::Bare;

/// What a repository has at a version.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// The commit's id.
    pub(crate) commit: String,
    /// What kind of name the version is there.
    pub(crate) kind: Kind,
    /// Whether a branch has the tag's name, too.
    pub(crate) is_also_branch: bool,
    /// The library's files.
    pub(crate) content: Content,
}

/// What a version is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A tag, which should never move.
    Tag,
    /// A branch, which moves.
    Branch,
    /// A commit, which cannot move.
    Commit,
}

/// What the version of `pin` is now. The paths of repositories begin at `folder`.
///
/// # Errors
/// A sentence without its full stop: the repository cannot be reached, does not have the version,
/// or cannot be used as a library.
pub(crate) fn fetch(folder: &Path, pin: &Pin) -> Result<Fetched, String> {
    let address = Address::of(folder, &pin.from)?;
    let known = versions(&address)?;
    let version = &pin.version;
    let (kind, wanted) = known.find(version)?;
    let bare = Bare::new(known.id_length(version))?;
    let commit = match kind {
        // A host may give commits by their ids that were only ever in somebody's copy of the
        // repository. One that is its own is on a branch or under a tag.
        Kind::Commit => bare.dig(&address, &EVERYTHING, version)?,
        Kind::Tag | Kind::Branch => {
            let brought = bare.fetch(&address, &[&wanted], true);
            brought.map_err(|why| format!("cannot be fetched: {why}"))?;
            bare.fetched()?
        }
    };
    let content = tree::read(&bare, &commit)?;
    Ok(Fetched {
        commit,
        kind,
        is_also_branch: kind == Kind::Tag && known.has_branch(version),
        content,
    })
}

/// What `pin` was when it was locked, by its commit.
///
/// # Errors
/// As [`fetch`]; or the repository does not have the commit any more.
pub(crate) fn fetch_commit(folder: &Path, pin: &Pin, commit: &str) -> Result<Content, String> {
    let address = Address::of(folder, &pin.from)?;
    let bare = Bare::new(commit.len())?;
    if bare.fetch(&address, &[commit], true).is_err() {
        let known = versions(&address)?;
        match known.find(&pin.version) {
            Ok((Kind::Tag | Kind::Branch, name)) => bare.dig(&address, &[&name], commit)?,
            _ => bare.dig(&address, &EVERYTHING, commit)?,
        };
    }
    tree::read(&bare, commit)
}

/// All branches and tags, with all that was before.
const EVERYTHING: [&str; 2] = ["refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*"];

/// The branches and tags of a repository, whole names and ids.
struct Versions(BTreeMap<String, String>);

fn versions(address: &Address) -> Result<Versions, String> {
    let list = bare::list(address).map_err(|why| format!("cannot be reached: {why}"))?;
    let pairs = list.lines().filter_map(|line| line.split_once('\t'));
    Ok(Versions(
        pairs
            .map(|(id, name)| (name.to_owned(), id.to_owned()))
            .collect(),
    ))
}

impl Versions {
    /// What to ask for to get `version`. A tag is preferred, as git does.
    fn find(&self, version: &str) -> Result<(Kind, String), String> {
        let of = [(Kind::Tag, "refs/tags/"), (Kind::Branch, "refs/heads/")];
        for (kind, prefix) in of {
            let name = format!("{prefix}{version}");
            if self.0.contains_key(&name) && is_plain(&name) {
                return Ok((kind, name));
            }
        }
        if bare::is_id(version) {
            return Ok((Kind::Commit, version.to_owned()));
        }
        let names = || self.0.keys().filter_map(|name| short(name));
        let mut why = format!("has no tag or branch `{version}`");
        let is_short_id =
            version.len() >= 4 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
        if let Some(near) = nearest(version, names()) {
            why += &format!("; did you mean `{near}`?");
        } else if is_short_id {
            why += "; a commit is written with all its digits";
        } else if self.0.is_empty() {
            why += "; it has none at all";
        }
        Err(why)
    }

    fn has_branch(&self, version: &str) -> bool {
        self.0.contains_key(&format!("refs/heads/{version}"))
    }

    /// How long the repository's ids are, which says how it hashes.
    fn id_length(&self, version: &str) -> usize {
        let any = self.0.values().next();
        any.map_or(version.len(), String::len)
    }
}

/// The name without its kind; none for the `^{}` that stands for what a tag points at.
fn short(name: &str) -> Option<&str> {
    let short = name
        .strip_prefix("refs/tags/")
        .or_else(|| name.strip_prefix("refs/heads/"))?;
    (!short.ends_with("^{}")).then_some(short)
}

/// Whether git takes the name as one name, and not as a pattern of several.
fn is_plain(name: &str) -> bool {
    !name.contains(['*', '?', '[', ':', '^', '~', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(names: &[&str]) -> Versions {
        let id = "1".repeat(40);
        let pairs = names.iter().map(|name| ((*name).to_owned(), id.clone()));
        Versions(pairs.collect())
    }

    #[test]
    fn a_tag_is_preferred_and_a_commit_is_whole() {
        let known = versions(&["refs/heads/v1", "refs/tags/v1", "refs/heads/main"]);
        let find = |version: &str| known.find(version);
        assert_eq!(find("v1"), Ok((Kind::Tag, "refs/tags/v1".to_owned())));
        assert_eq!(
            find("main"),
            Ok((Kind::Branch, "refs/heads/main".to_owned()))
        );
        let commit = "0123456789".repeat(4);
        assert_eq!(find(&commit), Ok((Kind::Commit, commit.clone())));
        insta::assert_snapshot!(find("v2").unwrap_err(), @"has no tag or branch `v2`; did you mean `v1`?");
        insta::assert_snapshot!(find("01234567").unwrap_err(), @"has no tag or branch `01234567`; a commit is written with all its digits");
        insta::assert_snapshot!(versions(&[]).find("v1").unwrap_err(), @"has no tag or branch `v1`; it has none at all");
    }

    #[test]
    fn a_name_that_git_takes_for_a_pattern_is_none() {
        let known = versions(&["refs/tags/*", "refs/tags/v1^{}"]);
        assert!(known.find("*").is_err());
        assert!(known.find("v1^{}").is_err());
    }
}

//! What `tau.lock` would gain, lose and change.

use std::path::Path;

use serde::Serialize;
use tau_lang::module::{Content, Lock, Locked, Pin};

use super::load::Known;
use crate::libraries::{Graph, Kind, Offers, Origin, Project, Store, contradict};

/// What happens to one library.
#[derive(Serialize)]
pub(super) struct Change {
    /// `added`, `moved`, `replaced` or `removed`.
    pub(super) change: &'static str,
    pub(super) from: String,
    pub(super) version: String,
    /// What the lock file says of it now.
    pub(super) was: Option<Side>,
    /// What it would say.
    pub(super) now: Option<Side>,
    /// Whether a tag moved, which should never happen.
    pub(super) suspicious: bool,
    /// Whether the tag that was taken has a branch's name, too.
    pub(super) ambiguous: bool,
    /// The file or library that uses it.
    pub(super) used_by: Option<String>,
    pub(super) files: usize,
    pub(super) bytes: usize,
    #[serde(flatten)]
    pub(super) offers: Offers,
    /// What its missions and actions need more than before; all of it when `was` is not known.
    pub(super) gained: Vec<String>,
    /// What they need no more.
    pub(super) lost: Vec<String>,
    #[serde(skip)]
    pub(super) before: Option<(Pin, Locked)>,
    #[serde(skip)]
    pub(super) after: Option<(Pin, Locked)>,
}

/// A library at one time.
#[derive(Serialize)]
pub(super) struct Side {
    pub(super) version: String,
    pub(super) commit: String,
    pub(super) content: String,
}

impl Side {
    fn of((pin, locked): &(Pin, Locked)) -> Side {
        Side {
            version: pin.version.clone(),
            commit: locked.commit.clone(),
            content: locked.content.clone(),
        }
    }
}

/// The way from the project's lock file to `graph`. What is locked and not in it goes when another
/// version takes its place, or when `drops` says so.
pub(super) fn changes(project: &Project, graph: &Graph<Known>, drops: bool) -> Vec<Change> {
    let folder = &project.folder;
    let mut changes = Vec::new();
    let mut gone: Vec<(Pin, Locked)> = Vec::new();
    for (pin, locked) in &project.lock.libraries {
        let is_replaced = || graph.keys().any(|other| contradict(folder, other, pin));
        if !graph.contains_key(pin) && (drops || is_replaced()) {
            gone.push((pin.clone(), locked.clone()));
        }
    }
    for (pin, node) in graph {
        let before = match project.lock.libraries.get(pin) {
            Some(locked) if *locked == node.what.locked => continue,
            Some(locked) => Some((pin.clone(), locked.clone())),
            None => {
                let other = gone
                    .iter()
                    .position(|(old, _)| contradict(folder, old, pin));
                other.map(|at| gone.remove(at))
            }
        };
        let used_by = match &node.origin {
            Origin::Named => None,
            Origin::File(file) => Some(file.clone()),
            Origin::Library(by) => Some(by.to_string()),
        };
        changes.push(change(project, pin, &node.what, used_by, before));
    }
    changes.extend(gone.into_iter().map(removal));
    changes
}

fn change(
    project: &Project,
    pin: &Pin,
    now: &Known,
    used_by: Option<String>,
    before: Option<(Pin, Locked)>,
) -> Change {
    let offers = Offers::of(&now.content);
    let (mut gained, mut lost) = (Vec::new(), Vec::new());
    if let Some((old, locked)) = &before {
        let old = Store::here().read(project, old, locked).ok();
        let old = old.map_or_else(Default::default, |content| Offers::of(&content).lines());
        let new = offers.lines();
        gained = new.difference(&old).cloned().collect();
        lost = old.difference(&new).cloned().collect();
    }
    let is_other = before.as_ref().is_some_and(|(old, _)| old != pin);
    let after = (pin.clone(), now.locked.clone());
    Change {
        change: match (&before, is_other) {
            (None, _) => "added",
            (Some(_), true) => "replaced",
            (Some(_), false) => "moved",
        },
        from: pin.from.clone(),
        version: pin.version.clone(),
        was: before.as_ref().map(Side::of),
        now: Some(Side::of(&after)),
        suspicious: before.is_some() && !is_other && now.kind == Some(Kind::Tag),
        ambiguous: now.is_also_branch,
        used_by,
        files: now.content.files.len(),
        bytes: size(&now.content),
        offers,
        gained,
        lost,
        before,
        after: Some(after),
    }
}

fn removal(before: (Pin, Locked)) -> Change {
    Change {
        change: "removed",
        from: before.0.from.clone(),
        version: before.0.version.clone(),
        was: Some(Side::of(&before)),
        now: None,
        suspicious: false,
        ambiguous: false,
        used_by: None,
        files: 0,
        bytes: 0,
        offers: Offers::default(),
        gained: Vec::new(),
        lost: Vec::new(),
        before: Some(before),
        after: None,
    }
}

fn size(content: &Content) -> usize {
    content.files.values().map(Vec::len).sum()
}

/// Does to the lock file in `folder`, as it is when it is written, what `changes` say.
///
/// # Errors
/// It is not any more what the changes were made for.
pub(super) fn apply(folder: &Path, changes: &[Change], lock: &mut Lock) -> Result<(), String> {
    let meanwhile = || Err("`tau.lock` was changed meanwhile; run the command again".to_owned());
    for change in changes {
        if let Some((pin, locked)) = &change.before {
            let is = lock.libraries.remove(pin);
            let is_done = is.is_none() || change.after.as_ref().map(|it| &it.1) == is.as_ref();
            if !is_done && is.as_ref() != Some(locked) {
                return meanwhile();
            }
        }
        if let Some((pin, locked)) = &change.after {
            let is = lock.libraries.insert(pin.clone(), locked.clone());
            if is.is_some_and(|is| is != *locked) {
                return meanwhile();
            }
            let mut others = lock.libraries.keys().filter(|other| *other != pin);
            if others.any(|other| contradict(folder, other, pin)) {
                return meanwhile();
            }
        }
    }
    Ok(())
}

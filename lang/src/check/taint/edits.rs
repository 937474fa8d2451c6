//! Which files of the mission's tree hold something from outside.

use super::trace::Trace;
use crate::glob::Glob;

/// More places than this are taken for all files.
const MOST: usize = 64;

/// The files that outside text went into.
#[derive(Clone, Debug, Default)]
pub(super) struct Edits {
    all: Vec<Edit>,
}

#[derive(Clone, Debug)]
struct Edit {
    files: Glob,
    /// Whether it was also decided outside which files there are, and what they are called.
    names: bool,
    trace: Trace,
}

impl Edits {
    /// Outside text goes into `files`. Whether that is new.
    pub(super) fn add(&mut self, files: &Glob, names: bool, trace: &Trace) -> bool {
        let known = |it: &Edit| it.files.as_str() == files.as_str() || it.files.as_str() == "**";
        if let Some(it) = self.all.iter_mut().find(|it| known(it)) {
            let new = names && !it.names;
            it.names |= names;
            return new;
        }
        let everything = Glob::new("**").unwrap_or_else(|_| files.clone());
        let full = self.all.len() >= MOST;
        if full {
            self.all.clear();
        }
        self.all.push(Edit {
            files: if full { everything } else { files.clone() },
            names: names || full,
            trace: trace.clone(),
        });
        true
    }

    /// Everything of `other` too. Whether any of it is new.
    pub(super) fn join(&mut self, other: &Edits) -> bool {
        let mut new = false;
        for it in &other.all {
            new |= self.add(&it.files, it.names, &it.trace);
        }
        new
    }

    /// How outside text got into what `files` reads, if it did. Who asks only for `names` sees
    /// what is there and not what is in it.
    pub(super) fn read(&self, files: &Glob, names: bool) -> Option<&Trace> {
        let meets = |it: &&Edit| (it.names || !names) && it.files.meets(files);
        self.all.iter().find(meets).map(|it| &it.trace)
    }

    /// What a called mission left, as its caller, `depth` calls deep, knows it.
    pub(super) fn lift(&mut self, depth: usize) {
        for it in &mut self.all {
            it.trace = it.trace.lift(depth);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

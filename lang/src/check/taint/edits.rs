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
    /// How it came into them.
    content: Trace,
    /// How it came from outside which files there are, and what they are called, if it did.
    names: Option<Trace>,
}

impl Edits {
    /// Outside text goes into `files`, and perhaps into their `names`. Whether that is new.
    pub(super) fn add(&mut self, files: &Glob, content: &Trace, names: Option<&Trace>) -> bool {
        let known = |it: &Edit| it.files.as_str() == files.as_str() || it.files.as_str() == "**";
        if let Some(it) = self.all.iter_mut().find(|it| known(it)) {
            let nearer = it.content.nearer(content).clone();
            let nearest = Trace::nearest(it.names.iter().chain(names)).cloned();
            let least = |names: &Option<Trace>| names.as_ref().map(|it| it.least);
            let new = nearer.least != it.content.least || least(&nearest) != least(&it.names);
            (it.content, it.names) = (nearer, nearest);
            return new;
        }
        if self.all.len() >= MOST {
            return self.widen(files, content, names);
        }
        self.all.push(Edit {
            files: files.clone(),
            content: content.clone(),
            names: names.cloned(),
        });
        true
    }

    /// Takes all files together, whatever is known of each.
    fn widen(&mut self, files: &Glob, content: &Trace, names: Option<&Trace>) -> bool {
        let contents = self.all.iter().map(|it| &it.content);
        let nearest = Trace::nearest(contents.chain([content]));
        let nearest = nearest.unwrap_or(content).clone();
        let all_names = self.all.iter().filter_map(|it| it.names.as_ref());
        let names = Trace::nearest(all_names.chain(names)).cloned();
        self.all = vec![Edit {
            files: Glob::new("**").unwrap_or_else(|_| files.clone()),
            content: nearest,
            names,
        }];
        true
    }

    /// Everything of `other` too. Whether any of it is new.
    pub(super) fn join(&mut self, other: &Edits) -> bool {
        let mut new = false;
        for it in &other.all {
            new |= self.add(&it.files, &it.content, it.names.as_ref());
        }
        new
    }

    /// How outside text got into what `files` reads, if it did. Who asks only for `names` sees
    /// what is there and not what is in it.
    pub(super) fn read(&self, files: &Glob, names: bool) -> Option<&Trace> {
        let met = self.all.iter().filter(|it| it.files.meets(files));
        Trace::nearest(met.filter_map(|it| match names {
            true => it.names.as_ref(),
            false => Some(&it.content),
        }))
    }

    /// What a called mission left, as its caller, `depth` calls deep, knows it.
    pub(super) fn lift(&mut self, depth: usize) {
        for it in &mut self.all {
            it.content = it.content.lift(depth);
            it.names = it.names.as_ref().map(|names| names.lift(depth));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

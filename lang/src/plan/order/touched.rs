//! Who touched what so far, so that a statement is compared only with those it may meet.

use std::collections::{HashMap, HashSet};

use super::Thing;
use crate::glob::Glob;
use crate::plan::Node;

/// The earlier nodes by what they touch.
///
/// INVARIANT: a node is left out only when whoever meets it also meets a later one that waits for
/// it, so leaving it out loses no order and no edge.
#[derive(Default)]
pub(super) struct Touched<'a> {
    /// By single path.
    paths: HashMap<&'a str, Users>,
    /// Those of the paths that someone wrote.
    written: HashSet<&'a str>,
    /// By pattern.
    patterns: HashMap<&'a str, (&'a Glob, Users)>,
    branch: Users,
    hosts: HashMap<Option<&'a str>, Users>,
    gates: Vec<usize>,
}

/// Those that touch one and the same thing.
#[derive(Default)]
struct Users {
    /// The last that wrote it. All earlier ones are before it.
    writer: Option<usize>,
    /// Those that read it since.
    readers: Vec<usize>,
}

impl<'a> Touched<'a> {
    /// The nodes that `node` may have to wait for, the last first.
    pub(super) fn may_meet(&self, node: &Node) -> Vec<usize> {
        let mut found = Vec::new();
        for touch in &node.touches {
            match &touch.thing {
                Thing::Branch => self.branch.collect(touch.write, &mut found),
                Thing::Host(Some(name)) => {
                    let meeting = [Some(name.as_str()), None].map(|it| self.hosts.get(&it));
                    for users in meeting.into_iter().flatten() {
                        users.collect(touch.write, &mut found);
                    }
                }
                Thing::Host(None) => {
                    let all = self.hosts.values();
                    all.for_each(|users| users.collect(touch.write, &mut found));
                }
                Thing::Files(glob) => {
                    if glob.is_literal() {
                        if let Some(users) = self.paths.get(glob.as_str()) {
                            users.collect(touch.write, &mut found);
                        }
                    } else if touch.write {
                        let all = self.paths.values();
                        all.for_each(|users| users.collect(true, &mut found));
                    } else {
                        let written = self.written.iter().filter_map(|path| self.paths.get(path));
                        written.for_each(|users| users.collect(false, &mut found));
                    }
                    for (pattern, users) in self.patterns.values() {
                        if glob.meets(pattern) {
                            users.collect(touch.write, &mut found);
                        }
                    }
                }
            }
        }
        if node.touches.iter().any(|touch| touch.write) {
            found.extend(&self.gates);
        }
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.dedup();
        found
    }

    /// Remembers the node `index`, which comes after those in `before`.
    pub(super) fn add(&mut self, index: usize, node: &'a Node, before: &Set) {
        for touch in &node.touches {
            let users = match &touch.thing {
                Thing::Branch => &mut self.branch,
                Thing::Host(name) => self.hosts.entry(name.as_deref()).or_default(),
                Thing::Files(glob) if glob.is_literal() => {
                    if touch.write {
                        self.written.insert(glob.as_str());
                    }
                    self.paths.entry(glob.as_str()).or_default()
                }
                Thing::Files(glob) => {
                    let new = || (glob, Users::default());
                    &mut self.patterns.entry(glob.as_str()).or_insert_with(new).1
                }
            };
            users.add(index, touch.write, before);
        }
        if node.gate {
            self.gates.push(index);
        }
    }
}

impl Users {
    fn collect(&self, write: bool, found: &mut Vec<usize>) {
        found.extend(self.writer);
        if write {
            found.extend(&self.readers);
        }
    }

    fn add(&mut self, index: usize, write: bool, before: &Set) {
        if write {
            self.writer = Some(index);
            self.readers.clear();
        } else {
            self.readers.retain(|reader| !before.has(*reader));
            self.readers.push(index);
        }
    }
}

/// A set of node indexes below a bound.
pub(super) struct Set(Vec<u64>);

impl Set {
    pub(super) fn new(bound: usize) -> Set {
        Set(vec![0; bound.div_ceil(64)])
    }

    pub(super) fn has(&self, index: usize) -> bool {
        self.0
            .get(index / 64)
            .is_some_and(|word| word & (1 << (index % 64)) != 0)
    }

    pub(super) fn add_all(&mut self, other: &Set, and: usize) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
        self.0[and / 64] |= 1 << (and % 64);
    }
}

//! The order between statements: from data, from meeting effects, from `after`.

use std::collections::HashMap;
use std::fmt;

use petgraph::graph::{DiGraph, NodeIndex};

use super::Node;
use crate::glob::Glob;

/// Something in the world that a statement reads or writes.
#[derive(Clone, Debug, PartialEq)]
pub struct Touch {
    /// Whether it changes it.
    pub write: bool,
    /// What it is.
    pub thing: Thing,
}

/// What can be touched.
#[derive(Clone, Debug, PartialEq)]
pub enum Thing {
    /// Files of the mission's tree.
    Files(Glob),
    /// The run's branch.
    Branch,
}

impl Thing {
    fn meets(&self, other: &Thing) -> bool {
        match (self, other) {
            (Thing::Files(a), Thing::Files(b)) => a.meets(b),
            (a, b) => a == b,
        }
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Thing::Files(glob) if glob.as_str() == "**" => f.write_str("the files"),
            Thing::Files(glob) => write!(f, "{glob}"),
            Thing::Branch => f.write_str("the branch"),
        }
    }
}

/// Why one statement waits for another.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// It uses its result.
    Data(String),
    /// It says `after`.
    After(String),
    /// The earlier one is a gate, and it writes.
    Gate,
    /// Both touch the same thing, and one writes it.
    Effect {
        /// Whether the earlier one writes.
        first_writes: bool,
        /// Whether the later one writes.
        then_writes: bool,
        /// What they touch.
        thing: String,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Data(name) => write!(f, "uses {name}"),
            Reason::After(name) => write!(f, "after {name}"),
            Reason::Gate => f.write_str("no write before RED"),
            Reason::Effect {
                first_writes,
                then_writes,
                thing,
            } => match (first_writes, then_writes) {
                (true, true) => write!(f, "both write {thing}"),
                (true, false) => write!(f, "reads {thing} that it writes"),
                _ => write!(f, "writes {thing} that it reads"),
            },
        }
    }
}

impl Reason {
    /// Its kind in one word: `data`, `after`, `gate` or `effect`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Reason::Data(_) => "data",
            Reason::After(_) => "after",
            Reason::Gate => "gate",
            Reason::Effect { .. } => "effect",
        }
    }
}

/// The graph over `nodes`, which stand in the order of the text. An edge always leads to a later
/// node, so there is no cycle. An order by effects that follows from other edges is not said
/// again.
pub(crate) fn order(nodes: &[Node]) -> DiGraph<usize, Reason> {
    let mut graph = DiGraph::with_capacity(nodes.len(), nodes.len());
    let mut defined: HashMap<&str, usize> = HashMap::new();
    // `before[i]`: the nodes that surely have ended when `i` starts.
    let mut before: Vec<Set> = Vec::with_capacity(nodes.len());
    let mut touching: Vec<usize> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        graph.add_node(index);
        let mut known = Set::new(index);
        let mut edges: Vec<(usize, Reason)> = Vec::new();
        let named = node.uses.iter().map(|name| (name, Reason::Data(name.clone())));
        let after = node.after.iter().map(|name| (name, Reason::After(name.clone())));
        for (name, reason) in named.chain(after) {
            if let Some(from) = defined.get(name.as_str()).copied() {
                if !edges.iter().any(|(it, _)| *it == from) {
                    edges.push((from, reason));
                    known.add_all(&before[from], from);
                }
            }
        }
        for from in touching.iter().rev().copied() {
            if !known.has(from) {
                if let Some(reason) = meeting(&nodes[from], node) {
                    edges.push((from, reason));
                    known.add_all(&before[from], from);
                }
            }
        }
        edges.sort_by_key(|(from, _)| *from);
        for (from, reason) in edges {
            graph.add_edge(NodeIndex::new(from), NodeIndex::new(index), reason);
        }
        if !node.touches.is_empty() || node.gate {
            touching.push(index);
        }
        before.push(known);
        for name in &node.defines {
            defined.insert(name, index);
        }
    }
    graph
}

/// Why the later of two must wait for the earlier, if their effects meet.
fn meeting(first: &Node, then: &Node) -> Option<Reason> {
    if first.gate && then.touches.iter().any(|touch| touch.write) {
        return Some(Reason::Gate);
    }
    first.touches.iter().find_map(|a| {
        then.touches
            .iter()
            .find(|b| (a.write || b.write) && a.thing.meets(&b.thing))
            .map(|b| Reason::Effect {
                first_writes: a.write,
                then_writes: b.write,
                thing: narrower(&a.thing, &b.thing).to_string(),
            })
    })
}

/// The one of two meeting things that says more.
fn narrower<'a>(a: &'a Thing, b: &'a Thing) -> &'a Thing {
    match a {
        Thing::Files(glob) if glob.as_str() == "**" => b,
        _ => a,
    }
}

/// A set of node indexes below a bound.
struct Set(Vec<u64>);

impl Set {
    fn new(bound: usize) -> Set {
        Set(vec![0; bound.div_ceil(64)])
    }

    fn has(&self, index: usize) -> bool {
        self.0
            .get(index / 64)
            .is_some_and(|word| word & (1 << (index % 64)) != 0)
    }

    fn add_all(&mut self, other: &Set, and: usize) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
        self.0[and / 64] |= 1 << (and % 64);
    }
}

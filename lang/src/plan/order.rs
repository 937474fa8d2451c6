//! The order between statements: from data, from meeting effects, from `after`.

mod touched;

use std::collections::HashMap;
use std::fmt;

use petgraph::graph::{DiGraph, NodeIndex};

use self::touched::{Set, Touched};
use super::Node;
use crate::check::{MAX_EDGES, MAX_STATEMENTS};
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
    /// A host, by its name; without one, some host that is known only when the run is there.
    Host(Option<String>),
}

/// What all files of the tree are called, when nothing says which of them.
const ANY_FILE: &str = "the files";

impl Thing {
    fn meets(&self, other: &Thing) -> bool {
        match (self, other) {
            (Thing::Files(a), Thing::Files(b)) => a.meets(b),
            (Thing::Host(None), Thing::Host(_)) | (Thing::Host(_), Thing::Host(None)) => true,
            (a, b) => a == b,
        }
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Thing::Files(glob) if glob.as_str() == "**" => f.write_str(ANY_FILE),
            Thing::Files(glob) => write!(f, "{glob}"),
            Thing::Branch => f.write_str("the branch"),
            Thing::Host(Some(name)) => f.write_str(name),
            Thing::Host(None) => f.write_str("a host"),
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
    Gate {
        /// The gate shows RED; otherwise it is an approval.
        red: bool,
    },
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
            Reason::Gate { red: true } => f.write_str("no write before RED"),
            Reason::Gate { red: false } => f.write_str("no write before the approval"),
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
    /// As a clause about the rounds of one loop, behind "as": why one must wait for another.
    #[must_use]
    pub fn between_rounds(&self) -> String {
        match self {
            Reason::Gate { red: true } => "none may write before another has shown RED".to_owned(),
            Reason::Gate { red: false } => "none may write before another is approved".to_owned(),
            Reason::Effect {
                first_writes: true,
                then_writes: true,
                thing,
            } => match thing.as_str() {
                ANY_FILE => "two of them may write the same file".to_owned(),
                thing => format!("two of them write {thing}"),
            },
            Reason::Effect { thing, .. } => match thing.as_str() {
                ANY_FILE => "one may read a file that another writes".to_owned(),
                thing => format!("one reads {thing}, which another writes"),
            },
            Reason::Data(_) | Reason::After(_) => self.to_string(),
        }
    }

    /// Its kind in one word: `data`, `after`, `gate` or `effect`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Reason::Data(_) => "data",
            Reason::After(_) => "after",
            Reason::Gate { .. } => "gate",
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
    let mut touched = Touched::default();
    for (index, node) in nodes.iter().enumerate() {
        graph.add_node(index);
        // Such a plan is refused for its size; ordering the rest of it could take all memory.
        if nodes.len() > MAX_STATEMENTS || graph.edge_count() > MAX_EDGES {
            continue;
        }
        let mut known = Set::new(index);
        let mut edges: Vec<(usize, Reason)> = Vec::new();
        let named = node
            .uses
            .iter()
            .map(|name| (name, Reason::Data(name.clone())));
        let after = node
            .after
            .iter()
            .map(|name| (name, Reason::After(name.clone())));
        for (name, reason) in named.chain(after) {
            if let Some(from) = defined.get(name.as_str()).copied()
                && !edges.iter().any(|(it, _)| *it == from)
            {
                edges.push((from, reason));
                known.add_all(&before[from], from);
            }
        }
        for from in touched.may_meet(node) {
            if !known.has(from)
                && let Some(reason) = meeting(&nodes[from], node)
            {
                edges.push((from, reason));
                known.add_all(&before[from], from);
            }
        }
        edges.sort_by_key(|(from, _)| *from);
        for (from, reason) in edges {
            graph.add_edge(NodeIndex::new(from), NodeIndex::new(index), reason);
        }
        touched.add(index, node, &known);
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
        let red = first.shows_red();
        return Some(Reason::Gate { red });
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
        Thing::Host(None) => b,
        _ => a,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::NodeKind;
    use crate::source::Span;
    use crate::syntax::template;

    #[test]
    fn why_rounds_wait_is_said_in_a_clause() {
        let effect = |first_writes, thing: &str| Reason::Effect {
            first_writes,
            then_writes: true,
            thing: thing.to_owned(),
        };
        let clauses = [
            (
                Reason::Gate { red: true },
                "none may write before another has shown RED",
            ),
            (
                Reason::Gate { red: false },
                "none may write before another is approved",
            ),
            (effect(true, "out/**"), "two of them write out/**"),
            (
                effect(true, ANY_FILE),
                "two of them may write the same file",
            ),
            (effect(false, "b"), "one reads b, which another writes"),
            (
                effect(false, ANY_FILE),
                "one may read a file that another writes",
            ),
        ];
        for (reason, clause) in clauses {
            assert_eq!(reason.between_rounds(), clause);
        }
    }

    /// The obviously right way: every node is compared with all before it.
    fn model(nodes: &[Node]) -> Vec<(usize, usize)> {
        let mut edges = Vec::new();
        let mut before: Vec<Vec<bool>> = Vec::new();
        for (then, node) in nodes.iter().enumerate() {
            let mut known = vec![false; nodes.len()];
            for first in (0..then).rev() {
                if !known[first] && meeting(&nodes[first], node).is_some() {
                    edges.push((first, then));
                    known[first] = true;
                    for (mine, theirs) in known.iter_mut().zip(&before[first]) {
                        *mine |= theirs;
                    }
                }
            }
            before.push(known);
        }
        edges.sort_unstable();
        edges
    }

    fn node(touches: Vec<(bool, Thing)>, gate: bool) -> Node {
        let touches = touches
            .into_iter()
            .map(|(write, thing)| Touch { write, thing });
        Node {
            kind: NodeKind::Let(template::literal("")),
            name: String::new(),
            defines: Vec::new(),
            uses: Vec::new(),
            after: Vec::new(),
            touches: touches.collect(),
            gate,
            at: Span::default(),
        }
    }

    fn thing() -> impl Strategy<Value = Thing> {
        let globs = ["a", "b", "d/a", "d", "d/**", "*", "**", "{a,b}", "**/a"];
        let files = prop::sample::select(globs.to_vec());
        let hosts = prop::sample::select(vec![None, Some("a"), Some("b")]);
        prop_oneof![
            4 => files.prop_map(|glob| Thing::Files(Glob::new(glob).unwrap())),
            2 => hosts.prop_map(|host| Thing::Host(host.map(str::to_owned))),
            1 => Just(Thing::Branch),
        ]
    }

    proptest! {
        #[test]
        fn only_those_are_left_out_that_would_get_no_edge(
            all in prop::collection::vec(
                (
                    prop::collection::vec(
                        (
                            any::<bool>(),
                            thing(),
                        ),
                        0..3,
                    ),
                    prop::bool::weighted(0.1),
                ),
                0..24,
            )
        ) {
            let nodes: Vec<Node> = all.into_iter().map(|(touches, gate)| node(touches, gate)).collect();
            let graph = order(&nodes);
            let mut edges: Vec<(usize, usize)> = graph
                .raw_edges()
                .iter()
                .map(|edge| (edge.source().index(), edge.target().index()))
                .collect();
            edges.sort_unstable();
            prop_assert_eq!(edges, model(&nodes));
        }
    }
}

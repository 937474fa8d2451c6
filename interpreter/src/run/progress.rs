//! How far the nodes of a block have come, and why no other begins.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use tau_lang::plan::Block;

use super::scheduler::{Reused, Stop};

/// How far a block has come.
pub(super) struct Progress<'a> {
    block: &'a Block,
    /// For each node, how many it still waits for.
    waits: Vec<usize>,
    /// For each node, whether something that it rests on was done anew.
    pub(super) renewed: Vec<bool>,
    /// Those that wait for none; the one that stands first in the text is taken first.
    ready: BinaryHeap<Reverse<usize>>,
    stopped: Stopped,
    all_reused: Reused,
}

impl<'a> Progress<'a> {
    pub(super) fn new(block: &'a Block, fresh: bool) -> Progress<'a> {
        let graph = &block.graph;
        let waits: Vec<usize> = graph
            .node_indices()
            .map(|node| graph.neighbors_directed(node, Direction::Incoming).count())
            .collect();
        Progress {
            ready: (0..waits.len())
                .filter(|index| waits[*index] == 0)
                .map(Reverse)
                .collect(),
            renewed: vec![fresh; block.nodes.len()],
            waits,
            block,
            stopped: Stopped::default(),
            all_reused: true,
        }
    }

    /// The next node to begin.
    pub(super) fn next(&mut self) -> Option<usize> {
        match self.stopped.has_stopped() {
            true => None,
            false => self.ready.pop().map(|Reverse(index)| index),
        }
    }

    /// Why it has stopped; if it has not, whether all of it was reused.
    pub(super) fn end(self) -> Result<Reused, Stop> {
        self.stopped.or(self.all_reused)
    }

    /// A node has ended so.
    pub(super) fn ended(&mut self, index: usize, result: Result<Reused, Stop>) {
        match result {
            Ok(reused) => {
                self.all_reused &= reused;
                let node = NodeIndex::new(index);
                let followers = self
                    .block
                    .graph
                    .neighbors_directed(node, Direction::Outgoing);
                for follower in followers.map(NodeIndex::index) {
                    self.renewed[follower] |= !reused;
                    self.waits[follower] -= 1;
                    if self.waits[follower] == 0 {
                        self.ready.push(Reverse(follower));
                    }
                }
            }
            Err(mut stop) => {
                if let Stop::Step { reused, .. } = &mut stop {
                    *reused &= !self.renewed[index];
                    self.all_reused &= *reused;
                }
                self.stopped.add(index, stop);
            }
        }
    }
}

/// Why what was to run did not end: of several failures the one that stands first in the text, as
/// if the lines had run in order. What waits for a person keeps nothing else from running.
#[derive(Default)]
pub(super) struct Stopped {
    stop: Option<(usize, Stop)>,
    waiting: Option<(usize, Stop)>,
}

impl Stopped {
    pub(super) fn has_stopped(&self) -> bool {
        self.stop.is_some()
    }

    /// What stands at `place` has stopped.
    pub(super) fn add(&mut self, place: usize, stop: Stop) {
        let kept = match stop {
            Stop::Waiting { .. } => &mut self.waiting,
            _ => &mut self.stop,
        };
        let first = match (&kept, &stop) {
            (None, _) => true,
            (Some((other, Stop::Step { .. })), Stop::Step { .. })
            | (Some((other, Stop::Waiting { .. })), Stop::Waiting { .. }) => place < *other,
            (Some(_), _) => false,
        };
        if first {
            *kept = Some((place, stop));
        }
    }

    /// Why it stopped; if it has not, whether all of it was `reused`.
    pub(super) fn or(self, reused: Reused) -> Result<Reused, Stop> {
        match self.stop.or(self.waiting) {
            Some((_, mut stop)) => {
                if let Stop::Step { reused: it, .. } = &mut stop {
                    *it &= reused;
                }
                Err(stop)
            }
            None => Ok(reused),
        }
    }
}

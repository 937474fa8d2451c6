//! Which statement runs when: a block's nodes as soon as what they wait for has ended.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use petgraph::Direction;
use petgraph::graph::NodeIndex;
use serde_json::{Map, Value as Json};
use tau_lang::expr::{Context, Engine, ExprError};
use tau_lang::plan::{Block, Node, NodeKind};
use tau_lang::source::Span;
use tau_lang::syntax::tree::{Expr, Value};
use tau_lang::types::Type;
use tokio::sync::{Semaphore, watch};

use super::frame::Frame;
use super::recorded::Recorded;
use super::{Actions, Setup};
use crate::action::Failure;
use crate::broker::World;
use crate::events::Events;
use crate::outside::Begun;

/// How many actions of a run work at the same time.
pub const AT_ONCE: usize = 16;

/// Why a block did not end.
#[derive(Debug)]
pub(super) enum Stop {
    /// A step failed, or may not or cannot do what it should.
    Step {
        step: String,
        at: Span,
        failure: Failure,
        /// Whether it did so before the run was gone on with, as everything around it.
        reused: Reused,
    },
    /// A step waits for a person, and so does all that rests on it.
    Waiting { step: String, text: String },
    /// The run was told to end.
    Cancelled,
    /// The run's time is over.
    Time,
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

/// Runs the nodes of a plan.
pub(super) struct Runner {
    pub(super) engine: Arc<Engine>,
    pub(super) actions: Arc<Actions>,
    pub(super) events: Events,
    /// How often the run was told to end.
    pub(super) cancel: watch::Receiver<u32>,
    pub(super) world: Arc<World>,
    pub(super) recorded: Recorded,
    pub(super) slots: Semaphore,
    effects: Mutex<u32>,
    /// Outside effects that are not known to have happened, by step.
    pub(super) begun: Mutex<HashMap<String, Begun>>,
    /// Digests of the sealed values that steps of this run have made.
    pub(super) sealed: Mutex<HashSet<String>>,
}

/// Whether a node's recorded result was used (`true`), or it was done now.
pub(super) type Reused = bool;
pub(super) type Running<'a, T> = Pin<Box<dyn Future<Output = Result<T, Stop>> + Send + 'a>>;

impl Runner {
    pub(super) fn new(setup: &Setup, world: Arc<World>, recorded: Recorded) -> Runner {
        let begun = recorded.begun().iter();
        let begun: HashMap<_, _> = begun.map(|it| (it.step.clone(), it.clone())).collect();
        Runner {
            engine: setup.engine.clone(),
            actions: setup.actions.clone(),
            events: setup.events.clone(),
            cancel: setup.cancel.clone(),
            world,
            recorded,
            slots: Semaphore::new(setup.at_once),
            effects: Mutex::new(0),
            begun: Mutex::new(begun),
            sealed: Mutex::default(),
        }
    }

    /// How many outside effects the run has had.
    pub(super) fn effects(&self) -> u32 {
        *self.effects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count_effects(&self, more: u32) {
        *self.effects.lock().unwrap_or_else(PoisonError::into_inner) += more;
    }

    /// Runs a block. `fresh` says that something it rests on was done anew, so that no recorded
    /// result in it counts. When a node stops, no other begins, and those that run are waited
    /// for: what they have done is recorded.
    pub(super) fn block<'a>(
        &'a self,
        frame: &'a Frame,
        block: &'a Block,
        round: &'a str,
        fresh: bool,
    ) -> Running<'a, Reused> {
        Box::pin(async move {
            let graph = &block.graph;
            let mut waits: Vec<usize> = graph
                .node_indices()
                .map(|node| graph.neighbors_directed(node, Direction::Incoming).count())
                .collect();
            let mut renewed = vec![fresh; block.nodes.len()];
            let mut ready: Vec<usize> = (0..waits.len())
                .rev()
                .filter(|index| waits[*index] == 0)
                .collect();
            let mut running = FuturesUnordered::new();
            let mut stopped = Stopped::default();
            let mut all_reused = true;
            loop {
                while !stopped.has_stopped()
                    && let Some(index) = ready.pop()
                {
                    let node = self.node(frame, &block.nodes[index], round, renewed[index]);
                    running.push(async move { (index, node.await) });
                }
                let Some((index, result)) = running.next().await else {
                    break;
                };
                match result {
                    Ok(reused) => {
                        all_reused &= reused;
                        let followers =
                            graph.neighbors_directed(NodeIndex::new(index), Direction::Outgoing);
                        for follower in followers.map(NodeIndex::index) {
                            renewed[follower] |= !reused;
                            waits[follower] -= 1;
                            if waits[follower] == 0 {
                                ready.push(follower);
                            }
                        }
                        // The one that stands first in the text is taken first.
                        ready.sort_unstable_by(|a, b| b.cmp(a));
                    }
                    Err(mut stop) => {
                        if let Stop::Step { reused, .. } = &mut stop {
                            *reused &= !renewed[index];
                            all_reused &= *reused;
                        }
                        stopped.add(index, stop);
                    }
                }
            }
            stopped.or(all_reused)
        })
    }

    fn node<'a>(
        &'a self,
        frame: &'a Frame,
        node: &'a Node,
        round: &'a str,
        fresh: bool,
    ) -> Running<'a, Reused> {
        Box::pin(async move {
            if *self.cancel.borrow() >= frame.patience {
                return Err(Stop::Cancelled);
            }
            if frame.is_over(&self.world.clock) {
                return Err(Stop::Time);
            }
            match &node.kind {
                NodeKind::Let(value) => {
                    let value = self.value(frame, value, &Type::Any, node)?;
                    frame.with(|context| context.insert(node.name.clone(), value));
                    Ok(!fresh)
                }
                NodeKind::Step(step) => {
                    let path = frame.path(&node.name, round);
                    self.step(frame, node, step, &path, fresh).await
                }
                NodeKind::Call(call) => self.call(frame, node, call, round, fresh).await,
                NodeKind::If {
                    condition,
                    then,
                    otherwise,
                } => {
                    let holds = self.condition(frame, condition, node)?;
                    let (taken, passed) = if holds {
                        (then, otherwise)
                    } else {
                        (otherwise, then)
                    };
                    frame.with(|context| forget(context, passed));
                    self.block(frame, taken, round, fresh).await
                }
                NodeKind::For(it) => self.each(frame, node, it, round, fresh).await,
                NodeKind::Repeat { times, body, until } => {
                    self.repeat(frame, node, (times, body, until.as_ref()), round, fresh)
                        .await
                }
            }
        })
    }

    /// The outputs of a mission that has ended.
    pub(super) fn outputs(&self, frame: &Frame) -> Result<Map<String, Json>, Stop> {
        let mut outputs = Map::new();
        for (name, value, ty) in &frame.plan.outputs {
            let value = frame
                .with(|context| self.engine.value(value, ty, context))
                .map_err(|error| wrong(&format!("output {name}"), error))?;
            outputs.insert(name.clone(), value);
        }
        Ok(outputs)
    }

    pub(super) fn value(
        &self,
        frame: &Frame,
        value: &Value,
        ty: &Type,
        node: &Node,
    ) -> Result<Json, Stop> {
        frame
            .with(|context| self.engine.value(value, ty, context))
            .map_err(|error| wrong(&node.name, error))
    }

    pub(super) fn condition(
        &self,
        frame: &Frame,
        condition: &Expr,
        node: &Node,
    ) -> Result<bool, Stop> {
        frame
            .with(|context| self.engine.condition(condition, context))
            .map_err(|error| wrong(&node.name, error))
    }
}

/// The names of a branch that was not taken are absent.
fn forget(context: &mut Context, block: &Block) {
    for name in block.nodes.iter().flat_map(|node| &node.defines) {
        context.insert(name.clone(), Json::Null);
    }
}

pub(super) fn stop(node: &Node, failure: Failure) -> Stop {
    Stop::Step {
        step: node.name.clone(),
        at: node.at,
        failure,
        reused: true,
    }
}

/// An expression without a value.
pub(super) fn wrong(step: &str, error: ExprError) -> Stop {
    Stop::Step {
        step: step.to_owned(),
        at: error.span,
        failure: Failure::new(
            "value-wrong",
            format!("A value cannot be had: {}.", error.why),
        ),
        reused: true,
    }
}

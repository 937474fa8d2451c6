//! Which statement runs when: a block's nodes as soon as what they wait for has ended.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use serde_json::{Map, Value as Json};
use tau_lang::expr::{Context, Engine, ExprError};
use tau_lang::plan::{Block, Node, NodeKind};
use tau_lang::policy::Policies;
use tau_lang::source::Span;
use tau_lang::syntax::tree::{Expr, Value};
use tau_lang::types::Type;
use tokio::sync::{Semaphore, mpsc, watch};

use super::frame::Frame;
use super::progress::Progress;
use super::recorded::Recorded;
use super::{Actions, Setup};
use crate::action::Failure;
use crate::broker::World;
use crate::events::Events;
use crate::ledger::Longest;
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
    /// A step waits, and so does all that rests on it. `why` is as in "it waits …".
    Waiting { step: String, why: String },
    /// The run was told to end.
    Cancelled,
    /// The run's time is over.
    Time,
}

/// How many nodes of one block are begun at the same time: more than wait for one write of the
/// journal, and not so many that their futures fill the memory.
const STARTED: usize = 128;

/// Runs the nodes of a plan.
pub(super) struct Runner {
    pub(super) engine: Arc<Engine>,
    pub(super) actions: Arc<Actions>,
    pub(super) events: Events,
    /// How often the run was told to end.
    pub(super) cancel: watch::Receiver<u32>,
    pub(super) world: Arc<World>,
    pub(super) recorded: Recorded,
    /// Those that hold.
    pub(super) policies: Arc<Policies>,
    /// Of tau.
    pub(super) version: &'static str,
    pub(super) slots: Semaphore,
    effects: Mutex<u32>,
    /// Outside effects that are not known to have happened, by step.
    pub(super) begun: Mutex<HashMap<String, Begun>>,
    /// Digests of the sealed values that steps of this run have made.
    pub(super) sealed: Mutex<HashSet<String>>,
    /// Of the steps that an earlier owner has finished, those that this one has reached.
    reached: Mutex<HashSet<String>>,
    /// What took its time.
    pub(super) longest: Longest,
    /// The run is blocked, and only looked at: what ends well does not count for whoever goes on.
    pub(super) is_ahead: bool,
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
            policies: setup.policies.clone(),
            version: setup.version,
            slots: Semaphore::new(setup.at_once),
            effects: Mutex::new(0),
            begun: Mutex::new(begun),
            sealed: Mutex::default(),
            reached: Mutex::default(),
            longest: Longest::default(),
            is_ahead: false,
        }
    }

    /// The same for a run that is blocked. Nobody is told of what it does.
    pub(super) fn ahead(self) -> Runner {
        let (nobody, _) = mpsc::unbounded_channel();
        Runner {
            is_ahead: true,
            events: nobody,
            ..self
        }
    }

    /// A step has ended, now or before.
    pub(super) fn reach(&self, step: &str) {
        if self.recorded.len() > 0 {
            let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
            reached.insert(step.to_owned());
        }
    }

    /// The steps that an earlier owner has finished and this one has not reached, sorted.
    pub(super) fn left_out(&self) -> Vec<String> {
        let reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        let recorded = self.recorded.names();
        let mut left: Vec<_> = recorded.filter(|step| !reached.contains(*step)).collect();
        left.sort_unstable();
        left.into_iter().map(str::to_owned).collect()
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
            let mut progress = Progress::new(block, fresh);
            let mut running = FuturesUnordered::new();
            loop {
                while running.len() < STARTED
                    && let Some(index) = progress.next()
                {
                    let (node, fresh) = (&block.nodes[index], progress.renewed[index]);
                    // It waits for nothing, so nobody has to wait for it either.
                    if let NodeKind::Let(value) = &node.kind {
                        let bound = self.bind(frame, node, value);
                        progress.ended(index, bound.map(|()| !fresh));
                    } else {
                        let node = self.node(frame, node, round, fresh);
                        running.push(async move { (index, node.await) });
                    }
                }
                let Some((index, result)) = running.next().await else {
                    break;
                };
                progress.ended(index, result);
            }
            progress.end()
        })
    }

    /// Whether another statement may begin.
    fn may_begin(&self, frame: &Frame) -> Result<(), Stop> {
        if *self.cancel.borrow() >= frame.patience {
            return Err(Stop::Cancelled);
        }
        if frame.is_over(&self.world.clock) {
            return Err(Stop::Time);
        }
        Ok(())
    }

    fn bind(&self, frame: &Frame, node: &Node, value: &Value) -> Result<(), Stop> {
        self.may_begin(frame)?;
        let value = self.value(frame, value, &Type::Any, node)?;
        frame.with(|context| context.insert(node.name.clone(), value));
        Ok(())
    }

    pub(super) fn node<'a>(
        &'a self,
        frame: &'a Frame,
        node: &'a Node,
        round: &'a str,
        fresh: bool,
    ) -> Running<'a, Reused> {
        Box::pin(async move {
            self.may_begin(frame)?;
            match &node.kind {
                NodeKind::Let(value) => self.bind(frame, node, value).map(|()| !fresh),
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

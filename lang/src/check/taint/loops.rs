//! Conditions, and loops that are gone through until nothing is new.

use super::Walk;
use super::edits::Edits;
use super::expression;
use super::shape::Shape;
use super::sinks::culprit;
use super::trace::Trace;
use crate::plan::{Block, For, Node};
use crate::source::Span;
use crate::syntax::tree::Expr;

/// What a loop's next round finds.
#[derive(Clone, Default)]
pub(super) struct Carried {
    previous: Shape,
    /// How it came from outside whether there is a next round.
    until: Option<Trace>,
    edits: Edits,
}

impl<'a> Walk<'a> {
    /// From here on, `condition` decides whether the walk's place is reached. Gives what did
    /// before.
    pub(super) fn under(
        &mut self,
        condition: &Expr,
        about: impl IntoIterator<Item = &'a Node>,
    ) -> Option<Trace> {
        let before = self.reached.clone();
        if let Some(trace) = expression::of_condition(condition, self.names()) {
            self.decided(&trace, condition.source.at.0, about);
        }
        before
    }

    /// What took this way decides at `at` whether the walk's place is reached.
    pub(super) fn decided(
        &mut self,
        trace: &Trace,
        at: Span,
        about: impl IntoIterator<Item = &'a Node>,
    ) {
        self.condition(trace, at, about);
        let says = "decides what happens here".to_owned();
        let trace = trace.through(at, says, self.depth());
        self.reached = Trace::nearest(self.reached.iter().chain([&trace])).cloned();
    }

    pub(super) fn for_each(&mut self, node: &Node, it: &'a For) {
        if let Some(most) = &it.most {
            self.bound(most, "how often this loop runs".to_owned());
        }
        // Every item, and every list behind the loop, is taken as a whole.
        let items = self.passed(&it.items, || format!("goes into `{}`", it.name));
        let before = self.reached.clone();
        if let Some(trace) = items.own() {
            self.decided(trace, culprit(&it.items, self.names()), &it.body.nodes);
        }
        self.define(&it.name, items.flat());
        self.repeat(node, &it.body, None);
        self.reached = before;
        for name in &node.defines {
            let given = self.name(name).flat();
            self.define(name, given);
        }
    }

    pub(super) fn repeat(&mut self, node: &Node, body: &'a Block, until: Option<&Expr>) {
        let carried = self.loops.get(&self.path).cloned().unwrap_or_default();
        self.edits.join(&carried.edits);
        let reached = self.reached.clone();
        self.reached = Trace::nearest(self.reached.iter().chain(&carried.until)).cloned();
        let outer = self.swap("previous", carried.previous.clone());
        self.block(body);
        let defined = node.defines.iter();
        let results = defined.map(|name| (name.clone(), self.name(name)));
        let mut next = Carried {
            previous: carried.previous.clone().join(Shape::record(results)),
            until: carried.until.clone(),
            edits: self.edits.clone(),
        };
        if self.wide {
            next.previous = next.previous.flat();
        }
        if let Some(until) = until
            && let Some(trace) = expression::of_condition(until, self.names())
        {
            let at = until.source.at.0;
            self.condition(&trace, at, &body.nodes);
            let says = "decides whether there is another round".to_owned();
            let trace = trace.through(at, says, self.depth());
            next.until = Trace::nearest(next.until.iter().chain([&trace])).cloned();
        }
        self.swap("previous", outer);
        self.reached = reached;
        let mut edits = carried.edits.clone();
        let least = |until: &Option<Trace>| until.as_ref().map(|it| it.least);
        self.again |= edits.join(&next.edits)
            || least(&carried.until) != least(&next.until)
            || !carried.previous.is_like(&next.previous);
        self.loops.insert(self.path.clone(), next);
    }
}

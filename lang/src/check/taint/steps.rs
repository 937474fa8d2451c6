//! Steps: what goes into an action or a called mission, and what comes back.

use super::expression::{self, Names};
use super::sinks::{self, culprit};
use super::trace::Trace;
use super::{End, Walk, has_source, insert, types};
use crate::library::Repeat;
use crate::plan::{Call, Form, Modifiers, Node, Step, Thing};
use crate::source::Span;

impl<'a> Walk<'a> {
    pub(super) fn step(&mut self, node: &'a Node, step: &Step) {
        let depth = self.depth();
        let before = self.modifiers(node, &step.modifiers);
        let mut params = Names::new();
        let mut given: Option<(Trace, Span)> = None;
        for (name, value, ty) in &step.args {
            let shape = types::narrowed(expression::of_value(value, self.names()), ty);
            if let Some(trace) = shape.any()
                && given.as_ref().is_none_or(|(it, _)| trace.least < it.least)
            {
                given = Some((trace.clone(), culprit(value, self.names())));
            }
            // What only an action makes is for the next one to look into.
            if !shape.is_clean() && !ty.is_sealed() {
                self.ends(|walk| End::Argument {
                    step: walk.full_name(&node.name),
                    action: step.action.clone(),
                    name: name.clone(),
                });
            }
            insert(&mut params, name, shape);
        }
        self.arguments(&self.full_name(&node.name), step, &params);
        let read = self.read(node, step);
        self.write(node, step, &params, given.as_ref(), read.as_ref());

        let given = given.filter(|_| !asks_a_person(step));
        let given = given.map(|(trace, at)| {
            let says = format!("goes into `{}`", node.name);
            trace.through(at, says, depth)
        });
        let says = format!("`{}` gives text from outside", step.action);
        let source = Trace::source(step.action_at, says, depth);
        let result = types::declared(&step.result, &source);
        let mut result = self.source(result, None, &node.name, Some(&step.action));
        for trace in given.iter().chain(&read) {
            result = result.join(types::derived(&step.result, step.repeat, trace));
        }
        // Whether it failed, what it was given and who answers decide; but a verdict or a proof
        // decides itself.
        if step.modifiers.may_fail && !step.result.is_sealed() {
            let answer = result.any().cloned();
            result = result.with(Trace::nearest(given.iter().chain(&read).chain(&answer)));
        }
        self.define(&node.name, result);
        self.reached = before;
    }

    /// How outside text got into the files that a step reads, if it did.
    fn read(&self, node: &Node, step: &Step) -> Option<Trace> {
        if self.edits.is_empty() {
            return None;
        }
        // Whoever gives only paths does not look into the files.
        let names = step.repeat == Repeat::Observe && !types::holds_content(&step.result);
        let files = node.touches.iter().filter_map(|touch| match &touch.thing {
            Thing::Files(files) if !touch.write => Some(files),
            _ => None,
        });
        let traces = files.filter_map(|it| self.edits.read(it, names));
        let trace = Trace::nearest(traces)?;
        let says = format!("comes back from the files with `{}`", step.action);
        Some(trace.through(step.action_at, says, self.depth()))
    }

    /// What a step writes holds what it was given and what it read, and is there if the step was
    /// reached.
    fn write(
        &mut self,
        node: &Node,
        step: &Step,
        params: &Names,
        given: Option<&(Trace, Span)>,
        read: Option<&Trace>,
    ) {
        let others = read.into_iter().chain(&self.reached);
        let ways = others.map(|trace| (trace, step.action_at));
        let ways = given
            .map(|(trace, at)| (trace, *at))
            .into_iter()
            .chain(ways);
        let Some((trace, at)) = ways.reduce(|a, b| if b.0.least < a.0.least { b } else { a })
        else {
            return;
        };
        let through = |trace: &Trace| {
            let says = format!("goes into the files with `{}`", step.action);
            trace.through(at, says, self.depth())
        };
        let content = through(trace);
        // A command may give its files any name, and who may fail writes none then.
        let named = sinks::decides_paths(step, params);
        let all = sinks::reaches_out(step) || step.modifiers.may_fail;
        let all = all.then_some(trace);
        let names = Trace::nearest(named.iter().chain(&self.reached).chain(all)).map(through);
        for touch in node.touches.iter().filter(|touch| touch.write) {
            if let Thing::Files(files) = &touch.thing {
                self.edits.add(files, &content, names.as_ref());
            }
        }
    }

    pub(super) fn call(&mut self, node: &'a Node, call: &'a Call) {
        let before = self.modifiers(node, &call.modifiers);
        let mut args = Names::new();
        let mut given: Option<Trace> = None;
        for (name, value, ty) in &call.args {
            let mission = &call.plan.mission;
            let shape = self.passed(value, || format!("goes into `{name}` of `{mission}`"));
            let shape = types::narrowed(shape, ty);
            given = Trace::nearest(given.iter().chain(shape.any())).cloned();
            insert(&mut args, name, shape);
        }
        // What cannot touch anything from outside need not be gone through.
        let quiet = args.is_empty() && self.edits.is_empty() && self.reached.is_none();
        if !quiet || has_source(&call.plan, &mut Vec::new()) {
            let called = Some((node.name.as_str(), call.action_at));
            let outputs = self.mission(&call.plan, called, args);
            let depth = self.depth();
            let mut outputs = outputs.map(&|trace| trace.lift(depth));
            self.edits.lift(depth);
            // An action's face may say more than what its body does.
            if call.plan.form == Form::Action {
                let says = format!("`{}` gives text from outside", call.plan.mission);
                let source = Trace::source(call.action_at, says, self.depth());
                let result = types::declared(&call.plan.result, &source);
                let action = Some(call.plan.mission.as_str());
                outputs = outputs.join(self.source(result, None, &node.name, action));
            }
            if call.modifiers.may_fail {
                let decided = Trace::nearest(given.iter().chain(outputs.any())).cloned();
                outputs = outputs.with(decided.as_ref());
            }
            self.define(&node.name, outputs);
        }
        self.reached = before;
    }

    /// Takes a step's modifiers into account. Gives what decided before whether it is reached.
    fn modifiers(&mut self, node: &'a Node, modifiers: &Modifiers) -> Option<Trace> {
        let name = self.full_name(&node.name);
        if let Some(retry) = &modifiers.retry {
            self.bound(&retry.times, format!("how often `{name}` is tried"));
            for wait in retry.every.iter().chain(&retry.up_to) {
                self.bound(wait, format!("how long `{name}` waits"));
            }
        }
        if let Some(timeout) = &modifiers.timeout {
            self.bound(timeout, format!("how long `{name}` may take"));
        }
        match &modifiers.when {
            Some(when) => self.under(when, [node]),
            None => self.reached.clone(),
        }
    }
}

/// What a person answers is theirs, whatever they were shown.
fn asks_a_person(step: &Step) -> bool {
    step.action.starts_with("human.")
}

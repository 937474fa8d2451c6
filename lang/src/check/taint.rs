//! Text from outside is followed from where it comes in to where it decides something.
//!
//! What is `untrusted`, in a type of an input or of an action's result, comes from somebody who
//! may wish the mission ill. It may be shown, asked about and written into files. It may not
//! decide what runs, where something goes, or whether a privileged step runs at all.
//!
//! The pass goes over the plan, so it knows neither spellings nor how calls are written. Values
//! are [shapes](shape): which of their parts come from outside, and by which [way](trace). A
//! called mission is gone through once for each call, with the shapes of its arguments. Loops are
//! gone through until nothing is new.
//!
//! What a step is told by its own failure is not followed: whoever makes a step fail ends the
//! mission, and with `may fail` whether the step has a result counts as theirs.

mod edits;
mod expression;
mod shape;
mod sinks;
mod trace;
mod trigger;
mod types;

use std::collections::{BTreeMap, HashMap};

use self::edits::Edits;
use self::expression::Names;
use self::shape::Shape;
use self::sinks::culprit;
use self::trace::Trace;
pub(super) use self::trigger::trigger;
use crate::diagnostic::Diagnostic;
use crate::library::Repeat;
use crate::plan::{Block, Call, For, Modifiers, Node, NodeKind, Plan, Step, Thing};
use crate::source::Span;
use crate::syntax::tree::{Expr, Value};

/// After so many times over a mission, what loops carry is taken as a whole, so that the next
/// times are few.
const PATIENCE: usize = 8;

/// What a mission does with text from outside that it may not.
pub(super) fn taint(plan: &Plan) -> Vec<Diagnostic> {
    if !has_source(plan, &mut Vec::new()) {
        return Vec::new();
    }
    until_nothing_is_new(|walk| walk.root(plan))
}

/// Goes the same way until nothing is new: what is found on it.
fn until_nothing_is_new<'a>(go: impl Fn(&mut Walk<'a>)) -> Vec<Diagnostic> {
    let mut walk = Walk::default();
    let mut times = 0;
    loop {
        walk.again = false;
        walk.edits = Edits::default();
        walk.wide = times >= PATIENCE;
        go(&mut walk);
        times += 1;
        if !walk.again {
            return walk.found.into_values().collect();
        }
    }
}

/// Whether anything in a mission, or in one that it calls, comes from outside.
fn has_source<'a>(plan: &'a Plan, seen: &mut Vec<&'a Plan>) -> bool {
    if seen.iter().any(|it| std::ptr::eq(*it, plan)) {
        return false;
    }
    seen.push(plan);
    let inputs = plan.inputs.iter();
    inputs.clone().any(|input| types::has_outside(&input.ty))
        || plan.blocks().any(|block| block_has_source(block, seen))
}

fn block_has_source<'a>(block: &'a Block, seen: &mut Vec<&'a Plan>) -> bool {
    block.nodes.iter().any(|node| match &node.kind {
        NodeKind::Let(_) => false,
        NodeKind::Step(step) => types::has_outside(&step.result),
        NodeKind::Call(call) => has_source(&call.plan, seen),
        NodeKind::If {
            then, otherwise, ..
        } => block_has_source(then, seen) || block_has_source(otherwise, seen),
        NodeKind::For(For { body, .. }) | NodeKind::Repeat { body, .. } => {
            block_has_source(body, seen)
        }
    })
}

/// One time over a mission and all that it calls.
#[derive(Default)]
struct Walk<'a> {
    /// The mission being checked first, then the calls that lead to where the walk is.
    frames: Vec<Frame<'a>>,
    /// What the files of the tree hold.
    edits: Edits,
    /// How it came from outside whether the walk's place is reached, if it did.
    reached: Option<Trace>,
    /// The place of the walk, as the numbers of statements in their blocks.
    path: Vec<usize>,
    /// What loops carry from round to round, by their place.
    loops: HashMap<Vec<usize>, Carried>,
    /// A loop carries more than was known when it was gone through.
    again: bool,
    /// Whether what loops carry is taken as a whole.
    wide: bool,
    /// By place and message.
    found: BTreeMap<(Span, String), Diagnostic>,
}

/// A mission on the way, or what starts it.
struct Frame<'a> {
    /// Its place.
    at: Span,
    /// The step that calls it, and where that names it.
    called: Option<(&'a str, Span)>,
    names: Names,
}

/// What a loop's next round finds.
#[derive(Clone, Default)]
struct Carried {
    previous: Shape,
    /// How it came from outside whether there is a next round.
    until: Option<Trace>,
    edits: Edits,
}

impl<'a> Walk<'a> {
    fn root(&mut self, plan: &'a Plan) {
        self.mission(plan, None, Names::new());
    }

    /// How deep in calls the walk is.
    fn depth(&self) -> usize {
        self.frames.len().saturating_sub(1)
    }

    /// Where the mission being checked calls what the walk is in.
    fn called_at(&self) -> Option<Span> {
        let (_, at) = self.frames.get(1)?.called?;
        Some(at)
    }

    /// A step's name with the calls that lead to it: `prove/edit`.
    fn full_name(&self, name: &str) -> String {
        let calls = self.frames.iter().filter_map(|frame| frame.called);
        let names = calls.map(|(name, _)| name).chain([name]);
        names.collect::<Vec<_>>().join("/")
    }

    fn names(&self) -> &Names {
        static NONE: Names = Names::new();
        self.frames.last().map_or(&NONE, |frame| &frame.names)
    }

    /// Goes through a mission, whose inputs are what `args` say and what their types say. Gives
    /// its outputs.
    fn mission(&mut self, plan: &'a Plan, called: Option<(&'a str, Span)>, args: Names) -> Shape {
        let depth = self.frames.len();
        let first = self.frames.first();
        let is_own = first.is_none_or(|first| first.at.file == plan.at.file);
        let mut names = args;
        for input in &plan.inputs {
            let says = format!("`{}` comes from outside", input.name);
            let source = Trace::source(input.at, says, depth);
            let declared = types::declared(&input.ty, &source);
            let given = names.remove(&input.name).unwrap_or_default();
            // What its own sources do is said where a mission of this file is checked by itself.
            let shape = match is_own {
                true => declared.join(given),
                false => given.join(declared),
            };
            insert(&mut names, &input.name, shape);
        }
        self.frames.push(Frame {
            at: plan.at,
            called,
            names,
        });
        self.head(plan);
        for (number, block) in plan.blocks().enumerate() {
            self.path.push(number);
            self.block(block);
            self.path.pop();
        }
        let outputs = plan.outputs.iter().map(|(name, value, _)| {
            let shape = expression::of_value(value, self.names());
            let at = culprit(value, self.names());
            let says = || format!("leaves `{}` as `{name}`", plan.mission);
            (name.clone(), shape.map(&|it| it.through(at, says(), depth)))
        });
        let outputs = Shape::record(outputs.collect::<Vec<_>>());
        self.frames.pop();
        outputs
    }

    fn block(&mut self, block: &'a Block) {
        for (number, node) in block.nodes.iter().enumerate() {
            self.path.push(number);
            self.node(node);
            self.path.pop();
        }
    }

    fn node(&mut self, node: &'a Node) {
        match &node.kind {
            NodeKind::Let(value) => {
                let shape = self.passed(value, || format!("goes into `{}`", node.name));
                self.define(&node.name, shape);
            }
            NodeKind::Step(step) => self.step(node, step),
            NodeKind::Call(call) => self.call(node, call),
            NodeKind::If {
                condition,
                then,
                otherwise,
            } => {
                let about = then.nodes.iter().chain(&otherwise.nodes);
                let before = self.under(condition, about);
                self.path.push(0);
                self.block(then);
                self.path.pop();
                self.path.push(1);
                self.block(otherwise);
                self.path.pop();
                self.reached = before;
            }
            NodeKind::For(it) => {
                if let Some(most) = &it.most {
                    self.bound(most, "how often this loop runs".to_owned());
                }
                // Every item, and every list behind the loop, is taken as a whole.
                let items = self.passed(&it.items, || format!("goes into `{}`", it.name));
                self.define(&it.name, items.flat());
                self.repeat(node, &it.body, None);
                for name in &node.defines {
                    let given = self.name(name).flat();
                    self.define(name, given);
                }
            }
            NodeKind::Repeat { times, body, until } => {
                self.bound(times, "how often this loop runs".to_owned());
                self.repeat(node, body, until.as_ref());
            }
        }
    }

    /// From here on, `condition` decides whether the walk's place is reached. Gives what did
    /// before.
    fn under(
        &mut self,
        condition: &Expr,
        about: impl IntoIterator<Item = &'a Node>,
    ) -> Option<Trace> {
        let before = self.reached.clone();
        if let Some(trace) = expression::of_condition(condition, self.names()) {
            let at = condition.source.at.0;
            self.condition(&trace, at, about);
            let says = "decides what happens here".to_owned();
            self.reached
                .get_or_insert_with(|| trace.through(at, says, self.frames.len() - 1));
        }
        before
    }

    fn repeat(&mut self, node: &Node, body: &'a Block, until: Option<&Expr>) {
        let carried = self.loops.get(&self.path).cloned().unwrap_or_default();
        self.edits.join(&carried.edits);
        let reached = self.reached.clone();
        if self.reached.is_none() {
            self.reached.clone_from(&carried.until);
        }
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
            next.until
                .get_or_insert_with(|| trace.through(at, says, self.frames.len() - 1));
        }
        self.swap("previous", outer);
        self.reached = reached;
        let mut edits = carried.edits.clone();
        self.again |= edits.join(&next.edits)
            || carried.until.is_some() != next.until.is_some()
            || !carried.previous.is_like(&next.previous);
        self.loops.insert(self.path.clone(), next);
    }

    fn step(&mut self, node: &'a Node, step: &Step) {
        let depth = self.depth();
        let before = self.modifiers(node, &step.modifiers);
        let mut params = Names::new();
        let mut given: Option<(Trace, Span)> = None;
        for (name, value, ty) in &step.args {
            let shape = types::narrowed(expression::of_value(value, self.names()), ty);
            if let (None, Some(trace)) = (&given, shape.any()) {
                given = Some((trace.clone(), culprit(value, self.names())));
            }
            insert(&mut params, name, shape);
        }
        self.arguments(&self.full_name(&node.name), step, &params);
        let read = self.read(node, step);
        self.write(node, step, given.as_ref(), read.as_ref());

        let given = given.map(|(trace, at)| {
            let says = format!("goes into `{}`", node.name);
            trace.through(at, says, depth)
        });
        let says = format!("`{}` gives text from outside", step.action);
        let source = Trace::source(step.action_at, says, depth);
        let mut result = types::declared(&step.result, &source);
        for trace in given.iter().chain(&read) {
            result = result.join(types::derived(&step.result, step.repeat, trace));
        }
        // Whether it failed, what it was given decides; but a verdict or a proof decides itself.
        if step.modifiers.may_fail && !step.result.is_sealed() {
            result = result.with(given.as_ref().or(read.as_ref()));
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
        let trace = files
            .into_iter()
            .find_map(|it| self.edits.read(it, names))?;
        let says = format!("comes back from the files with `{}`", step.action);
        Some(trace.through(step.action_at, says, self.depth()))
    }

    /// What a step writes holds what it was given and what it read, and is there if the step was
    /// reached.
    fn write(
        &mut self,
        node: &Node,
        step: &Step,
        given: Option<&(Trace, Span)>,
        read: Option<&Trace>,
    ) {
        let (trace, at) = match (given, read.or(self.reached.as_ref())) {
            (Some((trace, at)), _) => (trace, *at),
            (None, Some(trace)) => (trace, step.action_at),
            (None, None) => return,
        };
        let says = format!("goes into the files with `{}`", step.action);
        let trace = trace.through(at, says, self.depth());
        // A command may give its files any name.
        let names = self.reached.is_some() || sinks::reaches_out(step);
        for touch in node.touches.iter().filter(|touch| touch.write) {
            if let Thing::Files(files) = &touch.thing {
                self.edits.add(files, names, &trace);
            }
        }
    }

    fn call(&mut self, node: &'a Node, call: &'a Call) {
        let before = self.modifiers(node, &call.modifiers);
        let mut args = Names::new();
        let mut given: Option<Trace> = None;
        for (name, value, ty) in &call.args {
            let mission = &call.plan.mission;
            let shape = self.passed(value, || format!("goes into `{name}` of `{mission}`"));
            let shape = types::narrowed(shape, ty);
            given = given.or_else(|| shape.any().cloned());
            insert(&mut args, name, shape);
        }
        // What cannot touch anything from outside need not be gone through.
        let quiet = args.is_empty() && self.edits.is_empty() && self.reached.is_none();
        if !quiet || has_source(&call.plan, &mut Vec::new()) {
            let called = Some((node.name.as_str(), call.action_at));
            let mut outputs = self.mission(&call.plan, called, args);
            self.edits.lift(self.depth());
            if call.modifiers.may_fail {
                let decided = given.as_ref().or(outputs.any()).cloned();
                outputs = outputs.with(decided.as_ref());
            }
            self.define(&node.name, outputs);
        }
        self.reached = before;
    }

    /// Takes a step's modifiers into account. Gives what decided before whether it is reached.
    fn modifiers(&mut self, node: &'a Node, modifiers: &Modifiers) -> Option<Trace> {
        let name = self.full_name(&node.name);
        if let Some((times, every)) = &modifiers.retry {
            self.bound(times, format!("how often `{name}` is tried"));
            if let Some(every) = every {
                self.bound(every, format!("how long `{name}` waits"));
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

    /// The shape of a value, with one step more on every way into it.
    fn passed(&self, value: &Value, says: impl Fn() -> String) -> Shape {
        let shape = expression::of_value(value, self.names());
        if shape.is_clean() {
            return shape;
        }
        let at = culprit(value, self.names());
        shape.map(&|trace| trace.through(at, says(), self.depth()))
    }

    /// Gives a name its shape. Whoever decides whether it is defined decides about all of it.
    fn define(&mut self, name: &str, shape: Shape) {
        let shape = shape.with(self.reached.as_ref());
        self.swap(name, shape);
    }

    fn name(&self, name: &str) -> Shape {
        self.names().get(name).cloned().unwrap_or_default()
    }

    /// Puts a shape in the place of another one.
    fn swap(&mut self, name: &str, shape: Shape) -> Shape {
        match self.frames.last_mut() {
            Some(frame) => {
                let before = frame.names.remove(name).unwrap_or_default();
                insert(&mut frame.names, name, shape);
                before
            }
            None => Shape::Clean,
        }
    }
}

fn insert(names: &mut Names, name: &str, shape: Shape) {
    if !shape.is_clean() {
        names.insert(name.to_owned(), shape);
    }
}

#[cfg(test)]
mod tests;

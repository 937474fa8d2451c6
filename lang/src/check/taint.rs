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
mod flows;
mod loops;
mod shape;
mod sinks;
mod steps;
mod trace;
mod trigger;
mod types;

use std::collections::{BTreeMap, HashMap};

use self::edits::Edits;
use self::expression::Names;
use self::flows::Flows;
pub(crate) use self::flows::outside;
pub use self::flows::{End, Outside};
use self::loops::Carried;
use self::shape::Shape;
use self::sinks::culprit;
use self::trace::Trace;
pub(super) use self::trigger::trigger;
use crate::diagnostic::Diagnostic;
use crate::plan::{Block, For, Form, Node, NodeKind, Plan};
use crate::source::Span;
use crate::syntax::tree::Value;

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
    again_and_again(&mut walk, go);
    walk.found.into_values().collect()
}

/// Goes the same way until nothing is new.
fn again_and_again<'a>(walk: &mut Walk<'a>, go: impl Fn(&mut Walk<'a>)) {
    let mut times = 0;
    loop {
        walk.again = false;
        walk.edits = Edits::default();
        walk.wide = times >= PATIENCE;
        go(walk);
        times += 1;
        if !walk.again {
            return;
        }
    }
}

/// Whether anything in a mission, or in one that it calls, comes from outside.
fn has_source<'a>(plan: &'a Plan, seen: &mut Vec<&'a Plan>) -> bool {
    if seen.iter().any(|it| std::ptr::eq(*it, plan)) {
        return false;
    }
    seen.push(plan);
    let failure = plan.on_failure.as_ref();
    plan.inputs
        .iter()
        .any(|input| types::has_outside(&input.ty))
        || failure.is_some_and(|block| !block.nodes.is_empty())
        || plan.form == Form::Action && types::has_outside(&plan.result)
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
    /// Where all comes from and ends, for who asks for that.
    flows: Option<Flows>,
}

/// A mission on the way, or what starts it.
struct Frame<'a> {
    /// Its place.
    at: Span,
    /// The step that calls it, and where that names it.
    called: Option<(&'a str, Span)>,
    names: Names,
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
            let declared = self.source(declared, called, &input.name, None);
            let given = names.remove(&input.name).unwrap_or_default();
            // What its own sources do is said where a mission of this file is checked by itself.
            let shape = match is_own {
                true => declared.over(given),
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
        self.path.push(0);
        self.block(&plan.body);
        self.path.pop();
        if let Some(block) = &plan.on_failure {
            // It may repeat whatever the step was given or was told. Where it is used, its own
            // name says where it comes from.
            let source = Trace::source(plan.at, String::new(), depth);
            let message = ("message".to_owned(), Shape::Whole(source));
            let failure = self.source(Shape::record([message]), None, "failure", None);
            self.swap("failure", failure);
            self.path.push(1);
            self.block(block);
            self.path.pop();
            self.swap("failure", Shape::Clean);
        }
        if let Some(block) = &plan.finally {
            self.path.push(2);
            self.block(block);
            self.path.pop();
        }
        let outputs = plan.outputs.iter().map(|(name, value, ty)| {
            let mut shape = expression::of_value(value, self.names());
            // What an action's face says is compared when it runs; a mission's says what it is.
            if plan.form == Form::Action {
                shape = types::narrowed(shape, ty);
            }
            let at = culprit(value, self.names());
            let says = || format!("leaves `{}` as `{name}`", plan.mission);
            (name.clone(), shape.map(&|it| it.through(at, says(), depth)))
        });
        let outputs: Vec<_> = outputs.collect();
        if depth == 0 {
            for (name, _) in outputs.iter().filter(|(_, shape)| !shape.is_clean()) {
                self.ends(|_| End::Output { name: name.clone() });
            }
        }
        let outputs = Shape::record(outputs);
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
            NodeKind::For(it) => self.for_each(node, it),
            NodeKind::Repeat { times, body, until } => {
                self.bound(times, "how often this loop runs".to_owned());
                self.repeat(node, body, until.as_ref());
            }
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

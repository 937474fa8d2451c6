//! What a verdict or a proof is about, followed from the step that makes it to those that use it.
//!
//! It is about one verifier and one state of the files. A step that is given one of another
//! verifier, or of files that a step in between surely edits, can only be refused when it is
//! reached; where the text shows that already, it is an error here.
//!
//! Only what is certain is said: of several values that may be meant each must be wrong, an edit
//! that may be skipped or may change nothing voids nothing, and two verifiers are others only
//! where a [part](same) of them surely is.

mod same;

use std::collections::BTreeMap;

use minijinja::machinery::ast::{self, BinOpKind};

use self::same::Seen;
use crate::diagnostic::{Diagnostic, Kind};
use crate::expr::{self, Context, Engine};
use crate::plan::{Block, Call, For, Node, NodeKind, Plan, Step, Thing};
use crate::source::Span;
use crate::syntax::tree::{Effect, Value, ValueKind};
use crate::types::{Plain, Type, own_name};

/// What a mission does with verdicts and proofs that are about something else.
pub(super) fn verdicts(plan: &Plan, engine: &Engine) -> Vec<Diagnostic> {
    let mut walk = Walk {
        engine,
        frames: Vec::new(),
        opened: 0,
        edits: Vec::new(),
        found: Vec::new(),
    };
    walk.mission(plan, Context::new());
    walk.found
}

/// A verdict or a proof that a step has made.
#[derive(Clone)]
struct Made<'a> {
    /// What made it.
    step: &'a str,
    at: Span,
    /// Its type, if it is all that the step gives.
    ty: Option<&'a Type>,
    /// With which verifier.
    verifier: Seen<'a>,
    /// How many edits there were before, if it is about the files as they were then; one about the
    /// base does not age.
    after: Option<usize>,
}

/// What is known of a value.
#[derive(Clone, Default)]
enum Known<'a> {
    #[default]
    Nothing,
    /// It is one of these; there is at least one.
    Made(Vec<Made<'a>>),
    /// What a called mission gives, by name.
    Outputs(BTreeMap<&'a str, Known<'a>>),
}

impl<'a> Known<'a> {
    fn field(self, name: &str) -> Known<'a> {
        match self {
            Known::Nothing => Known::Nothing,
            // A verdict of a proof: of the same verifier, about the files or about the base.
            Known::Made(made) => {
                let part = |it| Made {
                    ty: None,
                    after: None,
                    ..it
                };
                Known::Made(made.into_iter().map(part).collect())
            }
            Known::Outputs(mut outputs) => outputs.remove(name).unwrap_or_default(),
        }
    }

    /// One of the two.
    fn or(self, other: Known<'a>) -> Known<'a> {
        match (self, other) {
            (Known::Made(mut made), Known::Made(more)) => {
                made.extend(more);
                Known::Made(made)
            }
            _ => Known::Nothing,
        }
    }
}

/// A step that edits files.
struct Edit<'a> {
    step: &'a str,
    at: Span,
    /// Whether it surely happens, as seen from where the walk is.
    is_sure: bool,
}

/// One way through a mission and all that it calls, in the order of the text.
struct Walk<'a> {
    engine: &'a Engine,
    /// The mission being checked first, then the calls that lead to where the walk is.
    frames: Vec<Frame<'a>>,
    /// How many frames there have been.
    opened: usize,
    /// The edits so far.
    edits: Vec<Edit<'a>>,
    found: Vec<Diagnostic>,
}

struct Frame<'a> {
    names: BTreeMap<&'a str, Known<'a>>,
    verifiers: BTreeMap<&'a str, Seen<'a>>,
}

impl<'a> Walk<'a> {
    /// Goes through a mission, of whose inputs some are known. Gives its outputs.
    fn mission(&mut self, plan: &'a Plan, inputs: Context) -> BTreeMap<&'a str, Known<'a>> {
        let number = self.opened;
        self.opened += 1;
        let verifiers = plan.verifiers.iter();
        let verifiers = verifiers.map(|it| {
            let seen = Seen::new(it, number, self.engine, &inputs);
            (it.name.as_str(), seen)
        });
        let verifiers = verifiers.collect();
        self.frames.push(Frame {
            names: BTreeMap::new(),
            verifiers,
        });
        self.block(&plan.body);
        let outputs = plan.outputs.iter();
        let outputs = outputs.map(|(name, value, _)| (name.as_str(), self.value(value)));
        let outputs = outputs.collect();
        // Nobody knows how far the mission has come when they are reached.
        if self.frames.len() == 1 {
            self.unsure(0);
            for handler in plan.on_failure.iter().chain(&plan.finally) {
                self.perhaps(handler);
            }
        }
        self.frames.pop();
        outputs
    }

    fn block(&mut self, block: &'a Block) {
        for node in &block.nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &'a Node) {
        match &node.kind {
            NodeKind::Let(value) => {
                let known = self.value(value);
                self.define(&node.name, known);
            }
            NodeKind::Step(step) => self.step(node, step),
            NodeKind::Call(call) => self.call(node, call),
            NodeKind::If {
                then, otherwise, ..
            } => {
                self.perhaps(then);
                self.perhaps(otherwise);
            }
            // Its names are lists behind it.
            NodeKind::For(For { body, .. }) => {
                self.perhaps(body);
                for name in &node.defines {
                    self.define(name, Known::Nothing);
                }
            }
            NodeKind::Repeat { body, .. } => self.block(body),
        }
    }

    /// Goes through what may not be reached: its edits are not sure behind it.
    fn perhaps(&mut self, block: &'a Block) {
        let from = self.edits.len();
        self.block(block);
        self.unsure(from);
    }

    fn unsure(&mut self, from: usize) {
        for edit in self.edits.iter_mut().skip(from) {
            edit.is_sure = false;
        }
    }

    fn step(&mut self, node: &'a Node, step: &'a Step) {
        let is_verifier = |ty: &Type| *ty == Type::Plain(Plain::Verifier);
        let verifier = step.args.iter().find(|(_, _, ty)| is_verifier(ty));
        let verifier = verifier.and_then(|(_, value, _)| self.verifier(value));
        let reads = reads_files(node);
        for (_, value, ty) in &step.args {
            if let (true, Known::Made(made)) = (ty.is_sealed(), self.value(value)) {
                self.used(node, value, ty, &made, verifier.as_ref(), reads);
            }
        }
        let made = match verifier {
            Some(verifier) if step.result.is_sealed() => Known::Made(vec![Made {
                step: &node.name,
                at: node.at,
                ty: Some(&step.result),
                verifier,
                after: reads.then_some(self.edits.len()),
            }]),
            _ => Known::Nothing,
        };
        self.define(&node.name, made);
        if edits(node, step) {
            self.edits.push(Edit {
                step: &node.name,
                at: node.at,
                is_sure: step.modifiers.when.is_none() && !step.modifiers.may_fail,
            });
        }
    }

    /// A step gets a verdict or a proof that is one of these. What a called mission does is said
    /// where that is checked by itself: nobody can give it any.
    fn used(
        &mut self,
        node: &'a Node,
        value: &Value,
        ty: &Type,
        made: &[Made<'a>],
        verifier: Option<&Seen<'a>>,
        reads: bool,
    ) {
        let [first, ..] = made else { return };
        if self.frames.len() > 1 {
            return;
        }
        let what = match ty {
            Type::Optional(inner) => inner.to_string(),
            other => other.to_string(),
        };
        let what = own_name(&what).to_owned();
        if let Some(verifier) = verifier
            && let Some(part) = first.verifier.differs(verifier)
            && made
                .iter()
                .all(|it| it.verifier.differs(verifier).is_some())
        {
            let kind = Kind::VerdictOtherVerifier {
                what,
                of: first.verifier.name().to_owned(),
                step: node.name.clone(),
                verifier: verifier.name().to_owned(),
                near: self.same_of(first, verifier).map(str::to_owned),
            };
            let made_by = format!("`{}` made it, with `{}`", first.step, first.verifier.name());
            let asked = format!("`{}` has another `{part}`", verifier.name());
            self.found.push(
                Diagnostic::new(kind, value.at.0)
                    .label(first.at, made_by)
                    .label(verifier.at(), asked),
            );
        } else if reads
            && let Some(edit) = self.voids(first)
            && made.iter().all(|it| self.voids(it).is_some())
        {
            let kind = Kind::VerdictOutdated {
                what,
                step: node.name.clone(),
                made: first.step.to_owned(),
                edit: edit.step.to_owned(),
            };
            let label = format!("`{}` edits files here", edit.step);
            let made_by = format!("`{}` judges the files here", first.step);
            self.found.push(
                Diagnostic::new(kind, value.at.0)
                    .label(first.at, made_by)
                    .label(edit.at, label),
            );
        }
    }

    /// The name of the only verdict or proof of this kind that the verifier has made.
    fn same_of(&self, given: &Made<'a>, verifier: &Seen<'a>) -> Option<&'a str> {
        let names = &self.frames.last()?.names;
        let all = names.iter().filter_map(|(name, known)| match known {
            Known::Made(made) => match made.as_slice() {
                [one] if one.ty.is_some() && one.ty == given.ty => Some((*name, one)),
                _ => None,
            },
            _ => None,
        });
        let mut fitting = all.filter(|(_, it)| {
            it.verifier.differs(verifier).is_none()
                && it.after.is_some() == given.after.is_some()
                && self.voids(it).is_none()
        });
        match (fitting.next(), fitting.next()) {
            (Some((name, _)), None) => Some(name),
            _ => None,
        }
    }

    /// The edit that makes a verdict one about other files, if one surely does.
    fn voids(&self, made: &Made<'a>) -> Option<&Edit<'a>> {
        let since = self.edits.iter().skip(made.after?);
        since.into_iter().find(|edit| edit.is_sure)
    }

    fn call(&mut self, node: &'a Node, call: &'a Call) {
        let mut inputs = Context::new();
        for (name, value, ty) in &call.args {
            if let Some(json) = self.engine.known(value, ty, &Context::new()) {
                inputs.insert(name.clone(), json);
            }
        }
        let from = self.edits.len();
        let outputs = self.mission(&call.plan, inputs);
        // The files are those of all missions of the run; the caller knows the step.
        for edit in self.edits.iter_mut().skip(from) {
            (edit.step, edit.at) = (&node.name, node.at);
        }
        if call.modifiers.when.is_some() || call.modifiers.may_fail {
            self.unsure(from);
        }
        self.define(&node.name, Known::Outputs(outputs));
    }

    fn define(&mut self, name: &'a str, known: Known<'a>) {
        if let Some(frame) = self.frames.last_mut() {
            frame.names.insert(name, known);
        }
    }

    /// A verifier by its name, which is a text in YAML.
    fn verifier(&self, value: &Value) -> Option<Seen<'a>> {
        let name = match &value.kind {
            ValueKind::Text(text) => text.as_literal()?,
            ValueKind::Expr(expr) => &expr.source.value,
            _ => return None,
        };
        self.frames.last()?.verifiers.get(name).cloned()
    }

    fn value(&self, value: &Value) -> Known<'a> {
        match &value.kind {
            ValueKind::Expr(expr) => match expr::parse(expr) {
                Ok(tree) => self.tree(tree),
                Err(_) => Known::Nothing,
            },
            _ => Known::Nothing,
        }
    }

    fn tree(&self, tree: &ast::Expr<'_>) -> Known<'a> {
        use ast::Expr as E;
        let names = || self.frames.last().map(|frame| &frame.names);
        match tree {
            E::Var(var) => {
                let known = names().and_then(|names| names.get(var.id));
                known.cloned().unwrap_or_default()
            }
            E::GetAttr(it) => self.tree(&it.expr).field(it.name),
            E::BinOp(it) if matches!(it.op, BinOpKind::ScOr) => {
                self.tree(&it.left).or(self.tree(&it.right))
            }
            E::IfExpr(it) => match &it.false_expr {
                Some(no) => self.tree(&it.true_expr).or(self.tree(no)),
                None => Known::Nothing,
            },
            _ => Known::Nothing,
        }
    }
}

/// Whether what a step does or says rests on the mission's files as they are.
fn reads_files(node: &Node) -> bool {
    let is_read = |thing: &Thing| matches!(thing, Thing::Files(_));
    let mut touches = node.touches.iter();
    touches.any(|touch| !touch.write && is_read(&touch.thing))
}

/// Whether a step writes files, and not only may: a command may also leave them as they are.
fn edits(node: &Node, step: &Step) -> bool {
    let starts = step.needs.iter().any(|need| need.effect == Effect::Run);
    let is_file = |thing: &Thing| matches!(thing, Thing::Files(_));
    let mut touches = node.touches.iter();
    !starts && touches.any(|touch| touch.write && is_file(&touch.thing))
}

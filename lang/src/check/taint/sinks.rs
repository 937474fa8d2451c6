//! What text from outside may not decide.

use super::expression::{self, Names};
use super::shape::Shape;
use super::trace::Trace;
use super::{End, Walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::plan::{Block, For, Form, Node, NodeKind, Plan, Step};
use crate::source::Span;
use crate::syntax::tree::{Effect, Expr, Piece, Value, ValueKind};
use crate::types::{Plain, Type};

impl Walk<'_> {
    /// Reports that what took this way decides something at `at`.
    pub(super) fn report(&mut self, kind: Kind, trace: &Trace, at: Span) {
        // What a mission of this file does with its own sources is reported when it is checked
        // by itself.
        let file = |depth: usize| self.frames.get(depth).map(|frame| frame.at.file);
        if trace.least > 0 && file(trace.least) == file(0) {
            return;
        }
        let place = self.called_at().unwrap_or(at);
        let key = (place, kind.to_string());
        if self.found.contains_key(&key) {
            return;
        }
        let mut labels = trace.labels();
        if place != at && labels.last().is_none_or(|(last, _)| *last != at) {
            labels.push((at, format!("and decides {} here", decided(&kind))));
        }
        let found = labels
            .into_iter()
            .filter(|(span, _)| *span != place)
            .fold(Diagnostic::new(kind, place), |found, (span, says)| {
                found.label(span, says)
            });
        self.found.insert(key, found);
    }

    /// Whether the same was found within `at` already.
    fn is_said(&self, kind: &Kind, at: Span) -> bool {
        let inside = self.found.range(
            (
                Span {
                    end: at.start,
                    ..at
                },
                String::new(),
            )..,
        );
        let mut inside =
            inside.take_while(|((span, _), _)| span.file == at.file && at.to(*span) == at);
        inside.any(|(_, one)| one.kind == *kind)
    }

    /// The arguments of a step that decide what it needs.
    pub(super) fn arguments(&mut self, name: &str, step: &Step, params: &Names) {
        for (param, value, ty) in &step.args {
            let shape = params.get(param).cloned().unwrap_or_default();
            self.typed(value, &shape, ty, name);
        }
        // A command has been judged by its type; an issue names what is asked for, and the action
        // says what it needs for that.
        let judged = |param: &str| {
            step.args.iter().any(|(it, _, ty)| {
                it == param && matches!(ty.bare(), Type::Plain(Plain::Command | Plain::Issue))
            })
        };
        let mut open = params.clone();
        open.retain(|param, _| !judged(param));
        for need in step.needs.iter().filter(|need| need.asks) {
            let shape = expression::of_value(&need.scope, &open);
            let Some(trace) = shape.any().cloned() else {
                continue;
            };
            let kind = needs(need.effect, name);
            let named = crate::expr::names(&need.scope);
            let from = step.args.iter().find(|(param, _, _)| {
                named.contains(param) && open.get(param).is_some_and(|it| !it.is_clean())
            });
            let Some((_, value, _)) = from else {
                continue;
            };
            // Its type may have said so already, and more exactly.
            if !self.is_said(&kind, value.at.0) {
                let at = culprit(value, self.names());
                self.report(kind, &trace, at);
            }
        }
    }

    /// A value where its type alone says that it decides something.
    fn typed(&mut self, value: &Value, shape: &Shape, ty: &Type, step: &str) {
        if shape.is_clean() {
            return;
        }
        match (ty, &value.kind) {
            (Type::Optional(inner), _) => self.typed(value, shape, inner, step),
            (Type::Named(_, inner), _) => self.typed(value, shape, inner, step),
            (Type::Record(fields), ValueKind::Map(entries)) => {
                for (name, value) in entries {
                    if let Some((_, ty)) = fields.iter().find(|(it, _)| *it == name.text) {
                        self.typed(value, &shape.field(&name.text), ty, step);
                    }
                }
            }
            (Type::Record(fields), _) => {
                for (name, ty) in fields {
                    self.typed(value, &shape.field(name), ty, step);
                }
            }
            (Type::List(ty), ValueKind::List(items)) => {
                for item in items {
                    let shape = expression::of_value(item, self.names());
                    self.typed(item, &shape, ty, step);
                }
            }
            (Type::List(ty), _) => self.typed(value, &shape.item(), ty, step),
            (Type::Plain(plain), _) => {
                let step = step.to_owned();
                let kind = match plain {
                    Plain::Command | Plain::Script => Kind::TaintCommand { step },
                    Plain::Path | Plain::Glob => Kind::TaintPath { step },
                    Plain::Url => Kind::TaintHost { step },
                    Plain::Secret => Kind::TaintSecret { step },
                    Plain::Duration | Plain::Money => Kind::TaintBound {
                        what: format!("an amount of `{step}`"),
                    },
                    _ => return,
                };
                if let Some(trace) = shape.any().cloned() {
                    let at = culprit(value, self.names());
                    self.report(kind, &trace, at);
                }
            }
            // A parameter that says `untrusted` takes what it is given.
            _ => {}
        }
    }

    /// What a mission says about itself before its statements.
    pub(super) fn head(&mut self, plan: &Plan) {
        let mut found: Vec<(Kind, Trace, Span)> = Vec::new();
        let names = self.names();
        for verifier in &plan.verifiers {
            let parts = std::iter::once(&verifier.run)
                .chain(&verifier.also)
                .chain(&verifier.protect)
                .chain(verifier.env.iter().map(|(_, value)| value))
                .chain(&verifier.timeout)
                .chain(&verifier.runs)
                .chain(&verifier.red)
                .chain(&verifier.loses)
                .chain(&verifier.report)
                .chain(&verifier.heldout)
                .chain(&verifier.hides)
                .chain(&verifier.needs)
                .chain(&verifier.installed);
            for part in parts {
                if let Some(trace) = expression::of_value(part, names).any() {
                    let name = self.full_name(&verifier.name);
                    let kind = Kind::TaintVerifier { name };
                    found.push((kind, trace.clone(), culprit(part, names)));
                }
            }
        }
        // What an action needs is said of each call, and reported where it is done.
        let grants = match plan.form {
            Form::Mission => plan.grants.as_slice(),
            Form::Action => &[],
        };
        for grant in grants {
            for scope in &grant.scopes {
                if let Some(trace) = expression::of_value(scope, names).any() {
                    let effect = grant.effect.to_string();
                    let kind = Kind::TaintGrant { effect };
                    found.push((kind, trace.clone(), culprit(scope, names)));
                }
            }
        }
        for (kind, trace, at) in found {
            self.report(kind, &trace, at);
        }
    }

    /// A number of rounds, a time to wait.
    pub(super) fn bound(&mut self, value: &Value, what: String) {
        let names = self.names();
        if let Some(trace) = expression::of_value(value, names).any().cloned() {
            let at = culprit(value, names);
            self.report(Kind::TaintBound { what }, &trace, at);
        }
    }

    /// A condition, in front of the statements that it decides about.
    pub(super) fn condition<'n>(
        &mut self,
        trace: &Trace,
        at: Span,
        about: impl IntoIterator<Item = &'n Node>,
    ) {
        let about: Vec<&Node> = about.into_iter().collect();
        self.ends(|walk| End::Condition {
            of: about
                .iter()
                .map(|node| walk.full_name(&node.name))
                .collect(),
        });
        if let Some(step) = about.into_iter().find_map(privileged) {
            let step = self.full_name(&step);
            self.report(Kind::TaintCondition { step }, trace, at);
        }
    }
}

/// The first step of a statement that reaches beyond the mission's own tree.
fn privileged(node: &Node) -> Option<String> {
    let within = |block: &Block| block.nodes.iter().find_map(privileged);
    match &node.kind {
        NodeKind::Let(_) => None,
        NodeKind::Step(step) => reaches_out(step).then(|| node.name.clone()),
        NodeKind::Call(call) => {
            let inner = call.plan.blocks().find_map(within);
            inner.map(|inner| format!("{}/{inner}", node.name))
        }
        NodeKind::If {
            then, otherwise, ..
        } => within(then).or_else(|| within(otherwise)),
        NodeKind::For(For { body, .. }) | NodeKind::Repeat { body, .. } => within(body),
    }
}

/// Whether an action is privileged: whether it does more than to look at the mission's tree,
/// change it, wait, or ask a model. A change of the tree is judged before it leaves it, and a
/// question to a model is bounded by what it may spend.
pub(super) fn reaches_out(step: &Step) -> bool {
    step.needs.iter().any(|need| {
        need.asks
            && match need.effect {
                Effect::Env
                | Effect::Git
                | Effect::Github
                | Effect::Net
                | Effect::Run
                | Effect::Secret => true,
                Effect::Model | Effect::Read | Effect::Time | Effect::Write => false,
            }
    })
}

/// How it came from outside which files a step writes, if it did.
pub(super) fn decides_paths(step: &Step, params: &Names) -> Option<Trace> {
    let writes = step.needs.iter();
    let writes = writes.filter(|need| need.effect == Effect::Write);
    let shapes = writes.map(|need| expression::of_value(&need.scope, params));
    shapes.reduce(Shape::join)?.any().cloned()
}

/// What is wrong when the scope of a need comes from outside.
fn needs(effect: Effect, step: &str) -> Kind {
    let step = step.to_owned();
    match effect {
        Effect::Read | Effect::Write => Kind::TaintPath { step },
        Effect::Run => Kind::TaintCommand { step },
        Effect::Git => Kind::TaintBranch { step },
        Effect::Github | Effect::Net => Kind::TaintHost { step },
        Effect::Model => Kind::TaintModel { step },
        Effect::Env | Effect::Secret => Kind::TaintSecret { step },
        Effect::Time => Kind::TaintBound {
            what: format!("the time of `{step}`"),
        },
    }
}

/// What a kind is about, as a part of a sentence.
fn decided(kind: &Kind) -> String {
    let text = kind.to_string();
    let (_, decided) = text.split_once(" decides ").unwrap_or(("", &text));
    decided.to_owned()
}

/// The smallest written part of a value that comes from outside.
pub(super) fn culprit(value: &Value, names: &Names) -> Span {
    let tainted = |expr: &Expr| !expression::of_expr(expr, names).is_clean();
    let part = match &value.kind {
        ValueKind::Literal(_) => None,
        ValueKind::Expr(expr) => Some(expr.source.at.0),
        ValueKind::Text(template) => template.pieces.iter().find_map(|piece| match piece {
            Piece::Expr(expr) if tainted(expr) => Some(expr.source.at.0),
            _ => None,
        }),
        ValueKind::List(items) => items.iter().find_map(|item| within(item, names)),
        ValueKind::Map(entries) => entries.iter().find_map(|(_, item)| within(item, names)),
    };
    part.unwrap_or(value.at.0)
}

fn within(value: &Value, names: &Names) -> Option<Span> {
    let tainted = !expression::of_value(value, names).is_clean();
    tainted.then(|| culprit(value, names))
}

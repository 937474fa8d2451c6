//! The way over a plan, with the values that become known on it.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::frame::Frame;
use super::{Needed, Status};
use crate::check::scope_texts;
use crate::expr::{self, Context, Engine};
use crate::plan::{Block, Call, For, Node, NodeKind, Step};
use crate::policy::Policies;
use crate::source::Span;
use crate::syntax::tree::{Expr, Value, ValueKind};
use crate::types::{Plain, Type};

/// How many rounds of loops over lists are looked at one by one, each with its item. Of more, the
/// scopes are told as they are written, and checked when they run.
const MAX_EXPANDED: usize = 10_000;

pub(super) struct Walk<'a> {
    pub(super) engine: &'a Engine,
    pub(super) policies: &'a Policies,
    pub(super) found: Vec<Needed>,
    /// The names of the calls that lead here.
    pub(super) path: Vec<String>,
    /// Where the outermost of them stands.
    pub(super) called_at: Option<Span>,
    /// How many rounds were looked at, each with its item.
    pub(super) expanded: usize,
    /// The mission's own frame first, then those of the called ones.
    pub(super) frames: Vec<Frame<'a>>,
}

impl<'a> Walk<'a> {
    pub(super) fn block(&mut self, block: &'a Block) {
        for node in &block.nodes {
            match &node.kind {
                NodeKind::Let(value) => self.name(node, value, &Type::Any),
                NodeKind::Step(step) if self.surely_not(step.modifiers.when.as_ref()) => {}
                NodeKind::Call(call) if self.surely_not(call.modifiers.when.as_ref()) => {}
                NodeKind::Step(step) => self.step(node, step),
                NodeKind::Call(call) => self.call(node, call),
                NodeKind::If {
                    condition,
                    then,
                    otherwise,
                } => {
                    let holds = self.holds(condition);
                    if holds != Some(false) {
                        self.block(then);
                    }
                    if holds != Some(true) {
                        self.block(otherwise);
                    }
                }
                NodeKind::For(it) => self.rounds(it),
                NodeKind::Repeat { body, .. } => self.block(body),
            }
        }
    }

    /// A loop once for each item, as far as they are known; else once for all of them. What the
    /// rounds need alike is said once.
    fn rounds(&mut self, it: &'a For) {
        let items = match self.known_value(&it.items, &it.list) {
            Some(Json::Array(items)) => items,
            _ => Vec::new(),
        };
        self.expanded = self.expanded.saturating_add(items.len());
        let known = self.frame().known.clone();
        let from = self.found.len();
        if items.is_empty() || self.expanded > MAX_EXPANDED {
            self.block(&it.body);
        } else {
            for item in items {
                self.name_known(&it.name, item);
                self.block(&it.body);
            }
        }
        let mut said = HashSet::new();
        let mut rounds = self.found.split_off(from);
        rounds.retain(|need| {
            said.insert((
                need.effect,
                need.verb.clone(),
                need.scope.clone(),
                need.step.clone(),
            ))
        });
        self.found.append(&mut rounds);
        // What the body names is known to its rounds only.
        let last = self.frames.len() - 1;
        self.frames[last].known = known;
    }

    /// Whether a condition holds, if all that it names is known. Nothing is needed for what a run
    /// with these inputs surely leaves out.
    fn holds(&self, condition: &Expr) -> Option<bool> {
        let value = Value {
            kind: ValueKind::Expr(condition.clone()),
            at: condition.source.at,
        };
        self.engine.known(&value, &Type::Any, &self.frame().known)?;
        self.engine.condition(condition, &self.frame().known).ok()
    }

    fn surely_not(&self, when: Option<&Expr>) -> bool {
        when.is_some_and(|when| self.holds(when) == Some(false))
    }

    fn frame(&self) -> &Frame<'a> {
        // INVARIANT: `frames` starts with one and only `call` pushes and pops.
        &self.frames[self.frames.len() - 1]
    }

    /// A `let` whose value is known makes its name known.
    fn name(&mut self, node: &Node, value: &Value, ty: &Type) {
        if let Some(json) = self.known_value(value, ty).filter(expr::is_small) {
            self.name_known(&node.name, json);
        }
    }

    fn name_known(&mut self, name: &str, value: Json) {
        let last = self.frames.len() - 1;
        self.frames[last].known.insert(name.to_owned(), value);
    }

    fn known_value(&self, value: &Value, ty: &Type) -> Option<Json> {
        let known = &self.frame().known;
        if let (Type::Plain(Plain::Verifier), ValueKind::Text(text)) = (ty, &value.kind) {
            return known.get(text.as_literal()?).cloned();
        }
        self.engine.known(value, ty, known)
    }

    fn call(&mut self, node: &Node, call: &'a Call) {
        let mut known = Context::new();
        for (name, value, ty) in &call.args {
            if let Some(json) = self.known_value(value, ty) {
                known.insert(name.clone(), json);
            }
        }
        let outermost = self.called_at.is_none();
        self.called_at.get_or_insert(node.at);
        self.path.push(node.name.clone());
        self.frames
            .push(Frame::new(&call.plan, self.engine, known, &call.args));
        call.plan.blocks().for_each(|block| self.block(block));
        self.frames.pop();
        self.path.pop();
        if outermost {
            self.called_at = None;
        }
    }

    fn step(&mut self, node: &Node, step: &'a Step) {
        let mut params = Context::new();
        for (name, value, ty) in &step.args {
            if let Some(json) = self.known_value(value, ty) {
                params.insert(name.clone(), json);
            }
        }
        if let Some(branch) = self.frame().known.get("branch") {
            params.insert("branch".to_owned(), branch.clone());
        }
        let mut path = self.path.clone();
        path.push(node.name.clone());
        for need in step.needs.iter().filter(|need| need.asks) {
            let verb = need.verb.as_ref().map(|verb| verb.text.clone());
            let symbol = self.symbol(&need.scope, step);
            let texts = scope_texts(self.engine, &need.scope, &params);
            let is_known = texts.is_some();
            let judged: Vec<(String, Status)> = match texts {
                Some(texts) => texts
                    .into_iter()
                    .map(|text| {
                        let status =
                            self.judge(need.effect, verb.as_deref(), &text, symbol.as_ref());
                        (text, status)
                    })
                    .collect(),
                None => vec![self.judge_unknown(
                    need.effect,
                    verb.as_deref(),
                    symbol.as_ref(),
                    (&need.scope, &node.name),
                )],
            };
            for (scope, status) in judged {
                self.found.push(Needed {
                    effect: need.effect,
                    verb: verb.clone(),
                    scope,
                    is_known,
                    step: path.join("/"),
                    action: step.action.clone(),
                    at: self.called_at.unwrap_or(node.at),
                    status,
                });
            }
        }
    }

    /// What a scope that is one parameter stands for in the text of the mission: the argument,
    /// or the command of the verifier that it names.
    fn symbol(&self, scope: &Value, step: &Step) -> Option<Value> {
        let ValueKind::Expr(expr) = &scope.kind else {
            return None;
        };
        let source = expr.source.value.as_str();
        let (param, field) = match source.split_once('.') {
            Some((param, field)) => (param, Some(field)),
            None => (source, None),
        };
        let (_, value, _) = step.args.iter().find(|(name, _, _)| name == param)?;
        if field.is_none() {
            return Some(value.clone());
        }
        let name = match &value.kind {
            ValueKind::Expr(expr) => expr.source.value.as_str(),
            ValueKind::Text(text) => text.as_literal()?,
            _ => return None,
        };
        let verifiers = &self.frame().plan.verifiers;
        let verifier = verifiers.iter().find(|it| it.name == name)?;
        matches!(field, Some("run" | "checks" | "commands")).then(|| verifier.run.clone())
    }
}

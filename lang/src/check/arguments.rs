//! Calls of actions and missions: who is called, and with what.

use std::sync::Arc;

use super::mission::names_of;
use super::named;
use super::scope::{Scope, What};
use super::{Checker, MAX_CALL_DEPTH, MAX_STATEMENTS};
use crate::diagnostic::{Kind, nearest};
use crate::expr::Context;
use crate::library::{Param, Signature};
use crate::plan::{Call, Modifiers, Node, NodeKind, Plan, Step, Touch};
use crate::source::Span;
use crate::syntax::tree::{self, Body, Value};
use crate::types::{Plain, Type};

/// Arguments by parameter name.
type Arguments = Vec<(String, Value, Type)>;

/// How many bytes all calls of missions may take from what they call.
const MAX_COPIED: usize = 64 * 1024 * 1024;

impl<'a> Checker<'a> {
    pub(super) fn step(
        &mut self,
        step: &'a tree::Step,
        at: Span,
        body: &'a Body,
        scope: &mut Scope,
    ) -> Option<Node> {
        let library = self.library;
        let callee = step.action.text.as_str();
        scope.begin(Some(step.name.text.clone()));
        let when = step.when.as_ref().map(|when| self.condition(when, scope));
        // A step that runs may rest on what its condition tells.
        let before = scope.assume(&when.unwrap_or_default().holds);
        let found = if let Some(signature) = library.actions.get(callee) {
            let mut args = self.arguments(step, callee, &signature.params, scope);
            let modifiers = self.modifiers(step, body, scope);
            let result = named::result(step, signature, &self.types).unwrap_or_else(|wrong| {
                self.diagnostics.push(wrong);
                Type::Any
            });
            let named = named::schema(step, signature, &self.types, &library.type_docs);
            if let Some((name, schema)) = named
                && let Some(arg) = args.iter_mut().find(|(known, _, _)| known == name)
            {
                arg.1 = schema;
            }
            let mut node = action_node(step, signature, args, modifiers, at, self);
            if let NodeKind::Step(it) = &mut node.kind {
                it.result = result;
            }
            Some(node)
        } else if self.is_callable(callee) {
            self.called.insert(callee.to_owned());
            self.called_mission(step, at, body, scope)
        } else {
            self.unknown_action(step);
            for arg in &step.args {
                self.value(&arg.value, &Type::Any, "this", scope);
            }
            self.modifiers(step, body, scope);
            None
        };
        let result = match found.as_ref().map(|node| &node.kind) {
            Some(NodeKind::Step(it)) => it.result.clone(),
            Some(NodeKind::Call(it)) => it.plan.result.clone(),
            _ => Type::Any,
        };
        scope.forget(before);
        scope.begin(None);
        let unsure = step.may_fail || step.when.is_some();
        let result = if unsure { result.optional() } else { result };
        self.define(&step.name, result, What::Step, scope);
        found
    }

    fn called_mission(
        &mut self,
        step: &'a tree::Step,
        at: Span,
        body: &'a Body,
        scope: &mut Scope,
    ) -> Option<Node> {
        let callee = step.action.text.clone();
        if let Some(from) = self.stack.iter().position(|it| *it == callee) {
            let mut path = self.stack[from..].to_vec();
            path.push(callee);
            self.report(Kind::MissionRecursive { path }, step.action.at.0);
            return None;
        }
        if self.stack.len() >= MAX_CALL_DEPTH {
            let most = MAX_STATEMENTS;
            self.report(Kind::MissionTooLarge { most }, step.action.at.0);
            return None;
        }
        let Some(plan): Option<Arc<Plan>> = self.plan(&callee) else {
            // What is wrong with it has been said where it stands, and what it needs is not known.
            self.broken = true;
            for arg in &step.args {
                self.value(&arg.value, &Type::Any, "this", scope);
            }
            self.modifiers(step, body, scope);
            return None;
        };
        self.copied = self.copied.saturating_add(copied(&plan));
        // A file's own calls are bounded above; those of other files go on from where they are.
        let deep = plan.size.calls + self.stack.len() >= MAX_CALL_DEPTH;
        if deep || self.copied > MAX_COPIED {
            let most = MAX_STATEMENTS;
            self.report(Kind::MissionTooLarge { most }, step.action.at.0);
            return None;
        }
        let args = self.arguments(step, &callee, &plan.inputs, scope);
        let modifiers = self.modifiers(step, body, scope);
        let mut touches = Vec::new();
        let mut gate = plan.gate;
        for node in plan.blocks().flat_map(|block| &block.nodes) {
            gate |= node.gate;
            for touch in &node.touches {
                if !touches.contains(touch) {
                    touches.push(touch.clone());
                }
            }
        }
        let mut node = node_of(step, &args, &modifiers, at);
        node.touches = touches;
        node.gate = gate;
        node.kind = NodeKind::Call(Call {
            plan,
            action_at: step.action.at.0,
            args,
            modifiers,
        });
        Some(node)
    }

    fn unknown_action(&mut self, step: &tree::Step) {
        let name = &step.action.text;
        let actions = self.library.actions.keys();
        let missions = self.local.keys().map(|name| (*name).to_owned());
        let known = actions.cloned().chain(missions);
        let known: Vec<String> = known.chain(self.imports.callables()).collect();
        // `fs.raed` is nearer to `fs.read` than its length suggests; a bare `read` means one too.
        let near = self
            .diagnostics
            .nearest(name, known.iter().map(String::as_str))
            .or_else(|| {
                known
                    .iter()
                    .map(String::as_str)
                    .find(|it| it.rsplit('.').next() == Some(name))
            })
            .map(str::to_owned);
        let kind = Kind::ActionUnknown {
            name: name.clone(),
            near,
        };
        self.report(kind, step.action.at.0);
    }

    /// Matches arguments with parameters: by name, or by position before the first name.
    pub(super) fn arguments(
        &mut self,
        step: &tree::Step,
        callee: &str,
        params: &[Param],
        scope: &mut Scope,
    ) -> Arguments {
        let mut given: Arguments = Vec::new();
        // Parameters that a misspelt name surely means: they are not reported as missing too.
        let mut meant: Vec<String> = Vec::new();
        for (position, arg) in step.args.iter().enumerate() {
            let param = match &arg.name {
                Some(name) => match params.iter().find(|param| param.name == name.text) {
                    Some(param) => param,
                    None => {
                        let near = nearest(&name.text, open(step, params));
                        let kind = Kind::ArgumentUnknown {
                            action: callee.to_owned(),
                            name: name.text.clone(),
                            near: near.map(str::to_owned),
                            known: open(step, params).into_iter().map(str::to_owned).collect(),
                        };
                        meant.extend(near.map(str::to_owned));
                        self.report(kind, name.at.0);
                        self.value(&arg.value, &Type::Any, "this", scope);
                        continue;
                    }
                },
                None => match params.get(position) {
                    Some(param) => param,
                    None => {
                        let kind = Kind::ArgumentExtra {
                            action: callee.to_owned(),
                            takes: params.len(),
                        };
                        self.report(kind, arg.value.at.0);
                        continue;
                    }
                },
            };
            let what = format!("`{}` of `{callee}`", param.name);
            self.value(&arg.value, &param.ty, &what, scope);
            if given.iter().any(|(name, _, _)| *name == param.name) {
                let name = param.name.clone();
                self.report(Kind::ArgumentDuplicate { name }, arg.value.at.0);
                continue;
            }
            given.push((param.name.clone(), arg.value.clone(), param.ty.clone()));
        }
        for param in params {
            if given.iter().any(|(name, _, _)| *name == param.name) {
                continue;
            }
            match &param.default {
                Some(value) => given.push((param.name.clone(), value.clone(), param.ty.clone())),
                None if param.ty.may_be_absent() || meant.contains(&param.name) => {}
                None => {
                    let kind = Kind::ArgumentMissing {
                        action: callee.to_owned(),
                        name: param.name.clone(),
                        ty: param.ty.to_string(),
                    };
                    self.report(kind, step.action.at.0);
                }
            }
        }
        given
    }
}

/// About how many bytes a call takes from the mission that it calls: what that touches, and the
/// defaults of its inputs.
fn copied(plan: &Plan) -> usize {
    let touches = plan.body.nodes.iter().map(|node| node.touches.len());
    let defaults = plan
        .inputs
        .iter()
        .filter_map(|input| input.default.as_ref());
    let written = defaults.map(|value| (value.at.0.end - value.at.0.start) as usize);
    touches.sum::<usize>() * 256 + written.sum::<usize>()
}

/// The names of the parameters that `step` gives no argument for.
fn open<'p>(step: &tree::Step, params: &'p [Param]) -> Vec<&'p str> {
    let by_position = step
        .args
        .iter()
        .take_while(|arg| arg.name.is_none())
        .count();
    let names: Vec<&str> = step
        .args
        .iter()
        .filter_map(|arg| Some(arg.name.as_ref()?.text.as_str()))
        .collect();
    let open = params.iter().skip(by_position).map(|it| it.name.as_str());
    open.filter(|name| !names.contains(name)).collect()
}

fn action_node(
    step: &tree::Step,
    signature: &Signature,
    args: Arguments,
    modifiers: Modifiers,
    at: Span,
    checker: &Checker<'_>,
) -> Node {
    let mut node = node_of(step, &args, &modifiers, at);
    node.touches = touches(signature, &args, checker);
    node.gate = signature.gate;
    node.kind = NodeKind::Step(Step {
        action: signature.name.clone(),
        action_at: step.action.at.0,
        needs: needs(signature, &args, checker),
        bounds: signature.bounds.clone(),
        repeat: signature.repeat,
        result: signature.result.clone(),
        args,
        modifiers,
    });
    node
}

fn node_of(step: &tree::Step, args: &Arguments, modifiers: &Modifiers, at: Span) -> Node {
    let values = args.iter().map(|(_, value, _)| value);
    let retry = modifiers.retry.iter().flat_map(tree::Retry::values);
    let mut uses = names_of(values.chain(retry).chain(modifiers.timeout.as_ref()));
    // A verifier is named by its text in YAML.
    for (_, value, ty) in args {
        if let (Type::Plain(Plain::Verifier), tree::ValueKind::Text(text)) = (ty, &value.kind) {
            uses.extend(text.as_literal().map(str::to_owned));
        }
    }
    if let Some(when) = &modifiers.when {
        uses.extend(crate::expr::names_in(when));
    }
    Node {
        name: step.name.text.clone(),
        defines: vec![step.name.text.clone()],
        uses,
        after: step.after.iter().map(|name| name.text.clone()).collect(),
        touches: Vec::new(),
        gate: false,
        at,
        kind: NodeKind::Let(crate::syntax::template::literal("")),
    }
}

/// What an action touches, from its face, as far as its arguments are known now.
fn touches(signature: &Signature, args: &Arguments, checker: &Checker<'_>) -> Vec<Touch> {
    let engine = &checker.library.engine;
    let known = written(args, checker);
    crate::plan::touches(engine, &signature.needs, signature.repeat, &known)
}

/// What an action needs, from its face. What is written to start nothing needs no box for it.
fn needs(signature: &Signature, args: &Arguments, checker: &Checker<'_>) -> Vec<tree::Need> {
    let mut needs = signature.needs.clone();
    if needs.iter().any(|need| need.effect == tree::Effect::Run) {
        let known = written(args, checker);
        let engine = &checker.library.engine;
        needs.retain(|need| {
            let scopes = scope_texts(engine, &need.scope, &known);
            need.effect != tree::Effect::Run || scopes.is_none_or(|it| !it.is_empty())
        });
    }
    needs
}

/// The arguments that are written as they are.
fn written(args: &Arguments, checker: &Checker<'_>) -> Context {
    let engine = &checker.library.engine;
    let mut known = Context::new();
    for (name, value, ty) in args {
        if *ty != Type::Plain(Plain::Verifier)
            && let Some(json) = engine.known(value, ty, &Context::new())
        {
            known.insert(name.clone(), json);
        }
    }
    known
}

/// The texts of a need's scope, if everything it uses is known; of what is absent there are none.
pub(crate) fn scope_texts(
    engine: &crate::expr::Engine,
    scope: &Value,
    known: &Context,
) -> Option<Vec<String>> {
    match engine.known(scope, &Type::Any, known)? {
        serde_json::Value::Null => Some(Vec::new()),
        serde_json::Value::String(text) => Some(vec![text]),
        serde_json::Value::Array(items) => items
            .into_iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    }
}

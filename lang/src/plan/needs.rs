//! Needed against granted: one computation for linting, planning and the moment before a run.

use std::collections::HashSet;

use serde_json::{Value as Json, json};

use super::own_files::own_files;
use super::{Block, Call, For, Form, Node, NodeKind, Plan, Step};
use crate::authority::{Decision, Pattern, Rule, Rules, grant_line};
use crate::check::scope_texts;
use crate::expr::{self, Context, Engine};
use crate::source::Span;
use crate::syntax::command;
use crate::syntax::tree::{Effect, Expr, Value, ValueKind};
use crate::types::{Plain, Type};

/// How many rounds of loops over lists are looked at one by one, each with its item. Of more, the
/// scopes are told as they are written, and checked when they run.
const MAX_EXPANDED: usize = 10_000;

/// One thing that a step needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Needed {
    /// What it is about.
    pub effect: Effect,
    /// For git.
    pub verb: Option<String>,
    /// A path, command or ref, or the expression that gives it.
    pub scope: String,
    /// The step, with the calls that lead to it: `prove/edit`.
    pub step: String,
    /// Where the step stands; for one in a called mission, where the call stands.
    pub at: Span,
    /// Whether it is granted.
    pub status: Status,
}

/// See [`Needed::status`].
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// By the grant at this place.
    Granted(Span),
    /// Its value is known only when it runs; it is checked then.
    Later,
    /// By nothing.
    Missing {
        /// Who limits it: `mission`, `caller`.
        limited_by: &'static str,
        /// Who takes it away, as a clause, if it is denied.
        denied_by: Option<String>,
        /// The line that would grant it; none for what is denied.
        grant: Option<String>,
        /// Where that line is missing, if not in the mission itself: the called mission or action,
        /// such as "action `note`".
        callee: Option<String>,
    },
}

impl Status {
    /// The line that would grant it, with a comment that says where, unless that is the mission.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        let Status::Missing { grant, callee, .. } = self else {
            return None;
        };
        let line = grant.clone()?;
        Some(match callee {
            Some(callee) => format!("{line}  # in the {callee}"),
            None => line,
        })
    }
}

/// The values that are known, and who asks.
struct Frame<'a> {
    plan: &'a Plan,
    known: Context,
    rules: Rules,
    /// Grants whose scope is not known, by their text, with their places.
    open: Vec<(Effect, Option<String>, Value, Span)>,
    /// In a called mission: the caller's values for its inputs.
    args: &'a [(String, Value, Type)],
}

/// Everything that the steps of a plan need, in the order of the text, judged with what is
/// `known`: nothing while linting, the inputs before a run.
#[must_use]
pub fn needed(plan: &Plan, engine: &Engine, known: &Context) -> Vec<Needed> {
    let mut walk = Walk {
        engine,
        found: Vec::new(),
        path: Vec::new(),
        called_at: None,
        expanded: 0,
        frames: vec![Frame::new(plan, engine, known.clone(), &[])],
    };
    plan.blocks().for_each(|block| walk.block(block));
    walk.found
}

/// The rules of a plan as far as its grants are known, with what its verifiers protect.
#[must_use]
pub fn rules(plan: &Plan, engine: &Engine, known: &Context) -> Rules {
    Frame::new(plan, engine, known.clone(), &[]).rules
}

impl<'a> Frame<'a> {
    fn new(
        plan: &'a Plan,
        engine: &Engine,
        mut known: Context,
        args: &'a [(String, Value, Type)],
    ) -> Self {
        let mut rules = Vec::new();
        let mut open = Vec::new();
        for grant in &plan.grants {
            for scope in &grant.scopes {
                match granted_texts(engine, grant.effect, scope, &known) {
                    Some(texts) => {
                        let patterns = texts.iter().map(|it| Pattern::new(grant.effect, it));
                        rules.extend(patterns.flatten().map(|pattern| Rule {
                            deny: grant.deny,
                            effect: grant.effect,
                            verb: grant.verb.clone(),
                            pattern,
                            says: "the mission denies".to_owned(),
                            at: grant.at,
                        }))
                    }
                    None if !grant.deny => {
                        open.push((grant.effect, grant.verb.clone(), scope.clone(), grant.at));
                    }
                    None => {}
                }
            }
        }
        for verifier in &plan.verifiers {
            for scope in &verifier.protect {
                let pattern = scope_text(engine, Effect::Write, scope, &known)
                    .and_then(|text| Pattern::new(Effect::Write, &text).ok());
                rules.extend(pattern.map(|pattern| Rule {
                    deny: true,
                    effect: Effect::Write,
                    verb: None,
                    pattern,
                    says: format!("verifier `{}` protects", verifier.name),
                    at: verifier.at,
                }));
            }
            if let Some(value) = verifier_value(verifier, engine, &known) {
                let own = value["own"].as_array().into_iter().flatten();
                let own = own.filter_map(|path| Pattern::new(Effect::Write, path.as_str()?).ok());
                rules.extend(own.map(|pattern| Rule {
                    deny: true,
                    effect: Effect::Write,
                    verb: None,
                    pattern,
                    says: format!("verifier `{}` starts", verifier.name),
                    at: verifier.at,
                }));
                known.insert(verifier.name.clone(), value);
            }
        }
        known
            .entry("branch")
            .or_insert_with(|| json!(format!("tau/{}-*", plan.mission)));
        Frame {
            plan,
            known,
            rules: Rules::new(rules),
            open,
            args,
        }
    }
}

/// A verifier as a value of expressions, if all of it is known. What it protects ends with its
/// `own` files: those that its command starts.
#[must_use]
pub fn verifier_value(
    verifier: &super::Verifier,
    engine: &Engine,
    known: &Context,
) -> Option<Json> {
    let value = |value: &Value, plain: Plain| engine.known(value, &Type::Plain(plain), known);
    let mut protect = Vec::new();
    for pattern in &verifier.protect {
        protect.push(value(pattern, Plain::Glob)?.as_str()?.to_owned());
    }
    let run = value(&verifier.run, Plain::Command)?;
    let own = own_files(run.as_str()?, &protect);
    protect.extend(own.iter().cloned());
    let mut env = serde_json::Map::new();
    for (name, text) in &verifier.env {
        env.insert(name.clone(), value(text, Plain::String)?);
    }
    let optional = |it: &Option<Value>, plain, default: u64| match it {
        Some(it) => value(it, plain),
        None => Some(json!(default)),
    };
    Some(json!({
        "name": verifier.name,
        "run": run,
        "protect": protect,
        "own": own,
        "env": env,
        "timeout": optional(&verifier.timeout, Plain::Duration, DEFAULT_TIMEOUT_MS)?,
        "runs": optional(&verifier.runs, Plain::Int, 1)?,
    }))
}

/// How long a verifier's command may take when its verifier does not say: ten minutes.
pub const DEFAULT_TIMEOUT_MS: u64 = 600_000;

/// The texts of a granted scope, if all that it names is known: one, or those of a list.
fn granted_texts(
    engine: &Engine,
    effect: Effect,
    scope: &Value,
    known: &Context,
) -> Option<Vec<String>> {
    match effect {
        Effect::Run => Some(vec![scope_text(engine, effect, scope, known)?]),
        _ => scope_texts(engine, scope, known),
    }
}

/// A scope as a text, if all that it names is known.
pub(super) fn scope_text(
    engine: &Engine,
    effect: Effect,
    scope: &Value,
    known: &Context,
) -> Option<String> {
    let plain = match effect {
        Effect::Run => Plain::Command,
        _ => Plain::String,
    };
    match engine.known(scope, &Type::Plain(plain), known)? {
        Json::String(text) => Some(text),
        _ => None,
    }
}

struct Walk<'a> {
    engine: &'a Engine,
    found: Vec<Needed>,
    /// The names of the calls that lead here.
    path: Vec<String>,
    /// Where the outermost of them stands.
    called_at: Option<Span>,
    /// How many rounds were looked at, each with its item.
    expanded: usize,
    /// The mission's own frame first, then those of the called ones.
    frames: Vec<Frame<'a>>,
}

impl<'a> Walk<'a> {
    fn block(&mut self, block: &'a Block) {
        for node in &block.nodes {
            match &node.kind {
                NodeKind::Let(value) => self.name(node, value, &Type::Any),
                NodeKind::Step(step) => self.step(node, step),
                NodeKind::Call(call) => self.call(node, call),
                NodeKind::If {
                    then, otherwise, ..
                } => {
                    self.block(then);
                    self.block(otherwise);
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
            let judged: Vec<(String, Status)> = match scope_texts(self.engine, &need.scope, &params)
            {
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
                    &need.scope,
                )],
            };
            for (scope, status) in judged {
                self.found.push(Needed {
                    effect: need.effect,
                    verb: verb.clone(),
                    scope,
                    step: path.join("/"),
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
        (field == Some("run")).then(|| verifier.run.clone())
    }

    /// Judges a scope that is known.
    fn judge(
        &self,
        effect: Effect,
        verb: Option<&str>,
        scope: &str,
        symbol: Option<&Value>,
    ) -> Status {
        let mut granted = Span::default();
        let mut symbol = symbol.cloned();
        for (depth, frame) in self.frames.iter().enumerate().rev() {
            let limited_by = self.limited_by(depth);
            match frame.rules.decide(effect, verb, scope) {
                Decision::Granted(rule) => granted = rule.at,
                Decision::Denied(rule) => {
                    return Status::Missing {
                        limited_by,
                        denied_by: Some(rule.says.clone()),
                        grant: None,
                        callee: None,
                    };
                }
                Decision::Missing => {
                    match symbol
                        .as_ref()
                        .and_then(|value| frame.names(effect, verb, value))
                    {
                        Some(at) => granted = at,
                        None if frame.may_grant(effect, verb) => return Status::Later,
                        None if partly(frame, effect, scope) => return Status::Later,
                        None => {
                            return Status::Missing {
                                limited_by,
                                denied_by: None,
                                grant: Some(frame.line(effect, verb, symbol.as_ref(), scope)),
                                callee: frame.callee(depth),
                            };
                        }
                    }
                }
            }
            symbol = symbol.and_then(|value| frame.outward(&value));
        }
        Status::Granted(granted)
    }

    /// Judges a scope whose value is not known.
    fn judge_unknown(
        &self,
        effect: Effect,
        verb: Option<&str>,
        symbol: Option<&Value>,
        scope: &Value,
    ) -> (String, Status) {
        let shown = symbol.map_or_else(|| shown(scope), shown);
        let mut symbol = symbol.cloned();
        let mut all = Vec::new();
        for (depth, frame) in self.frames.iter().enumerate().rev() {
            let universal = frame.rules.all().iter().find(|rule| {
                !rule.deny
                    && rule.effect == effect
                    && rule.verb.as_deref() == verb
                    && rule.pattern.is_universal()
            });
            let denied = frame
                .rules
                .all()
                .iter()
                .any(|rule| rule.deny && rule.effect == effect);
            let named = symbol
                .as_ref()
                .and_then(|value| frame.names(effect, verb, value));
            match (universal, named) {
                (Some(rule), _) if !denied => all.push(Some(rule.at)),
                (_, Some(at)) if !denied => all.push(Some(at)),
                _ if frame.may_grant(effect, verb) || frame.grants_some(effect, verb) => {
                    all.push(None)
                }
                _ => {
                    let line = frame.line(effect, verb, symbol.as_ref(), "**");
                    let missing = Status::Missing {
                        limited_by: self.limited_by(depth),
                        denied_by: None,
                        grant: Some(line),
                        callee: frame.callee(depth),
                    };
                    return (shown, missing);
                }
            }
            symbol = symbol.and_then(|value| frame.outward(&value));
        }
        match all.into_iter().collect::<Option<Vec<Span>>>() {
            Some(places) => (
                shown,
                Status::Granted(places.last().copied().unwrap_or_default()),
            ),
            None => (shown, Status::Later),
        }
    }

    fn limited_by(&self, depth: usize) -> &'static str {
        if depth + 1 == self.frames.len() {
            "mission"
        } else {
            "caller"
        }
    }
}

impl Frame<'_> {
    /// The grant that names `value` by the same expression, such as `run check`.
    fn names(&self, effect: Effect, verb: Option<&str>, value: &Value) -> Option<Span> {
        let ValueKind::Expr(asked) = &value.kind else {
            return None;
        };
        self.plan
            .grants
            .iter()
            .filter(|grant| !grant.deny && grant.effect == effect && grant.verb.as_deref() == verb)
            .find(|grant| {
                grant.scopes.iter().any(|scope| match &scope.kind {
                    ValueKind::Expr(granted) => granted.source.value == asked.source.value,
                    _ => false,
                })
            })
            .map(|grant| grant.at)
    }

    /// The line that would grant it here. An input is named as such.
    fn line(
        &self,
        effect: Effect,
        verb: Option<&str>,
        symbol: Option<&Value>,
        scope: &str,
    ) -> String {
        let of = match self.plan.form {
            Form::Mission => "",
            Form::Action => "needs ",
        };
        match symbol.map(|value| &value.kind) {
            Some(ValueKind::Expr(expr)) if self.is_of_input(expr) => {
                let verb = verb.map(|verb| format!(" {verb} on")).unwrap_or_default();
                format!("{of}{effect}{verb} {}", expr.source.value)
            }
            _ => format!("{of}{}", grant_line(effect, verb, scope)),
        }
    }

    fn is_of_input(&self, expr: &Expr) -> bool {
        let names = expr::names_in(expr);
        let is_input = |name: &String| self.plan.inputs.iter().any(|input| input.name == *name);
        names.iter().all(is_input)
    }

    /// What is called here, at this depth of calls.
    fn callee(&self, depth: usize) -> Option<String> {
        let Plan { form, mission, .. } = self.plan;
        (depth > 0).then(|| format!("{} `{mission}`", form.word()))
    }

    /// Whether a grant of this effect has a scope that is not known yet.
    fn may_grant(&self, effect: Effect, verb: Option<&str>) -> bool {
        self.open
            .iter()
            .any(|(it, of, _, _)| *it == effect && of.as_deref() == verb)
    }

    fn grants_some(&self, effect: Effect, verb: Option<&str>) -> bool {
        self.rules
            .all()
            .iter()
            .any(|rule| !rule.deny && rule.effect == effect && rule.verb.as_deref() == verb)
    }

    /// What a called mission's input stands for at its caller.
    fn outward(&self, value: &Value) -> Option<Value> {
        let ValueKind::Expr(expr) = &value.kind else {
            return Some(value.clone());
        };
        let (_, value, _) = self
            .args
            .iter()
            .find(|(name, _, _)| *name == expr.source.value)?;
        Some(value.clone())
    }
}

/// Whether a pattern is covered in part, so that the rest shows when it runs.
fn partly(frame: &Frame<'_>, effect: Effect, scope: &str) -> bool {
    effect == Effect::Read
        && scope.contains(['*', '?', '{'])
        && frame
            .rules
            .all()
            .iter()
            .any(|rule| !rule.deny && rule.effect == effect && rule.pattern.meets(scope))
}

/// A written value for a message.
fn shown(value: &Value) -> String {
    match &value.kind {
        ValueKind::Expr(expr) => expr.source.value.clone(),
        ValueKind::Literal(literal) => literal.raw.clone(),
        ValueKind::Text(template) => template
            .pieces
            .iter()
            .map(|piece| match piece {
                crate::syntax::tree::Piece::Literal(text) => text.clone(),
                crate::syntax::tree::Piece::Expr(expr) => {
                    format!("{{{{ {} }}}}", expr.source.value)
                }
            })
            .collect(),
        ValueKind::List(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        ValueKind::Map(_) => "a map".to_owned(),
    }
}

/// The words of a written command, for finding its program.
#[must_use]
pub fn program(command_text: &str) -> Option<String> {
    command::words(command_text).ok()?.into_iter().next()
}

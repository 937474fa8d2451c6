//! Statements: what each defines, uses and touches, and the order that follows.

use std::collections::HashSet;

use super::Checker;
use super::mission::names_of;
use super::rounds::Written;
use super::scope::{Name, Scope, What};
use crate::diagnostic::{Diagnostic, Kind};
use crate::expr;
use crate::expr::signatures::{FUNCTIONS, find};
use crate::plan::{Block, Modifiers, Node, NodeKind, Thing, Touch};
use crate::source::Span;
use crate::syntax::tree::{
    self, Body, Expr, Ident, LiteralValue, Statement, StatementKind, Value, ValueKind,
};
use crate::types::{INT, Plain, Type};

/// The most rounds a loop may have.
pub const MAX_ROUNDS: i64 = 1000;
/// The most retries a step may have.
pub const MAX_RETRIES: i64 = 100;
/// How many results a loop may have for the fields of `previous` to be known.
const MAX_RESULTS: usize = 1000;

/// What expressions read as words of their own, or the language keeps for itself.
const RESERVED: [&str; 16] = [
    "False", "None", "True", "and", "branch", "else", "false", "if", "in", "is", "none", "not",
    "or", "previous", "self", "true",
];

impl<'a> Checker<'a> {
    pub(super) fn body(&mut self, body: &'a Body, scope: &mut Scope) -> Block {
        let mut nodes = Vec::new();
        for statement in &body.statements {
            nodes.extend(self.statement(statement, body, scope));
        }
        let graph = crate::plan::order(&nodes);
        Block { nodes, graph }
    }

    fn statement(
        &mut self,
        statement: &'a Statement,
        body: &'a Body,
        scope: &mut Scope,
    ) -> Option<Node> {
        let at = statement.at.0;
        match &statement.kind {
            StatementKind::Let { name, value } => {
                scope.begin(Some(name.text.clone()));
                let ty = self.value(value, &Type::Any, &format!("`{name}`"), scope);
                scope.begin(None);
                self.define(name, ty, What::Let, scope);
                if let ValueKind::List(items) = &value.kind {
                    scope.set_items(&name.text, items.len());
                }
                Some(Node {
                    name: name.text.clone(),
                    defines: vec![name.text.clone()],
                    uses: names_of([value]),
                    kind: NodeKind::Let(value.clone()),
                    after: Vec::new(),
                    touches: Vec::new(),
                    gate: false,
                    at,
                })
            }
            StatementKind::Step(step) => self.step(step, at, body, scope),
            StatementKind::If {
                condition,
                then,
                otherwise,
            } => {
                let known = self.condition(condition, scope);
                let before = scope.assume(&known.holds);
                let then = self.body(then, scope);
                scope.forget(before);
                let before = scope.assume(&known.fails);
                let otherwise = self.body(otherwise, scope);
                scope.forget(before);
                let mut node = compound("if", at, &[&then, &otherwise], &[condition], &[]);
                scope.make_optional(&node.defines);
                node.kind = NodeKind::If {
                    condition: condition.clone(),
                    then,
                    otherwise,
                };
                Some(node)
            }
            StatementKind::For {
                name,
                items,
                most,
                at_once,
                body,
            } => {
                let written = Written {
                    name,
                    items,
                    most: most.as_ref(),
                    at_once: at_once.as_ref(),
                    body,
                };
                Some(self.rounds(&written, at, scope))
            }
            StatementKind::Repeat { times, body, until } => {
                self.number_of_rounds_up_to(times, scope);
                let previous = self.previous(body, at);
                let outer = scope.swap("previous", Some(previous));
                let block = self.body(body, scope);
                let known = until.as_ref().map(|until| self.condition(until, scope));
                scope.swap("previous", outer);
                // A loop that does not reach its `until` fails, so behind it the condition holds.
                scope.learn(&known.unwrap_or_default().holds);
                let mut node = compound("repeat", at, &[&block], until.as_slice(), &[times]);
                node.uses.retain(|name| name != "previous");
                node.kind = NodeKind::Repeat {
                    times: times.clone(),
                    body: block,
                    until: until.clone(),
                };
                Some(node)
            }
            StatementKind::Broken { name } => {
                self.broken = true;
                if let Some(name) = name {
                    scope.add(&name.text, Type::Any, What::Step, name.at.0);
                }
                None
            }
        }
    }

    pub(super) fn define(&mut self, name: &Ident, ty: Type, what: What, scope: &mut Scope) {
        if self.reserved(name) {
            return;
        }
        if let Some(first) = scope.add(&name.text, ty, what, name.at.0) {
            self.duplicate(first.what.words(), name, first.at);
        }
    }

    /// Reports a name that expressions read as something else, or that hides a function; whether
    /// nothing can be called so.
    pub(super) fn reserved(&mut self, name: &Ident) -> bool {
        let text = name.text.clone();
        let reserved = RESERVED.contains(&text.as_str());
        if reserved {
            self.report(Kind::NameReserved { name: text }, name.at.0);
        } else if find(FUNCTIONS, &text).is_some() {
            self.report(Kind::NameShadowing { name: text }, name.at.0);
        }
        reserved
    }

    /// The results of the round before: everything the body defines, each perhaps absent.
    fn previous(&mut self, body: &'a Body, at: Span) -> Name {
        let mut fields = Vec::new();
        self.results_of(body, &mut fields);
        // Loops in loops hold the results of all that are in them: without a bound there is no end.
        let ty = match fields.len() <= MAX_RESULTS {
            true => Type::Record(fields).optional(),
            false => Type::Any,
        };
        Name {
            ty,
            at,
            what: What::Previous,
            used: false,
            items: None,
        }
    }

    fn results_of(&mut self, body: &'a Body, fields: &mut Vec<(String, Type)>) {
        for statement in &body.statements {
            match &statement.kind {
                StatementKind::Let { name, .. } => fields.push((name.text.clone(), Type::Any)),
                StatementKind::Step(step) => {
                    let ty = match self.library.actions.get(&step.action.text) {
                        Some(signature) => {
                            let result = super::named::result(step, signature, &self.types);
                            result.unwrap_or(Type::Any)
                        }
                        None => Type::Any,
                    };
                    fields.push((step.name.text.clone(), ty));
                }
                StatementKind::If {
                    then, otherwise, ..
                } => {
                    self.results_of(then, fields);
                    self.results_of(otherwise, fields);
                }
                StatementKind::For { body, .. } => {
                    let from = fields.len();
                    self.results_of(body, fields);
                    for (_, ty) in &mut fields[from..] {
                        *ty = Type::List(Box::new(ty.clone()));
                    }
                }
                StatementKind::Repeat { body, .. } => self.results_of(body, fields),
                StatementKind::Broken { name } => {
                    fields.extend(name.iter().map(|name| (name.text.clone(), Type::Any)));
                }
            }
        }
    }

    pub(super) fn modifiers(
        &mut self,
        step: &'a tree::Step,
        body: &'a Body,
        scope: &mut Scope,
    ) -> Modifiers {
        let duration = Type::Plain(Plain::Duration);
        if let Some(timeout) = &step.timeout {
            self.value(timeout, &duration, "`timeout`", scope);
        }
        if let Some(retry) = &step.retry {
            self.value(&retry.times, &INT, "`retry`", scope);
            if let ValueKind::Literal(literal) = &retry.times.kind
                && !matches!(literal.value, LiteralValue::Int(1..=MAX_RETRIES))
            {
                let found = literal.raw.clone();
                self.report(
                    Kind::LoopTooLong {
                        found,
                        most: MAX_RETRIES,
                    },
                    retry.times.at.0,
                );
            }
            if let Some(every) = &retry.every {
                self.value(every, &duration, "`every`", scope);
            }
            if let Some(up_to) = &retry.up_to {
                self.value(up_to, &duration, "`up to`", scope);
            }
        }
        for name in &step.after {
            self.after(name, body, scope);
        }
        Modifiers {
            when: step.when.clone(),
            retry: step.retry.clone(),
            timeout: step.timeout.clone(),
            least_box: step.least_box,
            may_fail: step.may_fail,
        }
    }

    fn after(&mut self, name: &Ident, body: &'a Body, scope: &mut Scope) {
        if scope.look_up(&name.text).is_some() {
            return;
        }
        let below = body
            .statements
            .iter()
            .any(|statement| match &statement.kind {
                StatementKind::Step(step) => step.name.text == name.text,
                StatementKind::Let { name: it, .. } => it.text == name.text,
                _ => false,
            });
        let kind = if below {
            Kind::AfterLater {
                name: name.text.clone(),
            }
        } else {
            let known = scope.all().map(|(name, _)| name);
            Kind::NameUnknown {
                name: name.text.clone(),
                near: self
                    .diagnostics
                    .nearest(&name.text, known)
                    .map(str::to_owned),
            }
        };
        self.diagnostics.push(Diagnostic::new(kind, name.at.0));
    }
}

/// A node for blocks: what they define, use and touch together.
pub(super) fn compound(
    word: &str,
    at: Span,
    blocks: &[&Block],
    conditions: &[impl std::borrow::Borrow<Expr>],
    values: &[&Value],
) -> Node {
    let mut defines = Vec::new();
    let mut uses: Vec<String> = names_of(values.iter().copied());
    let mut after = Vec::new();
    let mut touches: Vec<Touch> = Vec::new();
    let mut touched: HashSet<(bool, &str, Option<&str>)> = HashSet::new();
    let mut gate = false;
    for node in blocks.iter().flat_map(|block| &block.nodes) {
        defines.extend(node.defines.iter().cloned());
        uses.extend(node.uses.iter().cloned());
        after.extend(node.after.iter().cloned());
        gate |= node.gate;
        for touch in &node.touches {
            let (kind, name) = match &touch.thing {
                Thing::Files(glob) => ("files", Some(glob.as_str())),
                Thing::Branch => ("branch", None),
                Thing::Host(name) => ("host", name.as_deref()),
            };
            if touched.insert((touch.write, kind, name)) {
                touches.push(touch.clone());
            }
        }
    }
    for condition in conditions {
        uses.extend(expr::names_in(condition.borrow()));
    }
    uses.sort();
    uses.dedup();
    let own: HashSet<&String> = defines.iter().collect();
    uses.retain(|name| !own.contains(name));
    after.retain(|name| !own.contains(name));
    Node {
        kind: NodeKind::If {
            condition: Expr::new(crate::syntax::text::Text::default()),
            then: Block::default(),
            otherwise: Block::default(),
        },
        name: word.to_owned(),
        defines,
        uses,
        after,
        touches,
        gate,
        at,
    }
}

//! Ways through a tree and a plan that several rules go.

use crate::plan::{Block, For, Node, NodeKind, Plan};
use crate::source::Span;
use crate::syntax::tree::{
    ActionBody, Arg, Body, Expr, File, Item, Retry, Statement, StatementKind, Template, Value,
    ValueKind,
};

/// Every list of statements of a file, those in blocks too.
pub(crate) fn bodies(file: &File) -> Vec<&Body> {
    let mut bodies = Vec::new();
    for item in &file.items {
        match item {
            Item::Mission(mission) => {
                let handlers = mission.on_failure.iter().chain(&mission.finally);
                let own = std::iter::once(&mission.body);
                for body in own.chain(handlers.map(|handler| &handler.body)) {
                    bodies.push(body);
                    inner(body, &mut bodies);
                }
            }
            Item::Action(face) => {
                if let Some(ActionBody::Steps { body, .. }) = &face.body {
                    bodies.push(body);
                    inner(body, &mut bodies);
                }
            }
            Item::Use(_) | Item::Type(_) | Item::Test(_) | Item::On(_) | Item::Policy(_) => {}
        }
    }
    bodies
}

/// Every statement of a file, those in blocks too.
pub(crate) fn statements(file: &File) -> impl Iterator<Item = &Statement> {
    bodies(file).into_iter().flat_map(|body| &body.statements)
}

/// The lists of statements in the blocks of a list.
pub(crate) fn inner<'a>(body: &'a Body, bodies: &mut Vec<&'a Body>) {
    for statement in &body.statements {
        match &statement.kind {
            StatementKind::If {
                then, otherwise, ..
            } => {
                for body in [then, otherwise] {
                    bodies.push(body);
                    inner(body, bodies);
                }
            }
            StatementKind::For { body, .. } | StatementKind::Repeat { body, .. } => {
                bodies.push(body);
                inner(body, bodies);
            }
            StatementKind::Let { .. } | StatementKind::Step(_) | StatementKind::Broken { .. } => {}
        }
    }
}

/// The values and conditions of a statement itself, without those of its blocks.
pub(crate) fn parts(statement: &Statement) -> (Vec<&Value>, Vec<&Expr>) {
    let mut values: Vec<&Value> = Vec::new();
    let mut conditions: Vec<&Expr> = Vec::new();
    match &statement.kind {
        StatementKind::Let { value, .. } => values.push(value),
        StatementKind::Step(step) => {
            values.extend(step.args.iter().map(|arg: &Arg| &arg.value));
            values.extend(&step.timeout);
            values.extend(step.retry.iter().flat_map(Retry::values));
            conditions.extend(&step.when);
        }
        StatementKind::If { condition, .. } => conditions.push(condition),
        StatementKind::For {
            items,
            most,
            at_once,
            ..
        } => {
            values.push(items);
            values.extend(most);
            values.extend(at_once);
        }
        StatementKind::Repeat { times, until, .. } => {
            values.push(times);
            conditions.extend(until);
        }
        StatementKind::Broken { .. } => {}
    }
    (values, conditions)
}

/// Every value that is written in a file's missions and actions.
pub(crate) fn values(file: &File) -> Vec<&Value> {
    let mut values: Vec<&Value> = Vec::new();
    for item in &file.items {
        match item {
            Item::Mission(mission) => {
                values.extend(mission.inputs.iter().filter_map(|it| it.default.as_ref()));
                let grants = mission.authority.iter().flat_map(|it| &it.grants);
                values.extend(grants.flat_map(|grant| &grant.scopes));
                for verifier in &mission.verifiers {
                    values.extend(&verifier.run);
                    values.extend(&verifier.also);
                    values.extend(&verifier.protect);
                    values.extend(verifier.env.iter().map(|(_, value)| value));
                }
                values.extend(mission.outputs.iter().map(|output| &output.value));
            }
            Item::Action(face) => {
                values.extend(face.params.iter().filter_map(|it| it.default.as_ref()));
                match &face.body {
                    Some(ActionBody::Command(value)) => values.push(value),
                    Some(ActionBody::Steps { outputs, .. }) => {
                        values.extend(outputs.iter().map(|output| &output.value));
                    }
                    None => {}
                }
            }
            Item::Policy(policy) => {
                values.extend(policy.grants.iter().flat_map(|grant| &grant.scopes));
            }
            Item::Use(_) | Item::Type(_) | Item::Test(_) | Item::On(_) => {}
        }
    }
    values.extend(statements(file).flat_map(|statement| parts(statement).0));
    values
}

/// Every text in a value, with its place.
pub(crate) fn texts<'a>(value: &'a Value, visit: &mut impl FnMut(&'a Template, Span)) {
    match &value.kind {
        ValueKind::Text(template) => visit(template, value.at.0),
        ValueKind::List(items) => items.iter().for_each(|item| texts(item, visit)),
        ValueKind::Map(entries) => entries.iter().for_each(|(_, value)| texts(value, visit)),
        ValueKind::Literal(_) | ValueKind::Expr(_) => {}
    }
}

/// The text of a value that has no expression in it.
pub(crate) fn literal(value: &Value) -> Option<&str> {
    match &value.kind {
        ValueKind::Text(template) => template.as_literal(),
        _ => None,
    }
}

/// Every node of a plan, those in blocks too, in the order of the text.
pub(crate) fn nodes(plan: &Plan) -> Vec<&Node> {
    let mut nodes = Vec::new();
    plan.blocks().for_each(|block| collect(block, &mut nodes));
    nodes
}

fn collect<'a>(block: &'a Block, nodes: &mut Vec<&'a Node>) {
    for node in &block.nodes {
        nodes.push(node);
        match &node.kind {
            NodeKind::Let(_) | NodeKind::Step(_) | NodeKind::Call(_) => {}
            NodeKind::If {
                then, otherwise, ..
            } => {
                collect(then, nodes);
                collect(otherwise, nodes);
            }
            NodeKind::For(For { body, .. }) | NodeKind::Repeat { body, .. } => {
                collect(body, nodes);
            }
        }
    }
}

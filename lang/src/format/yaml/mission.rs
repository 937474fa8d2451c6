//! A mission, and what it has in common with an action.

use super::super::page::{Page, padded, runs, width};
use super::super::types;
use super::node::{Node, entry};
use super::{authority, statement};
use crate::syntax::tree::{
    Doc, Handler, Ident, Input, Mission, Output, TypeExpr, TypeExprKind, Verifier,
};

/// What of a mission stands behind its last key.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// Its keys are the file's, so a comment that is the mission's is indented.
    File,
    /// Its keys stand under its name.
    Name,
}

/// The keys of a mission behind its name.
pub(super) fn members(page: &mut Page, mission: &Mission, place: Place) {
    if let Some(doc) = &mission.doc {
        entry(page, "about", &about(doc), None);
    }
    inputs(page, "inputs", &mission.inputs);
    if let Some(authority) = &mission.authority {
        page.leads(&authority.trivia.before);
        authority::authority(page, "authority", authority);
    }
    if !mission.verifiers.is_empty() {
        page.line("verifiers:");
        page.indented(|page| {
            for node in &mission.verifiers {
                page.leads(&node.trivia.before);
                entry(
                    page,
                    &node.name.text,
                    &verifier(node),
                    node.trivia.after.as_deref(),
                );
            }
        });
    }
    let body = &mission.body;
    if !body.statements.is_empty() {
        page.line("steps:");
        page.indented(|page| statement::statements(page, &body.statements));
    }
    let handlers = [
        ("on_failure", &mission.on_failure),
        ("finally", &mission.finally),
    ];
    for (key, handler) in handlers {
        if let Some(handler) = handler {
            print_handler(page, key, handler);
        }
    }
    if mission.outputs.is_empty() && !body.tail.is_empty() && place == Place::File {
        // Without it the comments below would belong to what stands above.
        if mission.on_failure.is_some() || mission.finally.is_some() {
            page.line("outputs: {}");
        } else if body.statements.is_empty() {
            page.line("steps: []");
        }
    }
    outputs(page, &mission.outputs);
    match place {
        Place::File => page.indented(|page| page.leads(&body.tail)),
        Place::Name => page.leads(&body.tail),
    }
}

/// The steps alone or, where there is documentation, beside it.
fn print_handler(page: &mut Page, key: &str, handler: &Handler) {
    page.leads(&handler.trivia.before);
    let after = handler.trivia.after.as_deref();
    match &handler.doc {
        None => statement::body(page, key, &handler.body, after),
        Some(doc) => {
            page.line_with(&format!("{key}:"), after);
            page.indented(|page| {
                entry(page, "about", &about(doc), None);
                statement::body(page, "steps", &handler.body, None);
            });
        }
    }
}

/// A key with inputs, whose values stand below each other where they fit in a line.
pub(super) fn inputs(page: &mut Page, key: &str, inputs: &[Input]) {
    if inputs.is_empty() {
        return;
    }
    page.line(&format!("{key}:"));
    page.indented(|page| declared(page, inputs));
}

fn declared(page: &mut Page, inputs: &[Input]) {
    for run in runs(inputs, |input| !input.trivia.before.is_empty()) {
        let names = run
            .iter()
            .map(|input| width(&input.name.text))
            .max()
            .unwrap_or(0);
        for node in run {
            page.leads(&node.trivia.before);
            let (name, after) = (&node.name.text, node.trivia.after.as_deref());
            let value = input(node);
            let key = padded(&format!("{name}:"), names + 1);
            match value.flow().map(|flow| format!("{key} {flow}")) {
                Some(line) if page.indent + width(&line) <= super::super::WIDTH => {
                    page.line_with(&line, after);
                }
                _ => entry(page, name, &value, after),
            }
        }
    }
}

fn input(node: &Input) -> Node {
    let ty = self::ty(&node.ty);
    if node.default.is_none() && node.doc.is_none() && !matches!(ty, Node::Map(_)) {
        return ty;
    }
    let mut fields = vec![("type".to_owned(), ty)];
    if let Some(default) = &node.default {
        fields.push(("default".to_owned(), Node::value(default)));
    }
    documented(&mut fields, node.doc.as_ref());
    Node::Map(fields)
}

/// A type: lists and records as YAML has them, all else as tau writes it.
pub(super) fn ty(node: &TypeExpr) -> Node {
    match &node.kind {
        TypeExprKind::List(inner) => Node::List(vec![ty(inner)]),
        TypeExprKind::Record(fields) => {
            let field = |(name, inner): &(Ident, TypeExpr)| (name.text.clone(), ty(inner));
            Node::Map(fields.iter().map(field).collect())
        }
        _ => Node::text(&types::ty(node)),
    }
}

fn verifier(node: &Verifier) -> Node {
    let mut fields = Vec::new();
    let mut field = |key: &str, value: Option<Node>| {
        fields.extend(value.map(|value| (key.to_owned(), value)));
    };
    let several = |values: &[_]| (!values.is_empty()).then(|| Node::values(values));
    let commands: Vec<_> = node.run.iter().chain(&node.also).cloned().collect();
    match node.also.is_empty() {
        true => field("run", node.run.as_ref().map(Node::value)),
        false => field("run", several(&commands)),
    }
    field("report", node.report.as_ref().map(Node::value));
    field("red", node.red.as_ref().map(Node::value));
    field("protect", several(&node.protect));
    field("loses", several(&node.loses));
    field("heldout", node.heldout.as_ref().map(Node::value));
    field("hides", several(&node.hides));
    field("needs", several(&node.needs));
    field("installed", several(&node.installed));
    let env = Node::entries(&node.env);
    field("env", (!node.env.is_empty()).then_some(env));
    field("timeout", node.timeout.as_ref().map(Node::value));
    field("runs", node.runs.as_ref().map(Node::value));
    documented(&mut fields, node.doc.as_ref());
    Node::Map(fields)
}

/// A key with outputs.
pub(super) fn outputs(page: &mut Page, outputs: &[Output]) {
    if outputs.is_empty() {
        return;
    }
    page.line("outputs:");
    page.indented(|page| {
        for node in outputs {
            page.leads(&node.trivia.before);
            let after = node.trivia.after.as_deref();
            entry(page, &node.name.text, &output(node), after);
        }
    });
}

fn output(node: &Output) -> Node {
    let value = Node::value(&node.value);
    // A map would be read as the output's own keys.
    if node.doc.is_none() && !matches!(value, Node::Map(_)) {
        return value;
    }
    let mut fields = vec![("value".to_owned(), value)];
    documented(&mut fields, node.doc.as_ref());
    Node::Map(fields)
}

pub(super) fn documented(fields: &mut Vec<(String, Node)>, doc: Option<&Doc>) {
    fields.extend(doc.map(|doc| ("about".to_owned(), about(doc))));
}

pub(super) fn about(doc: &Doc) -> Node {
    match doc.text.contains('\n') {
        true => Node::text(&format!("{}\n", doc.text)),
        false => Node::text(&doc.text),
    }
}

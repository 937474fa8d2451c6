//! The YAML spelling: a file and its mission.

mod authority;
mod node;
mod scalar;
mod statement;

use self::node::{Node, entry};
use super::page::{Page, padded, runs, width};
use crate::syntax::text::Text;
use crate::syntax::tree::{
    Doc, File, Handler, Ident, Input, Item, Mission, Output, Trivia, TypeExpr, TypeExprKind, Use,
    UseFrom, Verifier,
};

/// The whole file.
pub(super) fn print(file: &File) -> String {
    let mut page = Page::default();
    let uses: Vec<&Use> = file
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Use(node) => Some(node),
            _ => None,
        })
        .collect();
    let mission = file.items.iter().find_map(|item| match item {
        Item::Mission(mission) => Some(mission),
        _ => None,
    });
    if uses.is_empty() && mission.is_none() {
        page.leads(&file.tail);
        return page.text;
    }
    // The file begins with its first item, so that item's comments stand above all.
    match (uses.first(), mission) {
        (Some(first), _) => page.leads(&first.trivia.before),
        (None, Some(mission)) => page.leads(&mission.trivia.before),
        (None, None) => {}
    }
    page.line("tau: 1");
    print_uses(&mut page, &uses);
    if let Some(mission) = mission {
        if !uses.is_empty() {
            page.leads(&mission.trivia.before);
        }
        print_mission(&mut page, mission);
    }
    if !file.tail.is_empty() {
        page.blank();
        page.leads(&file.tail);
    }
    page.text
}

/// One line of uses as `use: [std.a, std.b]`, several as a list of such lines.
fn print_uses(page: &mut Page, uses: &[&Use]) {
    let names = |node: &Use| -> Vec<Node> {
        match &node.from {
            UseFrom::Std { root, names } if names.is_empty() => vec![Node::text(&root.text)],
            UseFrom::Std { root, names } => names
                .iter()
                .map(|name| Node::text(&format!("{root}.{name}")))
                .collect(),
            UseFrom::Source(source) => vec![self::source(source, node.alias.as_ref())],
        }
    };
    match uses {
        [] => {}
        [node] => {
            let after = node.trivia.after.as_deref();
            entry(page, "use", &Node::List(names(node)), after);
        }
        uses => {
            page.line("use:");
            page.indented(|page| {
                for (index, node) in uses.iter().enumerate() {
                    if index > 0 {
                        page.leads(&node.trivia.before);
                    }
                    let mut names = names(node);
                    let line = match names.len() {
                        1 => names.remove(0),
                        _ => Node::List(names),
                    };
                    node::item(page, &line, node.trivia.after.as_deref());
                }
            });
        }
    }
}

/// A file or repository: its place alone, or with the name that it has here.
fn source(source: &Text, alias: Option<&Ident>) -> Node {
    let from = Node::text(&source.value);
    match alias {
        None => from,
        Some(alias) => Node::Map(vec![
            ("from".to_owned(), from),
            ("as".to_owned(), Node::text(&alias.text)),
        ]),
    }
}

fn print_mission(page: &mut Page, mission: &Mission) {
    let name = Node::text(&mission.name.text);
    entry(page, "mission", &name, mission.trivia.after.as_deref());
    if let Some(doc) = &mission.doc {
        entry(page, "about", &about(doc), None);
    }
    if !mission.inputs.is_empty() {
        page.line("inputs:");
        page.indented(|page| inputs(page, &mission.inputs));
    }
    if let Some(authority) = &mission.authority {
        authority::authority(page, authority);
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
    if mission.outputs.is_empty() && !body.tail.is_empty() {
        // Without it the comments below would belong to what stands above.
        if mission.on_failure.is_some() || mission.finally.is_some() {
            page.line("outputs: {}");
        } else if body.statements.is_empty() {
            page.line("steps: []");
        }
    } else if !mission.outputs.is_empty() {
        page.line("outputs:");
        page.indented(|page| {
            for node in &mission.outputs {
                page.leads(&node.trivia.before);
                entry(
                    page,
                    &node.name.text,
                    &output(node),
                    node.trivia.after.as_deref(),
                );
            }
        });
    }
    page.indented(|page| page.leads(&body.tail));
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

/// Inputs with their values below each other, where they fit in a line.
fn inputs(page: &mut Page, inputs: &[Input]) {
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
                Some(line) if page.indent + width(&line) <= super::WIDTH => {
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
fn ty(node: &TypeExpr) -> Node {
    match &node.kind {
        TypeExprKind::List(inner) => Node::List(vec![ty(inner)]),
        TypeExprKind::Record(fields) => {
            let field = |(name, inner): &(Ident, TypeExpr)| (name.text.clone(), ty(inner));
            Node::Map(fields.iter().map(field).collect())
        }
        _ => Node::text(&super::types::ty(node)),
    }
}

fn verifier(node: &Verifier) -> Node {
    let mut fields = Vec::new();
    let mut field = |key: &str, value: Option<Node>| {
        fields.extend(value.map(|value| (key.to_owned(), value)));
    };
    field("run", node.run.as_ref().map(Node::value));
    let protect = Node::values(&node.protect);
    field("protect", (!node.protect.is_empty()).then_some(protect));
    let env = Node::entries(&node.env);
    field("env", (!node.env.is_empty()).then_some(env));
    field("timeout", node.timeout.as_ref().map(Node::value));
    field("runs", node.runs.as_ref().map(Node::value));
    documented(&mut fields, node.doc.as_ref());
    Node::Map(fields)
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

fn documented(fields: &mut Vec<(String, Node)>, doc: Option<&Doc>) {
    fields.extend(doc.map(|doc| ("about".to_owned(), about(doc))));
}

fn about(doc: &Doc) -> Node {
    match doc.text.contains('\n') {
        true => Node::text(&format!("{}\n", doc.text)),
        false => Node::text(&doc.text),
    }
}

/// Whether a node has neither comments nor blank lines about it.
fn is_plain(trivia: &Trivia) -> bool {
    trivia.after.is_none() && trivia.before.is_empty()
}

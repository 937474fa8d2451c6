//! Actions.

use super::super::page::Page;
use super::mission::{about, inputs, outputs, ty};
use super::node::{Node, entry};
use super::statement::statements;
use crate::syntax::tree::{ActionBody, Bound, Effect, Face, LimitKind, Need};

pub(super) fn action(page: &mut Page, node: &Face) {
    page.line_with(&format!("{}:", node.name), node.trivia.after.as_deref());
    page.indented(|page| {
        if let Some(doc) = &node.doc {
            entry(page, "about", &about(doc), None);
        }
        inputs(page, "params", &node.params);
        entry(page, "result", &ty(&node.result), None);
        if !node.needs.is_empty() {
            entry(page, "needs", &needs(&node.needs), None);
        }
        bounds(page, &node.bounds);
        if let Some(kind) = &node.kind {
            entry(page, "kind", &Node::text(&kind.text), None);
        }
        if node.gate {
            entry(page, "gate", &Node::Raw("true".to_owned()), None);
        }
        match &node.body {
            None => {}
            Some(ActionBody::Command(command)) => entry(page, "run", &Node::value(command), None),
            Some(ActionBody::Steps {
                body,
                outputs: given,
            }) => {
                if !body.statements.is_empty() {
                    page.line("steps:");
                    page.indented(|page| statements(page, &body.statements));
                }
                outputs(page, given);
                page.leads(&body.tail);
            }
        }
    });
}

/// By effect or, where one stands twice, a list of them.
fn needs(needs: &[Need]) -> Node {
    let entries: Vec<(String, Node)> = needs.iter().map(need).collect();
    let twice = entries
        .iter()
        .enumerate()
        .any(|(index, (key, _))| entries[..index].iter().any(|(earlier, _)| earlier == key));
    match twice {
        false => Node::Map(entries),
        true => Node::List(entries.into_iter().map(|it| Node::Map(vec![it])).collect()),
    }
}

fn need(need: &Need) -> (String, Node) {
    let scope = Node::value(&need.scope);
    let key = match (need.asks, need.effect) {
        (true, effect) => effect.word(),
        (false, Effect::Read) => "reads",
        (false, _) => "writes",
    };
    let node = match &need.verb {
        Some(verb) => Node::Map(vec![(verb.text.clone(), scope)]),
        None => scope,
    };
    (key.to_owned(), node)
}

fn bounds(page: &mut Page, bounds: &[Bound]) {
    let mut spends = Vec::new();
    for bound in bounds {
        let most = Node::value(&bound.most);
        let key = match bound.kind {
            LimitKind::Time => {
                entry(page, "takes", &most, None);
                continue;
            }
            LimitKind::Cost => "money",
            kind => kind.word(),
        };
        spends.push((key.to_owned(), most));
    }
    if !spends.is_empty() {
        entry(page, "spends", &Node::Map(spends), None);
    }
}

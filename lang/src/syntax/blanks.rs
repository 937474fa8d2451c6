//! Blank lines that mean nothing, taken out, so that a tree says the same in both spellings.

use super::tree::{Body, File, Input, Item, Lead, Mission, Statement, StatementKind};

/// Drops the blank lines that the one style puts or never puts: before an item of the file,
/// before the first line of a group or block, behind the last one; and joins several to one.
/// Both spellings end with this.
pub fn settle(file: &mut File) {
    let mut after_use = false;
    for item in &mut file.items {
        let is_use = matches!(item, Item::Use(_));
        let before = match item {
            Item::Use(node) => &mut node.trivia.before,
            Item::Type(node) => &mut node.trivia.before,
            Item::Action(node) => {
                params(&mut node.params);
                &mut node.trivia.before
            }
            Item::Mission(node) => {
                mission(node);
                &mut node.trivia.before
            }
        };
        // Lines of `use` stand together, unless their author parts them.
        leads(before, !(is_use && after_use));
        after_use = is_use;
    }
    tail(&mut file.tail, true);
}

fn mission(mission: &mut Mission) {
    params(&mut mission.inputs);
    if let Some(authority) = &mut mission.authority {
        leads(&mut authority.trivia.before, true);
        for (index, grant) in authority.grants.iter_mut().enumerate() {
            leads(&mut grant.trivia.before, index == 0);
        }
        tail(&mut authority.tail, authority.grants.is_empty());
    }
    for (index, verifier) in mission.verifiers.iter_mut().enumerate() {
        leads(&mut verifier.trivia.before, index == 0);
    }
    for (index, output) in mission.outputs.iter_mut().enumerate() {
        leads(&mut output.trivia.before, index == 0);
    }
    let empty = mission.body.statements.is_empty() && mission.outputs.is_empty();
    statements(&mut mission.body.statements);
    tail(&mut mission.body.tail, empty);
}

fn params(inputs: &mut [Input]) {
    for (index, input) in inputs.iter_mut().enumerate() {
        leads(&mut input.trivia.before, index == 0);
    }
}

fn body(body: &mut Body) {
    let empty = body.statements.is_empty();
    statements(&mut body.statements);
    tail(&mut body.tail, empty);
}

fn statements(statements: &mut [Statement]) {
    for (index, statement) in statements.iter_mut().enumerate() {
        leads(&mut statement.trivia.before, index == 0);
        match &mut statement.kind {
            StatementKind::If {
                then, otherwise, ..
            } => {
                body(then);
                body(otherwise);
            }
            StatementKind::Repeat { body: inner, .. } => body(inner),
            StatementKind::Let { .. } | StatementKind::Step(_) | StatementKind::Broken { .. } => {}
        }
    }
}

/// Joins blank lines, and drops one that comes `first` in its block.
fn leads(leads: &mut Vec<Lead>, first: bool) {
    leads.dedup_by(|next, before| *next == Lead::Blank && *before == Lead::Blank);
    if first && leads.first() == Some(&Lead::Blank) {
        leads.remove(0);
    }
}

fn tail(tail: &mut Vec<Lead>, first: bool) {
    leads(tail, first);
    if tail.last() == Some(&Lead::Blank) {
        tail.pop();
    }
}

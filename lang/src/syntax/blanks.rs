//! Blank lines that mean nothing, taken out, so that a tree says the same in both spellings.

use super::tree::{
    ActionBody, Authority, Body, Face, File, Handler, Input, Item, Lead, Mission, Output,
    Statement, StatementKind, Test,
};

/// Drops the blank lines that the one style puts or never puts: before an item of the file,
/// before the first line of a group or block, behind the last one; and joins several to one.
/// Both spellings end with this.
pub fn settle(file: &mut File) {
    let mut above = None;
    for item in &mut file.items {
        match item {
            Item::Use(_) | Item::Type(_) | Item::On(_) => {}
            Item::Action(node) => face(node),
            Item::Mission(node) => mission(node),
            Item::Test(node) => test(node),
            Item::Policy(node) => authority(node),
        }
        // Lines of `use` and of `on` stand together, unless their author parts them.
        let kind = std::mem::discriminant(item);
        let together = matches!(item, Item::Use(_) | Item::On(_)) && above == Some(kind);
        leads(&mut item.trivia_mut().before, !together);
        above = Some(kind);
    }
    tail(&mut file.tail, true);
}

fn mission(mission: &mut Mission) {
    params(&mut mission.inputs);
    if let Some(authority) = &mut mission.authority {
        leads(&mut authority.trivia.before, true);
        self::authority(authority);
    }
    for (index, verifier) in mission.verifiers.iter_mut().enumerate() {
        leads(&mut verifier.trivia.before, index == 0);
    }
    for handler in [&mut mission.on_failure, &mut mission.finally] {
        handler.iter_mut().for_each(self::handler);
    }
    outputs(&mut mission.outputs);
    let empty = mission.body.statements.is_empty() && mission.outputs.is_empty();
    statements(&mut mission.body.statements);
    tail(&mut mission.body.tail, empty);
}

fn authority(authority: &mut Authority) {
    for (index, grant) in authority.grants.iter_mut().enumerate() {
        leads(&mut grant.trivia.before, index == 0);
    }
    tail(&mut authority.tail, authority.grants.is_empty());
}

fn face(face: &mut Face) {
    params(&mut face.params);
    if let Some(ActionBody::Steps {
        body: inner,
        outputs: given,
    }) = &mut face.body
    {
        let empty = inner.statements.is_empty() && given.is_empty();
        statements(&mut inner.statements);
        outputs(given);
        tail(&mut inner.tail, empty);
    }
}

fn test(test: &mut Test) {
    let mut first = true;
    let run = test.run.iter_mut().map(|run| &mut run.trivia.before);
    let given = test.given.iter_mut().map(|given| &mut given.trivia.before);
    let expect = test.expect.iter_mut().map(|it| &mut it.trivia.before);
    for before in run.chain(given).chain(expect) {
        leads(before, std::mem::take(&mut first));
    }
    tail(&mut test.tail, first);
}

fn handler(handler: &mut Handler) {
    leads(&mut handler.trivia.before, true);
    body(&mut handler.body);
}

fn outputs(outputs: &mut [Output]) {
    for (index, output) in outputs.iter_mut().enumerate() {
        leads(&mut output.trivia.before, index == 0);
    }
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
            StatementKind::For { body: inner, .. } | StatementKind::Repeat { body: inner, .. } => {
                body(inner);
            }
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

//! The tau spelling: items of a file and members of a mission.

mod authority;
mod declared;
mod expr;
mod face;
mod statement;
mod test;
mod value;

use std::mem::discriminant;

pub(super) use self::authority::grant;
use self::declared::{declared, outputs};
pub(super) use self::expr::readable;
pub(super) use self::face::asked;
pub(super) use self::value::inline;
use self::value::{joined, quoted};
use super::page::{Page, comment, padded};
use super::types;
use crate::syntax::tree::{
    Doc, File, Item, Mission, Trivia, TypeItem, Use, UseFrom, Value, Verifier,
};

/// The whole file.
pub(super) fn print(file: &File) -> String {
    let mut page = Page::default();
    let mut first = true;
    for group in file
        .items
        .chunk_by(|a, b| discriminant(a) == discriminant(b))
    {
        let together = matches!(group, [Item::Use(_) | Item::On(_), ..]);
        if together {
            page.part(&mut first);
        }
        let triggers = group.iter().filter_map(|item| match item {
            Item::On(node) => Some(node),
            _ => None,
        });
        test::triggers(&mut page, &triggers.collect::<Vec<_>>());
        for item in group {
            if !together {
                page.part(&mut first);
            }
            match item {
                Item::Use(node) => use_item(&mut page, node),
                Item::Type(node) => type_item(&mut page, node),
                Item::Action(node) => face::face(&mut page, node),
                Item::Mission(node) => mission(&mut page, node),
                Item::Test(node) => test::test(&mut page, node),
                Item::Policy(node) => authority::authority(&mut page, "policy", node),
                Item::On(_) => {}
            }
        }
    }
    if !file.tail.is_empty() {
        page.part(&mut first);
    }
    page.leads(&file.tail);
    page.text
}

fn use_item(page: &mut Page, node: &Use) {
    page.leads(&node.trivia.before);
    let line = match (&node.from, &node.alias) {
        (UseFrom::Source(source), None) => format!("use {}", quoted(&source.value)),
        (UseFrom::Source(source), Some(alias)) => {
            format!("use {} as {alias}", quoted(&source.value))
        }
        (UseFrom::Std { root, names }, _) => {
            let names: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
            match names.as_slice() {
                [] => format!("use {root}"),
                [name] => format!("use {root}.{name}"),
                names => format!("use {root}.{{{}}}", names.join(", ")),
            }
        }
    };
    page.line_with(&line, node.trivia.after.as_deref());
}

fn type_item(page: &mut Page, node: &TypeItem) {
    before(page, &node.trivia, node.doc.as_ref());
    let line = types::around(&format!("type {} = ", node.name), &node.ty, "");
    page.line_with(&line, node.trivia.after.as_deref());
}

fn mission(page: &mut Page, node: &Mission) {
    before(page, &node.trivia, node.doc.as_ref());
    page.line(&format!("mission {} {{", node.name));
    page.indented(|page| {
        let mut first = true;
        if !node.inputs.is_empty() {
            page.part(&mut first);
            declared(page, &node.inputs, "input ");
        }
        if let Some(authority) = &node.authority {
            page.part(&mut first);
            authority::authority(page, "authority", authority);
        }
        if !node.verifiers.is_empty() {
            page.part(&mut first);
            for node in &node.verifiers {
                verifier(page, node);
            }
        }
        if !node.body.statements.is_empty() {
            page.part(&mut first);
            statement::statements(page, &node.body.statements);
        }
        let handlers = [("on failure", &node.on_failure), ("finally", &node.finally)];
        for (word, handler) in handlers {
            if let Some(handler) = handler {
                page.part(&mut first);
                before(page, &handler.trivia, handler.doc.as_ref());
                page.line(&format!("{word} {{"));
                statement::body(page, &handler.body);
                page.line_with("}", handler.trivia.after.as_deref());
            }
        }
        if !node.outputs.is_empty() {
            page.part(&mut first);
            outputs(page, &node.outputs);
        }
        if node.body.statements.is_empty() && node.outputs.is_empty() && !node.body.tail.is_empty()
        {
            page.part(&mut first);
        }
        page.leads(&node.body.tail);
    });
    page.line_with("}", node.trivia.after.as_deref());
}

fn verifier(page: &mut Page, node: &Verifier) {
    before(page, &node.trivia, node.doc.as_ref());
    let mut fields: Vec<(&str, String)> = Vec::new();
    let commands: Vec<Value> = node.run.iter().chain(&node.also).cloned().collect();
    fields.extend(several("run", &commands));
    fields.extend(node.report.as_ref().map(|it| ("report", inline(it))));
    fields.extend(node.red.as_ref().map(|it| ("red", inline(it))));
    fields.extend(several("protect", &node.protect));
    fields.extend(several("loses", &node.loses));
    let heldout = node.heldout.as_ref();
    fields.extend(heldout.map(|it| ("heldout", inline(it))));
    fields.extend(several("hides", &node.hides));
    fields.extend(several("needs", &node.needs));
    fields.extend(several("installed", &node.installed));
    if !node.env.is_empty() {
        fields.push(("env", value::map(&node.env)));
    }
    let timeout = node.timeout.as_ref();
    fields.extend(timeout.map(|value| ("timeout", inline(value))));
    fields.extend(node.runs.as_ref().map(|value| ("runs", inline(value))));
    let columns = fields.iter().map(|(word, _)| word.len()).max().unwrap_or(0);
    page.line(&format!("verifier {} {{", node.name));
    page.indented(|page| {
        for (word, value) in &fields {
            page.line(&format!("{} {value}", padded(word, columns)));
        }
    });
    page.line_with("}", node.trivia.after.as_deref());
}

/// A field with its values, if it has any.
fn several<'a>(word: &'a str, values: &[Value]) -> Option<(&'a str, String)> {
    (!values.is_empty()).then(|| (word, joined(values)))
}

/// What stands in the lines above a node.
fn before(page: &mut Page, trivia: &Trivia, doc: Option<&Doc>) {
    page.leads(&trivia.before);
    if let Some(doc) = doc {
        for line in doc.text.split('\n') {
            page.line(&comment("##", line));
        }
    }
}

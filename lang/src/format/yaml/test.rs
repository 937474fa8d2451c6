//! Tests and triggers.

use super::super::page::Page;
use super::mission::about;
use super::node::{Node, dashed, entry, item};
use super::statement::{args, condition};
use crate::syntax::tree::{CallOf, Given, GivenOutcome, Lead, Test, Trigger};

pub(super) fn test(page: &mut Page, node: &Test) {
    dashed(page, |page| {
        let name = Node::text(&node.name.value);
        entry(page, "test", &name, node.trivia.after.as_deref());
        if let Some(doc) = &node.doc {
            entry(page, "about", &about(doc), None);
        }
        if let Some(call) = &node.run {
            page.leads(&call.trivia.before);
            run(page, call, call.trivia.after.as_deref());
        }
        if !node.files.is_empty() {
            let file = |(path, text): &(crate::syntax::text::Text, _)| {
                (path.value.clone(), Node::value(text))
            };
            let files = node.files.iter().map(file).collect();
            entry(page, "files", &Node::Map(files), None);
        }
        let given = node.given.iter().map(|given| {
            let trivia = &given.trivia;
            (&*trivia.before, self::given(given), trivia.after.as_deref())
        });
        list(page, "given", given);
        let expect = node.expect.iter().map(|expect| {
            let trivia = &expect.trivia;
            let condition = condition(&expect.condition);
            (&*trivia.before, condition, trivia.after.as_deref())
        });
        list(page, "expect", expect);
        page.leads(&node.tail);
    });
}

/// A key with a list below it. What stands above its first item stands above the key.
fn list<'a>(
    page: &mut Page,
    key: &str,
    items: impl Iterator<Item = (&'a [Lead], Node, Option<&'a str>)>,
) {
    for (index, (before, node, after)) in items.enumerate() {
        if index == 0 {
            page.leads(before);
            page.line(&format!("{key}:"));
        }
        page.indented(|page| {
            if index > 0 {
                page.leads(before);
            }
            item(page, &node, after);
        });
    }
}

fn given(given: &Given) -> Node {
    let (key, value) = match &given.outcome {
        GivenOutcome::Returns(value) => ("returns", value),
        GivenOutcome::Fails(value) => ("fails", value),
    };
    let outcome = Node::Map(vec![(key.to_owned(), Node::value(value))]);
    Node::Map(vec![(given.target.text.clone(), outcome)])
}

fn run(page: &mut Page, call: &CallOf, after: Option<&str>) {
    entry(page, "run", &Node::text(&call.mission.text), after);
    if !call.args.is_empty() {
        entry(page, "with", &args(&call.args), None);
    }
}

pub(super) fn trigger(page: &mut Page, node: &Trigger) {
    dashed(page, |page| {
        let after = node.trivia.after.as_deref();
        let first = node.args.first().filter(|arg| arg.name.is_none());
        match first {
            Some(arg) => entry(page, &node.event.text, &Node::value(&arg.value), after),
            None => page.line_with(&format!("{}:", node.event), after),
        }
        if let Some(doc) = &node.doc {
            entry(page, "about", &about(doc), None);
        }
        for arg in &node.args {
            if let Some(name) = &arg.name {
                entry(page, &name.text, &Node::value(&arg.value), None);
            }
        }
        run(page, &node.run, None);
    });
}

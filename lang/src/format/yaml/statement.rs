//! Statements.

use super::super::page::Page;
use super::mission::about;
use super::node::{Node, dashed, entry};
use crate::syntax::tree::{Arg, Body, Expr, Statement, StatementKind, Step};

pub(super) fn statements(page: &mut Page, statements: &[Statement]) {
    for statement in statements {
        page.leads(&statement.trivia.before);
        dashed(page, |page| one(page, statement));
    }
}

fn one(page: &mut Page, statement: &Statement) {
    let after = statement.trivia.after.as_deref();
    let doc = |page: &mut Page| {
        if let Some(doc) = &statement.doc {
            entry(page, "about", &about(doc), None);
        }
    };
    match &statement.kind {
        StatementKind::Let { name, value } => {
            let entries = vec![(name.text.clone(), Node::value(value))];
            entry(page, "let", &Node::Map(entries), after);
            doc(page);
        }
        StatementKind::Step(step) => {
            let action = Node::text(&step.action.text);
            entry(page, &step.name.text, &action, after);
            doc(page);
            modifiers(page, step);
        }
        StatementKind::If {
            condition,
            then,
            otherwise,
        } => {
            entry(page, "if", &self::condition(condition), after);
            doc(page);
            body(page, "then", then, None);
            if !otherwise.statements.is_empty() || !otherwise.tail.is_empty() {
                body(page, "else", otherwise, None);
            }
        }
        StatementKind::For {
            name,
            items,
            most,
            at_once,
            body: inner,
        } => {
            entry(page, "for", &Node::text(&name.text), after);
            doc(page);
            entry(page, "in", &Node::value(items), None);
            if let Some(most) = most {
                entry(page, "up_to", &Node::value(most), None);
            }
            if let Some(at_once) = at_once {
                entry(page, "at_once", &Node::value(at_once), None);
            }
            body(page, "steps", inner, None);
        }
        StatementKind::Repeat {
            times,
            body: inner,
            until,
        } => {
            entry(page, "repeat", &Node::value(times), after);
            doc(page);
            if let Some(until) = until {
                entry(page, "until", &condition(until), None);
            }
            body(page, "steps", inner, None);
        }
        StatementKind::Broken { .. } => {}
    }
}

/// A key with statements behind it.
pub(super) fn body(page: &mut Page, key: &str, body: &Body, after: Option<&str>) {
    let empty = if body.statements.is_empty() {
        " []"
    } else {
        ""
    };
    page.line_with(&format!("{key}:{empty}"), after);
    page.indented(|page| {
        statements(page, &body.statements);
        page.leads(&body.tail);
    });
}

/// A condition needs no braces, so its quotes are all that may be needed.
pub(super) fn condition(expr: &Expr) -> Node {
    Node::text(&expr.source.value)
}

/// Arguments by name, or by their position, counted from 1.
pub(super) fn args(args: &[Arg]) -> Node {
    let arg = |(index, arg): (usize, &Arg)| {
        let name = match &arg.name {
            Some(name) => name.text.clone(),
            // The name is the action's to give; without it the position stands for it.
            None => (index + 1).to_string(),
        };
        (name, Node::value(&arg.value))
    };
    Node::Map(args.iter().enumerate().map(arg).collect())
}

fn modifiers(page: &mut Page, step: &Step) {
    if !step.args.is_empty() {
        entry(page, "with", &args(&step.args), None);
    }
    match step.after.as_slice() {
        [] => {}
        [name] => entry(page, "after", &Node::text(&name.text), None),
        names => {
            let names = names.iter().map(|name| Node::text(&name.text)).collect();
            entry(page, "after", &Node::List(names), None);
        }
    }
    if let Some(when) = &step.when {
        entry(page, "when", &condition(when), None);
    }
    if let Some(retry) = &step.retry {
        let times = Node::value(&retry.times);
        let node =
            match &retry.every {
                None if !matches!(times, Node::Map(_)) => times,
                every => {
                    let mut fields = vec![("times".to_owned(), times)];
                    let waits = [("every", every), ("up_to", &retry.up_to)];
                    fields.extend(waits.into_iter().filter_map(|(key, wait)| {
                        Some((key.to_owned(), Node::value(wait.as_ref()?)))
                    }));
                    Node::Map(fields)
                }
            };
        entry(page, "retry", &node, None);
    }
    if let Some(timeout) = &step.timeout {
        entry(page, "timeout", &Node::value(timeout), None);
    }
    if let Some(kind) = step.least_box {
        entry(page, "box", &Node::Raw(kind.word().to_owned()), None);
    }
    if step.may_fail {
        entry(page, "may_fail", &Node::Raw("true".to_owned()), None);
    }
}

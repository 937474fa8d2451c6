//! Statements.

use super::super::WIDTH;
use super::super::page::{Page, padded, runs, width};
use super::before;
use super::expr::condition;
use super::value::{has_block, inline, items, short, value};
use crate::syntax::tree::{Arg, Body, Expr, Statement, StatementKind, Step};

/// Statements in order. Steps that stand together have their `=` below each other.
pub(super) fn statements(page: &mut Page, statements: &[Statement]) {
    let word = |statement: &Statement| std::mem::discriminant(&statement.kind);
    let parted =
        |statement: &Statement| !statement.trivia.before.is_empty() || statement.doc.is_some();
    for group in statements.chunk_by(|a, b| word(a) == word(b)) {
        for run in runs(group, parted) {
            let names = run.iter().filter_map(name).map(width).max().unwrap_or(0);
            for statement in run {
                one(page, statement, names);
            }
        }
    }
}

fn name(statement: &Statement) -> Option<&str> {
    match &statement.kind {
        StatementKind::Let { name, .. } => Some(&name.text),
        StatementKind::Step(step) => Some(&step.name.text),
        _ => None,
    }
}

fn one(page: &mut Page, statement: &Statement, names: usize) {
    before(page, &statement.trivia, statement.doc.as_ref());
    let after = statement.trivia.after.as_deref();
    match &statement.kind {
        StatementKind::Let { name, value: given } => {
            let name = padded(&name.text, names);
            let line = format!("let {name} = {}", value(given, page.indent));
            page.line_with(&line, after);
        }
        StatementKind::Step(step) => {
            let line = self::step(step, names, page.indent);
            page.line_with(&line, after);
        }
        StatementKind::If {
            condition: given,
            then,
            otherwise,
        } => {
            page.line(&format!("if {} {{", condition(&given.source.value)));
            body(page, then);
            self::otherwise(page, otherwise, after);
        }
        StatementKind::For {
            name,
            items: list,
            most,
            at_once,
            body: inner,
        } => {
            let mut head = format!("for {name} in {}", items(list));
            if let Some(most) = most {
                head = format!("{head} up to {}", short(most));
            }
            if let Some(at_once) = at_once {
                head = format!("{head} at most {} at once", short(at_once));
            }
            page.line(&format!("{head} {{"));
            body(page, inner);
            page.line_with("}", after);
        }
        StatementKind::Repeat {
            times,
            body: inner,
            until,
        } => {
            page.line(&format!("repeat up to {} {{", short(times)));
            body(page, inner);
            let end = match until {
                Some(until) => format!("}} until {}", condition(&until.source.value)),
                None => "}".to_owned(),
            };
            page.line_with(&end, after);
        }
        StatementKind::Broken { .. } => {}
    }
}

pub(super) fn body(page: &mut Page, body: &Body) {
    page.indented(|page| {
        statements(page, &body.statements);
        page.leads(&body.tail);
    });
}

/// The end of an `if`: its `}` with what follows.
fn otherwise(page: &mut Page, other: &Body, after: Option<&str>) {
    if other.statements.is_empty() && other.tail.is_empty() {
        return page.line_with("}", after);
    }
    match else_if(other) {
        Some((given, then, next)) => {
            let given = condition(&given.source.value);
            page.line(&format!("}} else if {given} {{"));
            body(page, then);
            otherwise(page, next, after);
        }
        None => {
            page.line("} else {");
            body(page, other);
            page.line_with("}", after);
        }
    }
}

/// The `if` that is alone in a branch, without a comment that would lose its place.
fn else_if(body: &Body) -> Option<(&Expr, &Body, &Body)> {
    let [statement] = body.statements.as_slice() else {
        return None;
    };
    let trivia = &statement.trivia;
    let plain = trivia.before.is_empty() && trivia.after.is_none() && statement.doc.is_none();
    match &statement.kind {
        StatementKind::If {
            condition,
            then,
            otherwise,
        } if plain && body.tail.is_empty() => Some((condition, then, otherwise)),
        _ => None,
    }
}

fn step(step: &Step, names: usize, indent: usize) -> String {
    let head = format!("step {} = {}", padded(&step.name.text, names), step.action);
    let mut text = call(&head, &step.args, indent);
    let last = match text.rsplit_once('\n') {
        Some((_, last)) => width(last),
        None => indent + width(&text),
    };
    let modifiers = modifiers(step);
    let length: usize = modifiers.iter().map(|modifier| 1 + width(modifier)).sum();
    let separator = match last + length <= WIDTH {
        true => " ".to_owned(),
        false => format!("\n{}", " ".repeat(indent + 4)),
    };
    for modifier in modifiers {
        text.push_str(&separator);
        text.push_str(&modifier);
    }
    text
}

/// `head` with its arguments: in one line where they fit, otherwise with one a line.
pub(super) fn call(head: &str, args: &[Arg], indent: usize) -> String {
    let inline: Vec<String> = args.iter().map(|arg| self::arg(arg, None)).collect();
    let line = format!("{head}({})", inline.join(", "));
    let blocks = args.iter().any(|arg| has_block(&arg.value));
    if args.is_empty() || !blocks && indent + width(&line) <= WIDTH {
        return line;
    }
    let pad = " ".repeat(indent + 2);
    let args = args.iter().map(|arg| self::arg(arg, Some(indent + 2)));
    let lines: String = args.map(|arg| format!("{pad}{arg},\n")).collect();
    format!("{head}(\n{lines}{})", " ".repeat(indent))
}

/// An argument in one line or, with an indentation, in several.
fn arg(arg: &Arg, indent: Option<usize>) -> String {
    let value = match indent {
        Some(indent) => value(&arg.value, indent),
        None => inline(&arg.value),
    };
    match &arg.name {
        Some(name) => format!("{name}: {value}"),
        None => value,
    }
}

fn modifiers(step: &Step) -> Vec<String> {
    let mut modifiers = Vec::new();
    if !step.after.is_empty() {
        let names: Vec<&str> = step.after.iter().map(|name| name.text.as_str()).collect();
        modifiers.push(format!("after {}", names.join(", ")));
    }
    if let Some(when) = &step.when {
        modifiers.push(format!("when {}", condition(&when.source.value)));
    }
    if let Some(retry) = &step.retry {
        let words = ["retry", "every", "up to"].into_iter();
        let parts = words.zip(retry.values());
        let parts = parts.map(|(word, value)| format!("{word} {}", short(value)));
        modifiers.push(parts.collect::<Vec<_>>().join(" "));
    }
    if let Some(timeout) = &step.timeout {
        modifiers.push(format!("timeout {}", short(timeout)));
    }
    if let Some(kind) = step.least_box {
        modifiers.push(format!("box {}", kind.word()));
    }
    if step.may_fail {
        modifiers.push("may fail".to_owned());
    }
    modifiers
}

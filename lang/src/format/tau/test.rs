//! Tests and triggers.

use super::super::WIDTH;
use super::super::page::{Page, padded, runs, width};
use super::before;
use super::expr::condition;
use super::statement::call;
use super::value::{has_block, inline, quoted, value};
use crate::syntax::text::Text;
use crate::syntax::tree::{GivenOutcome, Test, Trigger, Value};

pub(super) fn test(page: &mut Page, node: &Test) {
    before(page, &node.trivia, node.doc.as_ref());
    page.line(&format!("test {} {{", quoted(&node.name.value)));
    let words = [
        ("run", node.run.is_some()),
        ("files", !node.files.is_empty()),
        ("given", !node.given.is_empty()),
        ("expect", !node.expect.is_empty()),
    ];
    let there = words.iter().filter(|(_, there)| *there);
    let columns = there.map(|(word, _)| word.len()).max().unwrap_or(0);
    page.indented(|page| {
        if let Some(run) = &node.run {
            page.leads(&run.trivia.before);
            let head = format!("{} {}", padded("run", columns), run.mission);
            let line = call(&head, &run.args, page.indent);
            page.line_with(&line, run.trivia.after.as_deref());
        }
        if !node.files.is_empty() {
            let head = padded("files", columns);
            let line = files(&head, &node.files, page.indent);
            page.line(&line);
        }
        for given in &node.given {
            page.leads(&given.trivia.before);
            let outcome = match &given.outcome {
                GivenOutcome::Returns(value) => format!("returns {}", inline(value)),
                GivenOutcome::Fails(value) => format!("fails with {}", inline(value)),
            };
            let line = format!("{} {} {outcome}", padded("given", columns), given.target);
            page.line_with(&line, given.trivia.after.as_deref());
        }
        for expect in &node.expect {
            page.leads(&expect.trivia.before);
            let condition = condition(&expect.condition.source.value);
            let line = format!("{} {condition}", padded("expect", columns));
            page.line_with(&line, expect.trivia.after.as_deref());
        }
        page.leads(&node.tail);
    });
    page.line_with("}", node.trivia.after.as_deref());
}

/// Files with their texts: in one line where they fit, otherwise with one a line.
fn files(head: &str, files: &[(Text, Value)], indent: usize) -> String {
    let entries: Vec<String> = files
        .iter()
        .map(|(path, text)| format!("{}: {}", quoted(&path.value), inline(text)))
        .collect();
    let line = format!("{head} {{ {} }}", entries.join(", "));
    let blocks = files.iter().any(|(_, text)| has_block(text));
    if !blocks && indent + width(&line) <= WIDTH {
        return line;
    }
    let pad = " ".repeat(indent + 2);
    let lines: String = files
        .iter()
        .map(|(path, text)| {
            let text = value(text, indent + 2);
            format!("{pad}{}: {text},\n", quoted(&path.value))
        })
        .collect();
    format!("{head} {{\n{lines}{}}}", " ".repeat(indent))
}

/// Lines that stand together have their `run` below each other.
pub(super) fn triggers(page: &mut Page, triggers: &[&Trigger]) {
    let parted = |node: &&Trigger| !node.trivia.before.is_empty() || node.doc.is_some();
    for run in runs(triggers, parted) {
        let events: Vec<String> = run
            .iter()
            .map(|node| call(&format!("on {}", node.event), &node.args, 0))
            .collect();
        let columns = events.iter().map(|event| width(event)).max().unwrap_or(0);
        for (node, event) in run.iter().zip(&events) {
            before(page, &node.trivia, node.doc.as_ref());
            let mission = format!("run {}", node.run.mission);
            let line = format!(
                "{} {}",
                padded(event, columns),
                call(&mission, &node.run.args, 0)
            );
            let fits = !line.contains('\n') && width(&line) <= WIDTH;
            let line = match fits {
                true => line,
                false => format!("{event}\n    {}", call(&mission, &node.run.args, 4)),
            };
            page.line_with(&line, node.trivia.after.as_deref());
        }
    }
}

//! Inputs, parameters and outputs: aligned, with their documentation at the end of the line.

use super::super::WIDTH;
use super::super::page::{Page, comment, padded, runs, width};
use super::super::types::ty;
use super::before;
use super::value::{inline, value};
use crate::syntax::tree::{Doc, Input, Output, Trivia};

/// Documentation begins at a multiple of this, so that one longer line seldom moves them all.
const DOC_STOP: usize = 9;

/// Inputs (each behind `word`) or parameters.
pub(super) fn declared(page: &mut Page, inputs: &[Input], word: &str) {
    for run in runs(inputs, |input| !input.trivia.before.is_empty()) {
        let names = longest(run.iter().map(|input| input.name.text.as_str()));
        let types: Vec<String> = run.iter().map(|input| ty(&input.ty)).collect();
        let with_default = run
            .iter()
            .zip(&types)
            .filter(|(input, _)| input.default.is_some());
        let columns = longest(with_default.map(|(_, ty)| ty.as_str()));
        let lines: Vec<Line<'_>> = run
            .iter()
            .zip(&types)
            .map(|(input, ty)| {
                let name = padded(&input.name.text, names);
                let text = match &input.default {
                    Some(default) => {
                        format!(
                            "{word}{name} : {} = {}",
                            padded(ty, columns),
                            inline(default)
                        )
                    }
                    None => format!("{word}{name} : {ty}"),
                };
                Line {
                    text,
                    doc: input.doc.as_ref(),
                    trivia: &input.trivia,
                }
            })
            .collect();
        print(page, &lines);
    }
}

/// The outputs of a mission.
pub(super) fn outputs(page: &mut Page, outputs: &[Output]) {
    for run in runs(outputs, |output| !output.trivia.before.is_empty()) {
        let names = longest(run.iter().map(|output| output.name.text.as_str()));
        let lines: Vec<Line<'_>> = run
            .iter()
            .map(|output| {
                let name = padded(&output.name.text, names);
                Line {
                    text: format!("output {name} = {}", value(&output.value, page.indent)),
                    doc: output.doc.as_ref(),
                    trivia: &output.trivia,
                }
            })
            .collect();
        print(page, &lines);
    }
}

struct Line<'a> {
    text: String,
    doc: Option<&'a Doc>,
    trivia: &'a Trivia,
}

fn print(page: &mut Page, lines: &[Line<'_>]) {
    let documented = lines
        .iter()
        .filter(|line| line.doc.is_some() && line.trivia.after.is_none());
    let end = page.indent + longest(documented.map(|line| line.text.as_str()));
    let column = (end + 2).next_multiple_of(DOC_STOP);
    for line in lines {
        let behind = line.doc.filter(|doc| {
            !doc.text.contains('\n')
                && !line.text.contains('\n')
                && line.trivia.after.is_none()
                && column + 3 + width(&doc.text) <= WIDTH
        });
        match behind {
            Some(doc) => {
                before(page, line.trivia, None);
                let text = padded(&line.text, column - page.indent);
                page.line(&format!("{text}{}", comment("##", &doc.text)));
            }
            None => {
                before(page, line.trivia, line.doc);
                page.line_with(&line.text, line.trivia.after.as_deref());
            }
        }
    }
}

fn longest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(width).max().unwrap_or(0)
}

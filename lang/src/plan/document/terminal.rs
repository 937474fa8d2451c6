//! The plan for a person who decides whether it may run: what is wrong first, then what it does.

mod worst;

use std::collections::BTreeMap;

use super::{Document, Input, Origin, duration};
use crate::plan::draw::{plain, steps};

/// How many lines of one section are shown.
const MOST: usize = 40;
/// How many characters of an input's value are shown.
const VALUE: usize = 60;

/// The document as a page of plain text, without colours. Sections that have nothing to say are
/// left out.
#[must_use]
pub fn terminal(document: &Document) -> String {
    let mut page = plain(&document.mission);
    if let Some(first) = document.doc.lines().next().filter(|line| !line.is_empty()) {
        page += &format!(": {}", plain(first));
    }
    page.push('\n');
    section(&mut page, "inputs", inputs(&document.inputs));
    section(&mut page, "will do", steps(&document.shapes, 0));
    section(&mut page, "decided by", verifiers(document));
    section(&mut page, "from outside", outside(document));
    section(&mut page, "may do", may_do(document));
    section(&mut page, "limited by policy", limited(document));
    section(&mut page, "not granted", missing(document));
    let later = &document.authority.later;
    section(
        &mut page,
        "checked when it runs",
        later.iter().map(|it| plain(it)).collect(),
    );
    section(&mut page, "worst case", worst::lines(&document.worst_case));
    page
}

fn section(page: &mut String, title: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    page.push_str(&format!("\n{title}\n"));
    for line in lines.iter().take(MOST) {
        page.push_str(&format!("  {line}\n"));
    }
    if lines.len() > MOST {
        page.push_str(&format!("  … and {} more lines\n", lines.len() - MOST));
    }
}

fn inputs(inputs: &[Input]) -> Vec<String> {
    let titles = inputs.iter().map(|it| format!("{} : {}", it.name, it.ty));
    let titles: Vec<String> = titles.map(|title| plain(&title)).collect();
    let columns = titles
        .iter()
        .map(|it| it.chars().count())
        .max()
        .unwrap_or(0);
    let rows = inputs.iter().zip(titles).map(|(input, title)| {
        let value = input.value.as_deref().map(cut);
        let value = match (input.from, value) {
            (Origin::Given, Some(value)) => value,
            (Origin::Given, None) => "given".to_owned(),
            (Origin::Default, Some(value)) => format!("{value}  (default)"),
            (Origin::Default, None) => "none  (default)".to_owned(),
            (Origin::Nothing, _) if input.required => "not given; it must be".to_owned(),
            (Origin::Nothing, _) => "none".to_owned(),
        };
        format!("{title:columns$}  {value}")
    });
    rows.collect()
}

/// The beginning of a long value.
fn cut(text: &str) -> String {
    let text = plain(text);
    match text.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn verifiers(document: &Document) -> Vec<String> {
    let mut lines = Vec::new();
    for verifier in &document.verifiers {
        let most = verifier
            .timeout_ms
            .map(|it| format!(", each run at most {}", duration(it)));
        lines.push(plain(&format!(
            "{}: {}{}",
            verifier.name,
            std::iter::once(&verifier.command)
                .chain(&verifier.also)
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", and "),
            most.unwrap_or_default()
        )));
        if !verifier.protect.is_empty() {
            let paths = verifier.protect.join(", ");
            lines.push(plain(&format!("  no edit may touch {paths}")));
        }
    }
    lines
}

fn outside(document: &Document) -> Vec<String> {
    let lines = document.from_outside.lines();
    let columns = lines.iter().map(|(source, _)| source.chars().count()).max();
    let columns = columns.unwrap_or(0);
    let lines = lines.into_iter().map(|(source, ends)| {
        let line = format!("{source:columns$}  {ends}");
        plain(line.trim_end())
    });
    lines.collect()
}

fn may_do(document: &Document) -> Vec<String> {
    let authority = &document.authority;
    let lines = authority.granted.iter().map(|granted| {
        let line = plain(&granted.line);
        match authority.unused.contains(&granted.line) {
            true => format!("{line}  (nothing needs it)"),
            false => line,
        }
    });
    lines.collect()
}

/// The grants that a policy leaves less of, with what it says and where.
fn limited(document: &Document) -> Vec<String> {
    let all = &document.authority.limited;
    let columns = all.iter().map(|it| it.line.chars().count()).max();
    let columns = columns.unwrap_or(0);
    let lines = all.iter().map(|it| {
        let says = it.by.join(", ");
        plain(&format!("{:columns$}  {says}  at {}", it.line, it.policy))
    });
    lines.collect()
}

/// The lines that would grant what is missing, each once with all the steps that need it.
fn missing(document: &Document) -> Vec<String> {
    let mut steps: BTreeMap<(String, String), Vec<&str>> = BTreeMap::new();
    let all = &document.authority.needed;
    for need in all.iter().filter(|need| need.status == "missing") {
        let line = need.grant.clone().unwrap_or_else(|| need.line());
        let why = match (&need.denied_by, need.limited_by) {
            (Some(denied), _) => format!("; {denied} it"),
            (None, Some("caller")) => "; the calling mission lacks it".to_owned(),
            (None, _) => String::new(),
        };
        let names = steps.entry((line, why)).or_default();
        if names.last() != Some(&need.step.as_str()) {
            names.push(&need.step);
        }
    }
    let lines = steps.into_iter();
    lines
        .map(|((line, why), names)| plain(&format!("{line}  for {}{why}", some(&names))))
        .collect()
}

/// The first few of many names.
pub(super) fn some(names: &[impl AsRef<str>]) -> String {
    let shown: Vec<&str> = names.iter().take(4).map(AsRef::as_ref).collect();
    let more = match names.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}

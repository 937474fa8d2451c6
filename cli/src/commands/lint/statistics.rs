//! `tau lint --statistics`: how often each code was found.

use std::collections::BTreeMap;

use clap::builder::styling::Style;

use crate::render::diagnostics::Findings;
use crate::render::style::FAINT;
use crate::render::table::{Cell, table};

/// One line for each code, the most frequent first.
pub(super) fn render(findings: &Findings, width: usize) -> String {
    let mut counts: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    for found in &findings.diagnostics {
        let family = found.kind.family().name();
        counts.entry(found.code()).or_insert((family, 0)).1 += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, (_, count))| std::cmp::Reverse(*count));
    let digits = counts
        .first()
        .map_or(0, |(_, (_, count))| count.to_string().len());
    let rows: Vec<_> = counts
        .into_iter()
        .map(|(code, (family, count))| {
            vec![
                Cell::new(Style::new(), &format!("{count:>digits$}")),
                Cell::new(Style::new(), code),
                Cell::new(FAINT, family),
            ]
        })
        .collect();
    table(&rows, width)
}

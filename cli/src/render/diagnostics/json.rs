//! `--format json`: one document.

use serde::Serialize;

use super::record::Record;
use super::{Findings, Summary};
use crate::render::json;

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    files: usize,
    diagnostics: Vec<Record>,
    summary: Summary,
}

/// The findings as one `tau.lint/1` document.
pub(crate) fn render(findings: &Findings) -> String {
    let record = |found| Record::new(&findings.sources, found);
    json::document(&Document {
        schema: "tau.lint/1",
        files: findings.files.len(),
        diagnostics: findings.diagnostics.iter().map(record).collect(),
        summary: findings.summary(),
    })
}

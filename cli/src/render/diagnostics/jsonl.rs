//! `--format jsonl`: one finding a line, the summary last.

use serde::Serialize;

use super::record::Record;
use super::{Findings, Summary};
use crate::render::json;

#[derive(Serialize)]
struct Line {
    schema: &'static str,
    #[serde(flatten)]
    record: Record,
}

#[derive(Serialize)]
struct Last {
    schema: &'static str,
    files: usize,
    summary: Summary,
}

/// The findings as `tau.diagnostic/1` lines, and a `tau.lint.summary/1` line behind them.
pub(crate) fn render(findings: &Findings) -> String {
    let mut lines = String::new();
    for found in &findings.diagnostics {
        lines += &json::line(&Line {
            schema: "tau.diagnostic/1",
            record: Record::new(&findings.sources, found),
        });
    }
    lines
        + &json::line(&Last {
            schema: "tau.lint.summary/1",
            files: findings.files.len(),
            summary: findings.summary(),
        })
}

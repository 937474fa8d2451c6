//! `--format sarif`: SARIF 2.1.0, which code scanning and editors read.

mod place;
mod rule;

use std::collections::HashMap;

use serde::Serialize;
use tau_interpreter::blobs::sha256;
use tau_lang::diagnostic::{Diagnostic, Fix, Kind, Rule};
use tau_lang::source::{SourceMap, Span};
use tau_lang::suppress::Suppressed;

use self::place::{Artifact, Place, Region};
use self::rule::Descriptor;
use super::{Findings, word};
use crate::render::json;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Found>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

/// One finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    rule_id: &'static str,
    rule_index: Option<usize>,
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Change>,
    /// Always there: where one result has it, all must.
    suppressions: Vec<Suppression>,
}

/// A comment that silences the finding.
#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<String>,
    location: Location,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "tauFinding/v1")]
    finding: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    description: Text,
    artifact_changes: Vec<ArtifactChange>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: Artifact,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Text,
}

/// The findings as one SARIF log.
pub(crate) fn render(findings: &Findings) -> String {
    let silenced = |it: &Suppressed| Suppression {
        kind: "inSource",
        status: "accepted",
        justification: (!it.reason.is_empty()).then(|| it.reason.clone()),
        location: Location::new(&findings.sources, it.comment),
    };
    let open = findings.diagnostics.iter().map(|it| (it, Vec::new()));
    let suppressed = findings.suppressed.iter();
    let suppressed = suppressed.map(|it| (&it.diagnostic, vec![silenced(it)]));
    let mut all: Vec<_> = open.chain(suppressed).collect();
    all.sort_by_key(|(it, _)| (it.span.file, it.span.start, it.severity()));
    // Those that found nothing would make every log as long as the book.
    let is_found = |rule: &&Rule| all.iter().any(|(it, _)| it.code() == rule.code);
    let rules: Vec<&Rule> = Kind::RULES.iter().filter(is_found).collect();
    let mut seen = HashMap::new();
    let found = |(one, suppressions): (&Diagnostic, Vec<Suppression>)| {
        // A finding keeps its fingerprint when a comment silences it.
        let same = fingerprint(&findings.sources, one);
        let number: &mut usize = seen.entry(same.clone()).or_default();
        *number += 1;
        Found {
            suppressions,
            ..Found::new(&findings.sources, one, &rules, format!("{same}:{number}"))
        }
    };
    json::document(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "tau",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: rules.iter().copied().map(Descriptor::new).collect(),
                },
            },
            column_kind: "utf16CodeUnits",
            results: all.into_iter().map(found).collect(),
        }],
    })
}

/// What stays of a finding when the lines around it move: its rule, file, words and line's text.
fn fingerprint(sources: &SourceMap, found: &Diagnostic) -> String {
    let file = sources.file(found.span.file);
    let line = file.map_or("", |file| file.line(found.span.start));
    // A comment that silences the finding makes no other one of it.
    let line = line.split("# tau: ignore").next().unwrap_or(line);
    let parts = [
        found.code(),
        file.map_or("", |file| &file.name),
        &found.kind.to_string(),
        line.trim(),
    ];
    sha256(parts.join("\0").as_bytes())
}

impl Location {
    fn new(sources: &SourceMap, span: Span) -> Location {
        Location {
            id: None,
            physical_location: Place::new(sources, span),
            message: None,
        }
    }
}

impl Found {
    fn new(sources: &SourceMap, found: &Diagnostic, rules: &[&Rule], fingerprint: String) -> Found {
        let mut message = found.kind.to_string();
        if let Some(help) = found.kind.help() {
            message += &format!("\n{help}");
        }
        let label = |(id, (span, words)): (usize, &(_, String))| Location {
            id: Some(id),
            physical_location: Place::new(sources, *span),
            message: Some(text(words.clone())),
        };
        Found {
            rule_id: found.code(),
            rule_index: rules.iter().position(|rule| rule.code == found.code()),
            level: word(found.severity()),
            message: text(message),
            locations: vec![Location::new(sources, found.span)],
            related_locations: found.labels.iter().enumerate().map(label).collect(),
            partial_fingerprints: Fingerprints {
                finding: fingerprint,
            },
            fixes: found.fixes.iter().map(|fix| change(sources, fix)).collect(),
            suppressions: Vec::new(),
        }
    }
}

/// A fix, its edits gathered by file.
fn change(sources: &SourceMap, fix: &Fix) -> Change {
    let mut changes: Vec<ArtifactChange> = Vec::new();
    for (span, inserted) in &fix.edits {
        let artifact = Artifact::new(sources, *span);
        let replacement = Replacement {
            deleted_region: Region::new(sources, *span),
            inserted_content: text(inserted.clone()),
        };
        match changes
            .iter_mut()
            .find(|it| it.artifact_location == artifact)
        {
            Some(change) => change.replacements.push(replacement),
            None => changes.push(ArtifactChange {
                artifact_location: artifact,
                replacements: vec![replacement],
            }),
        }
    }
    Change {
        description: text(fix.title.clone()),
        artifact_changes: changes,
    }
}

fn text(text: String) -> Text {
    Text { text }
}

//! `--format sarif`: SARIF 2.1.0, which code scanning and editors read.

mod place;

use std::collections::HashMap;

use serde::Serialize;
use tau_interpreter::blobs::sha256;
use tau_lang::diagnostic::{Diagnostic, Fix, Kind, Rule};
use tau_lang::source::SourceMap;

use self::place::{Artifact, Place, Region};
use super::{Findings, word};
use crate::render::json;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

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

/// A code with what `tau explain` says about it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Text,
    help: Help,
    properties: Properties,
}

#[derive(Serialize)]
struct Properties {
    tags: [&'static str; 1],
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
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
    let mut seen = HashMap::new();
    let mut found = |one: &Diagnostic| {
        let same = fingerprint(&findings.sources, one);
        let number: &mut usize = seen.entry(same.clone()).or_default();
        *number += 1;
        Found::new(&findings.sources, one, format!("{same}:{number}"))
    };
    json::document(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "tau",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: Kind::RULES.iter().map(descriptor).collect(),
                },
            },
            column_kind: "utf16CodeUnits",
            results: findings.diagnostics.iter().map(&mut found).collect(),
        }],
    })
}

fn descriptor(rule: &Rule) -> Descriptor {
    Descriptor {
        id: rule.code,
        short_description: text(rule.gist()),
        help: Help {
            text: rule.page,
            markdown: rule.page,
        },
        properties: Properties {
            tags: [rule.family.name()],
        },
    }
}

/// What stays of a finding when the lines around it move: its rule, file, words and line's text.
fn fingerprint(sources: &SourceMap, found: &Diagnostic) -> String {
    let file = sources.file(found.span.file);
    let parts = [
        found.code(),
        file.map_or("", |file| &file.name),
        &found.kind.to_string(),
        file.map_or("", |file| file.line(found.span.start)).trim(),
    ];
    sha256(parts.join("\0").as_bytes())
}

impl Found {
    fn new(sources: &SourceMap, found: &Diagnostic, fingerprint: String) -> Found {
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
            rule_index: Kind::RULES
                .iter()
                .position(|rule| rule.code == found.code()),
            level: word(found.severity()),
            message: text(message),
            locations: vec![Location {
                id: None,
                physical_location: Place::new(sources, found.span),
                message: None,
            }],
            related_locations: found.labels.iter().enumerate().map(label).collect(),
            partial_fingerprints: Fingerprints {
                finding: fingerprint,
            },
            fixes: found.fixes.iter().map(|fix| change(sources, fix)).collect(),
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

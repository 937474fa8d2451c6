//! `--format junit`: a report that test dashboards read, with one case for every file.

use std::collections::HashMap;
use std::fmt::Write as _;

use tau_lang::diagnostic::{Diagnostic, Severity};

use super::{Findings, word};
use crate::render::sanitize::{escape, is_hazard};

/// One suite. A file with errors is a failed case, one failure for each; warnings are its output,
/// or failures too when they are denied.
pub(crate) fn render(findings: &Findings, deny_warnings: bool) -> String {
    let mut cases = String::new();
    let mut failed = 0;
    let fails = |found: &Diagnostic| deny_warnings || found.severity() == Severity::Error;
    let mut of_file: HashMap<&str, Vec<&Diagnostic>> = HashMap::new();
    for found in &findings.diagnostics {
        let file = findings.sources.file(found.span.file);
        let name = file.map_or("", |file| &file.name);
        of_file.entry(name).or_default().push(found);
    }
    for name in &findings.files {
        let found = of_file.remove(name.as_str()).unwrap_or_default();
        let (failures, remarks): (Vec<_>, Vec<_>) = found.into_iter().partition(|it| fails(it));
        failed += usize::from(!failures.is_empty());
        case(&mut cases, findings, name, &failures, &remarks);
    }
    let counts = format!(
        "tests=\"{}\" failures=\"{failed}\" errors=\"0\"",
        findings.files.len()
    );
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"tau lint\" {counts}>\n  \
           <testsuite name=\"tau lint\" {counts} skipped=\"0\">\n{cases}  \
           </testsuite>\n\
         </testsuites>\n"
    )
}

fn case(
    out: &mut String,
    findings: &Findings,
    name: &str,
    failures: &[&Diagnostic],
    remarks: &[&Diagnostic],
) {
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "    <testcase name=\"{}\" classname=\"tau.lint\"",
        text(name)
    );
    if failures.is_empty() && remarks.is_empty() {
        out.push_str("/>\n");
        return;
    }
    out.push_str(">\n");
    for found in failures {
        let _ = writeln!(
            out,
            "      <failure type=\"{}\" message=\"{}\">{}</failure>",
            found.code(),
            text(&found.kind.to_string()),
            text(&sentence(findings, found))
        );
    }
    if !remarks.is_empty() {
        let lines: Vec<String> = remarks.iter().map(|it| sentence(findings, it)).collect();
        let _ = writeln!(
            out,
            "      <system-out>{}</system-out>",
            text(&lines.join("\n"))
        );
    }
    out.push_str("    </testcase>\n");
}

/// `file:line:column: error[code]: message`, and the help below it.
fn sentence(findings: &Findings, found: &Diagnostic) -> String {
    let mut sentence = format!(
        "{}: {}[{}]: {}",
        findings.sources.location(found.span),
        word(found.severity()),
        found.code(),
        found.kind
    );
    if let Some(help) = found.kind.help() {
        sentence += &format!("\nhelp: {help}");
    }
    sentence
}

/// Escapes what ends a text or an attribute, and makes visible what XML cannot hold.
fn text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' => safe.push_str("&#10;"),
            // The two that are neither controls nor characters of XML.
            '\u{fffe}' | '\u{ffff}' => safe.push_str(&escape(c)),
            c if is_hazard(c) => safe.push_str(&escape(c)),
            c => safe.push(c),
        }
    }
    safe
}

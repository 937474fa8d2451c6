#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads its own files"
)]
//! Runs the Markdown files in `tests/check`: every block is a file, and `# error: [code]` or
//! `# warning: [code]` at a line's end says what is found on that line. What is not announced
//! may not be found, and what is announced must be.

use std::fmt::Write as _;
use std::path::Path;

use tau_lang::check::check;
use tau_lang::diagnostic::Severity;
use tau_lang::library::{Library, Texts};
use tau_lang::source::SourceMap;
use tau_lang::syntax::{tau, yaml};

const GROUPS: &[(&str, &str)] = &[
    ("fs", include_str!("../../stdlib/src/fs/fs.tau")),
    ("git", include_str!("../../stdlib/src/git/git.tau")),
    (
        "process",
        include_str!("../../stdlib/src/process/process.tau"),
    ),
    ("time", include_str!("../../stdlib/src/time/time.tau")),
    ("verify", include_str!("../../stdlib/src/verify/verify.tau")),
];
const MISSIONS: &[(&str, &str)] = &[
    (
        "prove-patch",
        include_str!("../../workflows/prove-patch.tau"),
    ),
    ("red-green", include_str!("../../workflows/red-green.tau")),
];

/// Every line beginning `+++ b/` names a path; enough for tests of the checker.
fn patch_paths(diff: &str) -> Result<Vec<String>, String> {
    let names = diff.lines().filter_map(|line| line.strip_prefix("+++ b/"));
    Ok(names.map(str::to_owned).collect())
}

fn library(map: &mut SourceMap) -> Library {
    let texts = Texts {
        groups: GROUPS,
        missions: MISSIONS,
        filters: &[("patch_paths", patch_paths)],
    };
    let (library, found) = Library::load(map, &texts);
    assert!(found.is_empty(), "{found:?}");
    library
}

/// What the block announces: line and `error: [code]`.
fn announced(text: &str) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for word in ["error: [", "warning: ["] {
            let mut rest = line.split_once("# ").map_or("", |(_, rest)| rest);
            while let Some(at) = rest.find(word) {
                let end = rest[at..].find(']').map_or(rest.len(), |end| at + end + 1);
                all.push((index + 1, rest[at..end].to_owned()));
                rest = &rest[end..];
            }
        }
    }
    all.sort();
    all
}

fn run(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let mut failures = String::new();
    let mut heading = String::new();
    let mut block: Option<(String, usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        match &mut block {
            Some((kind, start, body)) if line == "```" => {
                let found = findings(kind, body);
                let wanted = announced(body);
                if found
                    .iter()
                    .map(|(line, what, _)| (*line, what.clone()))
                    .collect::<Vec<_>>()
                    != wanted
                {
                    writeln!(failures, "{}:{start} {heading}", file.display()).unwrap();
                    for (line, what) in &wanted {
                        writeln!(failures, "  announced {line}: {what}").unwrap();
                    }
                    for (line, what, message) in &found {
                        writeln!(failures, "  found     {line}: {what} {message}").unwrap();
                    }
                }
                block = None;
            }
            Some((_, _, body)) => {
                body.push_str(line);
                body.push('\n');
            }
            None => match line.strip_prefix("```") {
                Some(kind) => block = Some((kind.to_owned(), index + 2, String::new())),
                None if line.starts_with('#') => heading = line.to_owned(),
                None => {}
            },
        }
    }
    failures
}

fn findings(kind: &str, text: &str) -> Vec<(usize, String, String)> {
    let mut map = SourceMap::default();
    let library = library(&mut map);
    let id = map.add("test", text);
    let (tree, mut found) = match kind {
        "yaml" => yaml::parse(text, id),
        _ => tau::parse(text, id),
    };
    found.extend(check(&tree, &library).diagnostics);
    let mut all: Vec<_> = found
        .iter()
        .map(|one| {
            let word = match one.severity() {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let line = map
                .file(one.span.file)
                .unwrap()
                .position(one.span.start)
                .line;
            (
                line,
                format!("{word}: [{}]", one.code()),
                one.kind.to_string(),
            )
        })
        .collect();
    all.sort();
    all
}

#[test]
fn every_block_finds_what_it_announces() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let failures: String = files.iter().map(|file| run(file)).collect();
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn the_library_has_nothing_to_find() {
    let mut map = SourceMap::default();
    let library = library(&mut map);
    for name in library.missions.keys() {
        let checked = tau_lang::check::library_mission(name, &library).unwrap();
        assert!(
            checked.diagnostics.is_empty(),
            "{name}: {:?}",
            checked.diagnostics
        );
        assert_eq!(checked.plans.len(), 1);
    }
}

/// The codes that a text's check finds.
fn codes(text: &str) -> Vec<&'static str> {
    let mut map = SourceMap::default();
    let library = library(&mut map);
    let id = map.add("test", text);
    let (tree, mut found) = tau::parse(text, id);
    found.extend(check(&tree, &library).diagnostics);
    let mut codes: Vec<_> = found
        .iter()
        .map(tau_lang::diagnostic::Diagnostic::code)
        .collect();
    codes.dedup();
    codes
}

/// `count` missions, each calling the next `times` times.
fn chain(count: usize, times: usize) -> String {
    (0..count)
        .map(|index| {
            let calls = (0..times).map(|call| format!("  step s{call} = m{}()\n", index + 1));
            format!("mission m{index} {{\n{}}}\n", calls.collect::<String>())
        })
        .chain([format!("mission m{count} {{\n  let a = 1\n}}\n")])
        .collect()
}

#[test]
fn plans_have_a_bound() {
    assert_eq!(codes(&chain(20, 1)), [] as [&str; 0]);
    // Deep, wide by doubling, long, and dense.
    assert_eq!(codes(&chain(3000, 1)), ["mission-too-large"]);
    assert_eq!(codes(&chain(30, 2)), ["mission-too-large"]);
    let lets: String = (0..50_001).map(|n| format!("  let a{n} = 1\n")).collect();
    assert_eq!(
        codes(&format!("mission m {{\n{lets}}}\n")),
        ["mission-too-large"]
    );
    let globs: String = (0..600)
        .map(|n| format!("  step g{n} = fs.glob(\"**\")\n"))
        .collect();
    let writes: String = (0..600)
        .map(|n| format!("  step w{n} = fs.write(\"f{n}\", text: \"\")\n"))
        .collect();
    let authority = "  authority {\n    read \"**\"\n    write \"**\"\n  }\n";
    assert_eq!(
        codes(&format!("mission m {{\n{authority}{globs}{writes}}}\n")),
        ["mission-too-large"]
    );
}

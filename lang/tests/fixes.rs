#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads its own files"
)]
//! What every offered change does, tried on every block of the Markdown tests: the finding is gone,
//! the text can be read as well as before, and a safe one adds no error. Each page says whether
//! there is a change, and the blocks show it.

#[path = "support/library.rs"]
mod library;

use std::collections::BTreeSet;
use std::path::Path;

use tau_lang::check::{Checked, check};
use tau_lang::diagnostic::{Diagnostic, Family, Fix, Kind, Severity};
use tau_lang::library::Library;
use tau_lang::lint;
use tau_lang::mend::{apply, mend};
use tau_lang::source::SourceMap;
use tau_lang::syntax::{tau, yaml};

/// A block of the Markdown tests.
struct Block {
    /// `test.tau` or `test.yaml`
    name: &'static str,
    text: String,
    /// The file that it stands in.
    file: String,
}

fn blocks() -> Vec<Block> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check");
    let mut blocks = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let page = std::fs::read_to_string(&path).unwrap();
        for part in page.split("\n```").skip(1).step_by(2) {
            let (language, text) = part.split_once('\n').unwrap();
            let name = match language {
                "yaml" => "test.yaml",
                "tau" => "test.tau",
                _ => continue,
            };
            blocks.push(Block {
                name,
                text: text.lines().map(without_announcement).collect(),
                file: path.file_name().unwrap().to_string_lossy().into_owned(),
            });
        }
    }
    assert!(blocks.len() > 50);
    blocks
}

/// A line without what is announced on it: a comment keeps a line from being removed.
fn without_announcement(line: &str) -> String {
    let starts = [" # error: [", " # warning: ["];
    let at = starts.iter().filter_map(|start| line.find(start)).min();
    format!("{}\n", &line[..at.unwrap_or(line.len())])
}

/// The library, read once.
struct Lab {
    library: Library,
    sources: SourceMap,
}

impl Lab {
    fn new() -> Lab {
        let mut sources = SourceMap::default();
        let library = library::library(&mut sources);
        Lab { library, sources }
    }

    fn check(&self, name: &str, text: &str) -> Checked {
        let mut sources = self.sources.clone();
        let file = sources.add(name, text);
        let (tree, read) = match name {
            "test.yaml" => yaml::parse(text, file),
            _ => tau::parse(text, file),
        };
        let mut checked = check(&tree, &self.library);
        lint::finish(&mut checked, read, &tree, file, &sources);
        checked
    }
}

fn count(found: &[Diagnostic], is: impl Fn(&Diagnostic) -> bool) -> usize {
    found.iter().filter(|one| is(one)).count()
}

fn illegible(found: &[Diagnostic]) -> usize {
    count(found, |one| {
        one.severity() == Severity::Error
            && matches!(one.kind.family(), Family::Syntax | Family::Yaml)
    })
}

/// What was hidden behind a finding may come to light when it is mended.
fn hides_others(found: &Diagnostic) -> bool {
    matches!(
        found.kind.family(),
        Family::Syntax | Family::Yaml | Family::Names
    ) && found.severity() == Severity::Error
}

/// What is wrong with a change, if anything is.
fn fault(
    lab: &Lab,
    block: &Block,
    before: &[Diagnostic],
    one: &Diagnostic,
    fix: &Fix,
) -> Option<String> {
    let Some(text) = apply(&block.text, &fix.edits) else {
        return Some("cannot be made".to_owned());
    };
    let after = lab.check(block.name, &text).diagnostics;
    let same = |it: &Diagnostic| it.kind == one.kind;
    if count(&after, same) >= count(before, same) {
        return Some(format!("does not remove the finding:\n{text}"));
    }
    if fix.safe && illegible(&after) > illegible(before) {
        return Some(format!("makes the text harder to read:\n{text}"));
    }
    let is_error = |it: &Diagnostic| it.severity() == Severity::Error;
    if fix.safe && !hides_others(one) && count(&after, is_error) > count(before, is_error) {
        let errors = after.iter().filter(|it| is_error(it));
        let errors: Vec<String> = errors.map(|it| it.kind.to_string()).collect();
        return Some(format!("adds an error: {errors:?}\n{text}"));
    }
    None
}

#[test]
fn every_change_mends_what_it_is_offered_for() {
    let lab = Lab::new();
    let mut faults = Vec::new();
    for block in blocks() {
        let before = lab.check(block.name, &block.text).diagnostics;
        for one in &before {
            for fix in &one.fixes {
                if let Some(why) = fault(&lab, &block, &before, one, fix) {
                    let (code, title) = (one.code(), &fix.title);
                    faults.push(format!("{}: [{code}] `{title}` {why}", block.file));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn all_safe_changes_together_leave_a_text_that_can_be_read() {
    let lab = Lab::new();
    for block in blocks() {
        let check = |text: &str| lab.check(block.name, text).diagnostics;
        let mended = mend(&block.text, |_, fix| fix.safe, check);
        let (before, after) = (check(&block.text), check(&mended.text));
        assert!(
            illegible(&after) <= illegible(&before),
            "{}:\n{}",
            block.file,
            mended.text
        );
        let left = count(&after, |one| one.fixes.iter().any(|fix| fix.safe));
        assert_eq!(left, 0, "{}:\n{}", block.file, mended.text);
    }
}

#[test]
fn pages_promise_the_changes_that_there_are() {
    let lab = Lab::new();
    let mut offered: BTreeSet<(&str, bool)> = BTreeSet::new();
    for block in blocks() {
        for one in lab.check(block.name, &block.text).diagnostics {
            offered.extend(one.fixes.iter().map(|fix| (one.code(), fix.safe)));
        }
    }
    let mut wrong = Vec::new();
    for rule in Kind::RULES {
        let word = if offered.contains(&(rule.code, true)) {
            "safe"
        } else if offered.contains(&(rule.code, false)) {
            "unsafe"
        } else {
            "none"
        };
        if word != rule.fix() {
            wrong.push(format!(
                "{}: the page says {}, the blocks show {word}",
                rule.code,
                rule.fix()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn half_of_the_rules_can_be_mended() {
    let mendable = Kind::RULES.iter().filter(|rule| rule.fix() != "none");
    let (some, all) = (mendable.count(), Kind::RULES.len());
    assert!(all >= 60, "{all} rules");
    assert!(2 * some >= all, "{some} of {all} rules have a fix");
}

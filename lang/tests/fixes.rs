#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads its own files"
)]
//! What every offered change does, tried on every block of the Markdown tests: the finding is gone,
//! the text can be read as well as before, and a safe one adds no error. Each page says whether
//! there is a change, and the blocks show it.

#[path = "support/blocks.rs"]
mod blocks;
#[path = "support/library.rs"]
mod library;

use std::collections::BTreeSet;

use tau_lang::diagnostic::{Diagnostic, Family, Fix, Kind, Severity};
use tau_lang::library::Library;
use tau_lang::mend::{apply, mend};
use tau_lang::source::SourceMap;

use self::blocks::{Block, check_text};

/// The blocks of the Markdown tests without what they announce.
fn blocks() -> Vec<Block> {
    let mut blocks = blocks::blocks();
    for block in &mut blocks {
        block.text = block.text.lines().map(without_announcement).collect();
    }
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

    /// What is found in the block when it has this text.
    fn check(&self, block: &Block, text: &str) -> Vec<Diagnostic> {
        let mut sources = self.sources.clone();
        let files = &block.files;
        check_text(block.name, text, files, &self.library, &mut sources).diagnostics
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
    let after = lab.check(block, &text);
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
        let before = lab.check(&block, &block.text);
        for one in &before {
            for fix in &one.fixes {
                if let Some(why) = fault(&lab, &block, &before, one, fix) {
                    let (code, title) = (one.code(), &fix.title);
                    faults.push(format!("{}: [{code}] `{title}` {why}", block.place));
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
        let check = |text: &str| lab.check(&block, text);
        let mended = mend(&block.text, |_, fix| fix.safe, check);
        let (before, after) = (check(&block.text), check(&mended.text));
        assert!(
            illegible(&after) <= illegible(&before),
            "{}:\n{}",
            block.place,
            mended.text
        );
        let left = count(&after, |one| one.fixes.iter().any(|fix| fix.safe));
        assert_eq!(left, 0, "{}:\n{}", block.place, mended.text);
    }
}

#[test]
fn pages_promise_the_changes_that_there_are() {
    let lab = Lab::new();
    let mut offered: BTreeSet<(&str, bool)> = BTreeSet::new();
    for block in blocks() {
        for one in lab.check(&block, &block.text) {
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

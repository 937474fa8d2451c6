//! A journal that ends after any of its records, as a kill right then would have left it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::reference::{Reference, commands, ending, finished, records, started};

/// A run that has ended, and its state to begin from again and again.
struct Ended {
    reference: Reference,
    report: Value,
    saved: PathBuf,
    lines: Vec<String>,
    branches: String,
}

impl Ended {
    fn new() -> Ended {
        let reference = Reference::new();
        let report = reference.finish();
        let saved = reference.sandbox.outside().join("saved");
        copy(&reference.sandbox.state(), &saved);
        let text = fs::read_to_string(reference.journal()).unwrap();
        Ended {
            lines: text.split_inclusive('\n').map(str::to_owned).collect(),
            branches: reference.branches(),
            reference,
            report,
            saved,
        }
    }

    /// Brings back what was there when the run had ended.
    fn restore(&self) {
        let state = self.reference.sandbox.state();
        fs::remove_dir_all(&state).unwrap();
        copy(&self.saved, &state);
    }

    /// The number of the record that says that the commit was made.
    fn committed(&self) -> usize {
        let all = records(&self.reference.journal());
        let made = |record: &Value| record["entry"]["commit"].is_string();
        all.iter().position(made).unwrap()
    }

    fn delete_branch(&self) {
        let branch = self.report["branch"].as_str().unwrap();
        self.reference.sandbox.git(&["branch", "-D", "-q", branch]);
    }

    /// Cuts the journal to `kept` records and `torn` bytes of the next, goes on, and compares.
    fn cut_and_resume(&self, kept: usize, torn: usize) {
        let rest = self.lines.get(kept).map_or("", |line| &line[..torn]);
        let journal = self.reference.journal();
        fs::write(&journal, self.lines[..kept].concat() + rest).unwrap();
        let before = self.reference.starts();

        let at = format!("cut behind record {kept} and {torn} bytes");
        let report = self.reference.resume();
        assert_eq!(ending(&report), ending(&self.report), "{at}");
        assert_eq!(self.reference.branches(), self.branches, "{at}");

        let all = records(&journal);
        let before_cut = finished(&all[..kept]);
        let begun = started(&all[kept..]);
        for step in &begun {
            assert!(!before_cut.contains(step), "{at}: `{step}` was done again");
        }
        let mut expected = before;
        for (command, times) in commands(&begun) {
            *expected.entry(command).or_default() += times;
        }
        assert_eq!(self.reference.starts(), expected, "{at}");
    }
}

/// Copies a folder with modes and links.
fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("-a").args([from, to]).status();
    assert!(done.unwrap().success());
}

#[test]
fn a_cut_behind_any_record_ends_the_same() {
    let ended = Ended::new();
    let committed = ended.committed();
    for kept in 1..=ended.lines.len() {
        ended.restore();
        if kept <= committed {
            ended.delete_branch();
        }
        ended.cut_and_resume(kept, 0);
    }
}

#[test]
fn a_cut_behind_the_branch_was_made_adopts_it() {
    let ended = Ended::new();
    for kept in ended.committed() - 2..=ended.committed() {
        ended.restore();
        ended.cut_and_resume(kept, 0);
    }
}

#[test]
fn a_cut_inside_a_record_drops_that_record_alone() {
    let ended = Ended::new();
    for kept in (1..ended.lines.len()).step_by(7) {
        let length = ended.lines[kept].len();
        for torn in [1, length / 2, length - 1] {
            ended.restore();
            ended.cut_and_resume(kept, torn);
        }
    }
}

#[test]
fn a_succeeded_run_is_not_gone_on_with() {
    let ended = Ended::new();
    let (journal, starts) = (
        fs::read(ended.reference.journal()).unwrap(),
        ended.reference.starts(),
    );
    assert_eq!(ended.reference.resume(), ended.report);
    assert_eq!(fs::read(ended.reference.journal()).unwrap(), journal);
    assert_eq!(ended.reference.starts(), starts);
    let all: BTreeMap<_, _> = commands(&finished(&records(&ended.reference.journal())));
    // Its first attempt failed.
    assert_eq!(starts["flaky"], all["flaky"] + 1);
    assert_eq!(starts["check"], all["check"]);
}

#[test]
fn what_lies_in_its_folders_is_no_ones_when_only_the_first_record_was_written() {
    let ended = Ended::new();
    ended.delete_branch();
    // Its owner was killed in the midst of a checkout, and before it had written what it began.
    let files = ended.reference.run_folder().join("trees/0/files");
    fs::create_dir_all(&files).unwrap();
    fs::write(files.join("half"), "").unwrap();
    ended.cut_and_resume(1, 0);
    assert!(!files.exists());
}

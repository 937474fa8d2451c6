//! Where the bytes that steps write are found again.

use std::fs;

use tau_interpreter::blobs::Blobs;
use tau_interpreter::content::Contents;
use tau_interpreter::inspect::{self, Change};
use tau_interpreter::journal::{Entry, Finished, Record};

use crate::bench::Bench;
use crate::hands::Shared;

/// A mission that appends a text to the file `top` and fails in its first run.
fn mission(text: &str) -> String {
    format!(
        "mission m {{\n  authority {{\n    read  \"**\"\n    write \"**\"\n  }}\n  \
         step put = t.put(\"top\", text: \"{text}\")\n  \
         step flaky = t.flaky(1) after put\n  \
         step get = t.get(\"top\") after flaky\n  output get = get\n}}\n"
    )
}

/// Changes how a record says that a step has ended.
fn rewritten(records: &[Record], change: impl Fn(&mut Finished)) -> Vec<Record> {
    let mut records = records.to_vec();
    for record in &mut records {
        if let Entry::StepFinished(finished) = &mut record.entry {
            let mut new = (**finished).clone();
            change(&mut new);
            *finished = new.into();
        }
    }
    records
}

fn blobs(records: &[Record]) -> usize {
    let finished = records.iter().filter_map(|record| match &record.entry {
        Entry::StepFinished(finished) => Some(finished.contents.blobs().count()),
        _ => None,
    });
    finished.sum()
}

#[test]
fn whoever_goes_on_needs_nothing_but_the_records_and_the_blobs() {
    for (text, in_blobs) in [("few", 0), (&*"many ".repeat(20_000), 1)] {
        let bench = Bench::new();
        let (mission, shared) = (mission(text), Shared::new(0));
        let report = bench.apply(&mission, &shared);
        assert_eq!(report.outcome, "failed", "{report:?}");
        assert_eq!(blobs(&bench.records(&report.run)), in_blobs);
        // What is in a run's folder beside its journal may be half of what it was.
        fs::remove_dir_all(bench.run(&report.run).git()).unwrap();
        let report = bench.resume(&mission, &shared, &report.run);
        assert_eq!(report.outcome, "succeeded", "{report:?}");
        assert_eq!(report.outputs["get"], format!("top{text}"));
        let change = inspect::change(&bench.run(&report.run), &bench.records(&report.run));
        assert_eq!(change.unwrap().paths, ["top"]);
    }
}

#[test]
fn what_an_older_tau_has_stored_as_git_objects_is_found() {
    let bench = Bench::new();
    let report = bench.apply(&mission("x"), &Shared::new(0));
    let (dir, records) = (bench.run(&report.run), bench.records(&report.run));
    let now = inspect::change(&dir, &records).unwrap();
    let old = rewritten(&records, |finished| {
        finished.contents = Contents::default();
    });
    let lost = inspect::change(&dir, &old).unwrap_err();
    assert!(lost.contains("is missing"), "{lost}");
    let git = git2::Repository::open(dir.git()).unwrap();
    git.blob(b"topx").unwrap();
    assert_eq!(inspect::change(&dir, &old).unwrap(), now);
    assert_ne!(now, Change::default());
}

#[test]
fn a_blob_that_is_lost_or_damaged_is_said() {
    let bench = Bench::new();
    let report = bench.apply(&mission(&"many ".repeat(20_000)), &Shared::new(0));
    let (dir, records) = (bench.run(&report.run), bench.records(&report.run));
    let contents = records.iter().find_map(|record| match &record.entry {
        Entry::StepFinished(finished) => finished.contents.blobs().next(),
        _ => None,
    });
    let (file, packed) = Blobs::new(dir.blobs()).found(contents.unwrap()).unwrap();
    assert!(packed);
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let error = inspect::change(&dir, &records).unwrap_err();
    assert!(error.contains("is lost"), "{error}");
    fs::remove_file(&file).unwrap();
    let error = inspect::change(&dir, &records).unwrap_err();
    assert!(error.contains("is lost"), "{error}");
}

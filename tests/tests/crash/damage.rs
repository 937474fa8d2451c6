//! State that somebody else has changed, or that cannot be written.

use std::fs;
use std::path::Path;

use tau_tests::Done;

use crate::reference::Reference;

/// Whatever was tried, this is as it was.
fn untouched(reference: &Reference, journal: &[u8], branches: &str) {
    assert_eq!(fs::read(reference.journal()).unwrap(), journal);
    assert_eq!(reference.branches(), branches);
}

#[test]
fn damage_before_the_end_of_a_journal_is_refused() {
    let reference = Reference::new();
    let report = reference.finish();
    let run = report["run"].as_str().unwrap();
    let whole = fs::read_to_string(reference.journal()).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let middle = lines.len() / 2;
    let line = |at: usize, text: &str| {
        let mut lines = lines.clone();
        lines[at] = text;
        lines.join("\n") + "\n"
    };
    let without = [&lines[..middle], &lines[middle + 1..]].concat();
    let unlike = lines[middle].replace("\"epoch\":1", "\"epoch\":2");
    let cases = [
        ("no record", line(middle, "x"), middle + 1),
        ("an empty line", line(0, ""), 1),
        (
            "half a record",
            line(middle, &lines[middle][..30]),
            middle + 1,
        ),
        ("a changed record", line(middle, &unlike), middle + 1),
        ("a lost record", without.join("\n") + "\n", middle + 1),
        (
            "no record at the end",
            line(lines.len() - 1, "{}"),
            lines.len(),
        ),
    ];
    let branches = reference.branches();
    for (what, damaged, named) in cases {
        fs::write(reference.journal(), &damaged).unwrap();
        for arguments in [["resume", run], ["show", run], ["logs", run]] {
            let done = reference.tau(&arguments).ends(1);
            let told = format!("run {run}: the journal is damaged at line {named} (byte ");
            assert!(done.err.contains(&told), "{what}: {done:?}");
        }
        untouched(&reference, damaged.as_bytes(), &branches);
    }
}

#[test]
fn a_journal_of_a_newer_tau_is_refused() {
    let reference = Reference::new();
    reference.finish();
    let whole = fs::read_to_string(reference.journal()).unwrap();
    let newer = whole.replacen("\"v\":3", "\"v\":4", 1);
    fs::write(reference.journal(), &newer).unwrap();
    let run = reference.run_folder();
    let run = run.file_name().unwrap().to_str().unwrap();
    let done = reference.tau(&["resume", run]).ends(1);
    assert!(done.err.contains("newer tau"), "{done:?}");
    untouched(&reference, newer.as_bytes(), &reference.branches());
}

#[test]
fn a_run_without_a_whole_record_cannot_go_on() {
    let reference = Reference::new();
    let report = reference.finish();
    let run = report["run"].as_str().unwrap();
    let whole = fs::read_to_string(reference.journal()).unwrap();
    for kept in ["", &whole[..20]] {
        fs::write(reference.journal(), kept).unwrap();
        let done = reference.tau(&["resume", run]).ends(1);
        assert!(
            done.err.contains("killed before its first record"),
            "{done:?}"
        );
        assert!(done.err.contains("tau apply"), "{done:?}");
    }
    // It is in nobody's way.
    reference.tau(&["runs", "--all"]).ends(0);
}

/// Blocked, in words about TAU_HOME, and the repository as it was.
#[track_caller]
fn cannot_be_kept(reference: &Reference, done: Done) {
    let done = done.ends(3);
    assert!(done.err.contains("TAU_HOME"), "{done:?}");
    assert_eq!(reference.starts().len(), 0);
    assert_eq!(reference.branches().lines().count(), 1);
}

#[test]
fn a_file_in_the_place_of_the_state_blocks() {
    let reference = Reference::new();
    fs::write(reference.sandbox.state(), "not a folder").unwrap();
    let done = reference.apply(&[]).output().unwrap().into();
    cannot_be_kept(&reference, done);
    fs::remove_file(reference.sandbox.state()).unwrap();
    fs::create_dir(reference.sandbox.state()).unwrap();
    fs::write(reference.sandbox.state().join("runs"), "not a folder").unwrap();
    let done = reference.apply(&[]).output().unwrap().into();
    cannot_be_kept(&reference, done);
}

#[test]
fn a_state_folder_that_cannot_be_written_blocks() {
    let reference = Reference::new();
    // Not even root makes folders here.
    let done = reference
        .apply(&[])
        .env("TAU_HOME", Path::new("/proc/tau"))
        .output()
        .unwrap();
    cannot_be_kept(&reference, done.into());
}

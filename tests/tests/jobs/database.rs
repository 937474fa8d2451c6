//! `tau.db` deleted, damaged, newer, in the way: nothing that is shown or done depends on it.

use std::fs;
use std::path::PathBuf;

use tau_tests::{Done, Sandbox};

use crate::support::{counted, listed, sandbox, status};

/// A home with some runs of several outcomes, and its database.
fn home() -> (Sandbox, Vec<(String, String)>) {
    let sandbox = sandbox();
    for _ in 0..3 {
        sandbox
            .tau(&["apply", "counted.tau", "--yes", "--box", "none"])
            .ends(0);
    }
    sandbox
        .tau(&[
            "apply",
            "counted.tau",
            "--yes",
            "--box",
            "none",
            "--set",
            "a=b",
        ])
        .ends(2);
    sandbox.write(
        "ask.tau",
        "mission ask {\n  step which = human.ask(\"which?\")\n}\n",
    );
    sandbox
        .tau(&["apply", "ask.tau", "--yes", "--box", "none"])
        .ends(6);
    let runs = listed(&sandbox, &[]);
    assert_eq!(runs.len(), 4);
    assert!(db(&sandbox).exists());
    (sandbox, runs)
}

fn db(sandbox: &Sandbox) -> PathBuf {
    sandbox.state().join("tau.db")
}

/// A worker that finds nothing to do.
fn idle(sandbox: &Sandbox) -> Done {
    sandbox.tau(&["worker", "--drain"])
}

#[test]
fn a_deleted_database_is_made_anew_and_that_is_said_once() {
    let (sandbox, runs) = home();
    fs::remove_file(db(&sandbox)).unwrap();
    let done = sandbox.tau(&["runs"]).ends(0);
    assert!(
        done.err.contains("`tau.db` was gone and is made anew"),
        "{}",
        done.err
    );
    assert_eq!(done.err.lines().count(), 1);
    assert_eq!(sandbox.tau(&["runs"]).ends(0).err, "");
    assert_eq!(listed(&sandbox, &[]), runs);
    fs::remove_file(db(&sandbox)).unwrap();
    let done = idle(&sandbox).ends(0);
    assert!(
        done.err.contains("`tau.db` was gone and is made anew"),
        "{}",
        done.err
    );
}

#[test]
fn a_damaged_database_is_made_anew_and_shows_nothing_else_than_the_journals() {
    let (sandbox, runs) = home();
    let whole = fs::read(db(&sandbox)).unwrap();
    let mut damaged: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"this is no database\n".repeat(500),
        whole[..whole.len() / 2].to_vec(),
        vec![0; whole.len()],
    ];
    // The header, but for the version in it, and some of all that is behind it.
    let version = 60..64;
    let header = (0..100).step_by(7).map(|at| at..at + 7);
    let rest = (100..whole.len()).step_by(331).map(|at| at..at + 16);
    let ranges = header.chain(rest);
    for range in ranges.filter(|it| it.end <= version.start || it.start >= version.end) {
        let mut bytes = whole.clone();
        let (start, length) = (range.start, range.len());
        for byte in bytes.iter_mut().skip(start).take(length) {
            *byte ^= 0x05;
        }
        // Much of a page is empty.
        if bytes != whole {
            damaged.push(bytes);
        }
    }
    let mut said = 0;
    for bytes in damaged {
        fs::write(db(&sandbox), bytes).unwrap();
        let done = sandbox.tau(&["runs", "--json", "--limit", "1000"]).ends(0);
        assert!(done.err.lines().count() <= 1, "{}", done.err);
        said += usize::from(done.err.contains("was damaged and is made anew"));
        assert_eq!(listed(&sandbox, &[]), runs);
    }
    idle(&sandbox).ends(0);
    assert!(said > 4, "{said}");
    assert_eq!(counted(&sandbox), 3, "nothing was done again");
}

#[test]
fn a_newer_database_is_refused_and_left_as_it_is() {
    let (sandbox, runs) = home();
    let mut bytes = fs::read(db(&sandbox)).unwrap();
    // The `user_version` in the header of an SQLite file (sqlite.org/fileformat.html).
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(db(&sandbox), &bytes).unwrap();
    let done = sandbox.tau(&["runs"]).ends(0);
    assert!(
        done.err.contains("made by a newer tau (version 99"),
        "{}",
        done.err
    );
    assert_eq!(done.out.lines().count(), runs.len());
    for refused in [&["worker", "--drain"][..], &["up"]] {
        let done = sandbox.tau(refused).ends(3);
        assert!(
            done.err.contains("made by a newer tau (version 99"),
            "{}",
            done.err
        );
        assert!(done.err.contains("remove the file"), "{}", done.err);
    }
    // A run needs no database.
    sandbox
        .tau(&["apply", "counted.tau", "--yes", "--box", "none"])
        .ends(0);
    sandbox.tau(&["show", "@"]).ends(0);
    assert_eq!(fs::read(db(&sandbox)).unwrap(), bytes);
}

#[test]
fn without_a_database_that_can_be_written_runs_are_listed_and_workers_refuse() {
    let (sandbox, runs) = home();
    fs::remove_file(db(&sandbox)).unwrap();
    fs::create_dir(db(&sandbox)).unwrap();
    assert_eq!(listed(&sandbox, &[]), runs);
    assert_eq!(status(&sandbox, 3)("runs.succeeded"), "3");
    let done = idle(&sandbox).ends(3);
    assert!(done.err.contains("`tau.db` cannot be used"), "{}", done.err);
    let run = &runs[0].0;
    sandbox.tau(&["show", &run[..20]]).ends(0);
    let arguments = ["apply", "counted.tau", "--yes", "--box", "none", "--detach"];
    sandbox.tau(&arguments).ends(6);
    sandbox.tau(&["logs", "@", "-f"]).ends(0);
}

#[test]
fn what_a_journal_says_counts_whatever_the_database_has_seen() {
    let (sandbox, runs) = home();
    let (waiting, _) = &runs[0];
    sandbox.tau(&["cancel", waiting]).ends(0);
    assert_eq!(listed(&sandbox, &[])[0].1, "cancelled");
    // One that is damaged after it was listed is no longer listed as if it were not.
    let (damaged, _) = &runs[1];
    let path = sandbox
        .state()
        .join("runs")
        .join(damaged)
        .join("journal.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        text.replacen("\"mission\":\"counted\"", "\"mission\":\"COUNTED\"", 1),
    )
    .unwrap();
    let done = sandbox.tau(&["runs"]).ends(0);
    assert!(done.err.contains(damaged.as_str()), "{}", done.err);
    assert_eq!(done.out.lines().count(), 3);
    // One that is removed is gone.
    fs::remove_dir_all(sandbox.state().join("runs").join(&runs[2].0)).unwrap();
    assert_eq!(listed(&sandbox, &[]).len(), 2);
}

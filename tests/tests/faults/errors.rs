//! System calls that fail: a disk that is broken or full, too many open files, a signal that
//! interrupts.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::fault::{Fault, skip_without_strace};
use crate::mission::Mission;
use crate::sample::{self, Failures, all, seed, tell};

/// Calls and the errors that they can give.
const FAULTS: &[(&str, &[&str])] = &[
    ("write", &["EIO", "ENOSPC", "EINTR"]),
    ("fsync,fdatasync", &["EIO", "ENOSPC"]),
    ("open,openat", &["EMFILE", "ENOSPC", "EIO", "EROFS"]),
    ("read,pread64", &["EIO", "EINTR"]),
    ("mkdir,mkdirat", &["ENOSPC", "EROFS"]),
    ("rename,renameat,renameat2", &["EIO", "ENOSPC"]),
    ("link,linkat", &["EIO", "ENOSPC"]),
    ("unlink,unlinkat", &["EIO"]),
    ("flock", &["EIO"]),
    ("getdents64", &["EIO"]),
    ("ftruncate", &["EIO"]),
    ("pipe2", &["EMFILE"]),
];

/// No disk fails there.
const NO_DISK: &[&str] = &["anon_inode:", "<pipe:", "<socket:", "</dev/null>"];

/// What failed once stops the run in words, or did not matter; and the run can go on. `few` places
/// are tried for each error, or with 0 one for each kind of call.
fn fails_in(life: &str, few: u64) {
    let mut failures = Failures::default();
    let mut places = 0;
    for (calls, errors) in FAULTS {
        let does = "error=EIO";
        let mission = Mission::without_luck();
        let words = mission.lead_to(life);
        let last = Fault { calls, does }.last(&mission, &words);
        let tried = if few == 0 && !all() { 1 } else { errors.len() };
        for error in &errors[..tried] {
            let does = format!("error={error}");
            let fault = Fault { calls, does: &does };
            for place in sample::places(&format!("{life} {calls} {error}"), last, few.max(1)) {
                let told = format!("{fault:?} in `{life}` at {place} (seed {})", seed());
                places += 1;
                failures.of(&told, || fails(fault, life, place, &told));
            }
        }
    }
    tell(&format!("{places} places in `{life}`"));
    failures.none();
}

fn fails(fault: Fault<'_>, life: &str, place: u64, told: &str) {
    let mission = Mission::without_luck();
    let words = mission.lead_to(life);
    // Whoever waits for what was never told waits for ever.
    let done = catch_unwind(AssertUnwindSafe(|| fault.run(&mission, &words, place)));
    let hit = Fault::hit(&mission);
    let told = format!("{told}: {hit:#?}");
    if hit
        .iter()
        .any(|line| NO_DISK.iter().any(|no| line.contains(no)))
    {
        return;
    }
    let done = done.unwrap_or_else(|panic| resume_unwind(panic));
    // 127 is the loader's, before there is any tau.
    let ended =
        [0, 1, 3, 6, 127].contains(&done.code) || done.code == 2 && mission.runs().is_empty();
    assert!(ended, "{told}\n{done:?}");
    assert!(!done.err.contains("panicked"), "{told}\n{done:?}");
    if ![0, 6].contains(&done.code) {
        assert!(
            done.out.len() + done.err.len() > 20,
            "nothing said: {told}\n{done:?}"
        );
    }
    mission.finish(&format!("{told}\n{done:?}"));
    mission.has_ended_like_one_with_luck(&told);
}

#[test]
fn in_a_run_that_begins() {
    if !skip_without_strace("in_a_run_that_begins") {
        fails_in("apply", 1);
    }
}

#[test]
fn in_an_answer() {
    if !skip_without_strace("in_an_answer") {
        fails_in("approve", 0);
    }
}

#[test]
fn in_a_run_that_goes_on() {
    if !skip_without_strace("in_a_run_that_goes_on") {
        fails_in("resume", 0);
    }
}

/// The database decides nothing: what cannot be read or written of it is said, or made anew, and
/// the next look shows every run again.
#[test]
fn in_a_look_at_all_runs() {
    if skip_without_strace("in_a_look_at_all_runs") {
        return;
    }
    let mission = Mission::new();
    mission.finish("undisturbed");
    let words: Vec<String> = ["runs", "--json"].map(str::to_owned).to_vec();
    let run = mission.tau(&["runs", "--json"]).ends(0).json()["runs"][0]["run"].clone();
    let mut failures = Failures::default();
    for (calls, error) in [
        ("pread64,read", "EIO"),
        ("pwrite64,write", "ENOSPC"),
        ("open,openat", "EIO"),
        ("fsync,fdatasync", "EIO"),
        ("unlink,ftruncate", "EIO"),
    ] {
        let does = format!("error={error}");
        let fault = Fault { calls, does: &does };
        // Each time it has to be made anew, which takes the most calls.
        let anew = || {
            for file in ["tau.db", "tau.db-wal", "tau.db-shm"] {
                // There may be no such file.
                let _ = std::fs::remove_file(mission.sandbox.state().join(file));
            }
        };
        anew();
        let last = fault.last(&mission, &words);
        for place in sample::places(&format!("runs {calls}"), last, 3) {
            let told = format!("{fault:?} in `runs` at {place} (seed {})", seed());
            failures.of(&told, || {
                anew();
                let done = fault.run(&mission, &words, place);
                let hit = Fault::hit(&mission);
                assert!(
                    [0, 1, 3, 127].contains(&done.code),
                    "{told}: {hit:#?}\n{done:?}"
                );
                assert!(!done.err.contains("panicked"), "{told}: {hit:#?}\n{done:?}");
                let next = mission.tau(&["runs", "--json"]).ends(0).json();
                assert_eq!(next["runs"][0]["run"], run, "{told}: {hit:#?}");
            });
        }
    }
    failures.none();
}

/// A sync that has failed says that what was written may be lost, and the next one would not say
/// it again. So nothing is written behind it.
#[test]
fn a_failed_sync_of_the_journal_is_the_last_word() {
    if skip_without_strace("a_failed_sync_of_the_journal_is_the_last_word") {
        return;
    }
    for calls in ["fdatasync", "fsync"] {
        let fault = Fault {
            calls,
            does: "error=EIO",
        };
        let mission = Mission::new();
        let last = fault.last(&mission, &mission.start());
        for place in sample::places(&format!("last word {calls}"), last, 2) {
            let mission = Mission::new();
            let done = fault.run(&mission, &mission.start(), place);
            let log = Fault::log(&mission);
            let behind: Vec<&str> = log
                .lines()
                .skip_while(|line| !(line.contains("(INJECTED)") && line.contains(".jsonl>")))
                .skip(1)
                .filter(|line| line.contains("sync(") && line.contains(".jsonl>"))
                .collect();
            assert!(behind.is_empty(), "{calls} {place}: {behind:#?}");
            if Fault::hit(&mission)
                .iter()
                .any(|line| line.contains(".jsonl>"))
            {
                assert!([1, 3].contains(&done.code), "{calls} {place}: {done:?}");
            }
            mission.finish(&format!("{calls} {place}"));
        }
    }
}

//! A journal that was cut at a byte, or one of whose bytes was changed; and writes that put only
//! some of their bytes into a file.

use std::fs;
use std::path::PathBuf;

use tau_tests::Done;

use crate::mission::{Mission, patiently};
use crate::sample::{Numbers, places, seed};

/// A run that has ended, and its journal.
fn ended() -> (Mission, PathBuf, Vec<u8>) {
    let mission = Mission::new();
    mission.finish("undisturbed");
    let journal = mission.runs()[0].join("journal.jsonl");
    let bytes = fs::read(&journal).unwrap();
    (mission, journal, bytes)
}

#[track_caller]
fn no_fault(done: &Done, told: &str) {
    assert_ne!(done.code, 70, "{told}: {done:?}");
    assert!(!done.err.contains("panicked"), "{told}: {done:?}");
}

#[test]
fn a_changed_byte_is_found_and_its_place_is_named() {
    let (mission, journal, bytes) = ended();
    let mut numbers = Numbers::of("flip");
    for place in places("changed byte", bytes.len() as u64, 40) {
        let at = usize::try_from(place - 1).unwrap();
        let mut changed = bytes.clone();
        changed[at] ^= 1 << numbers.below(8);
        fs::write(&journal, &changed).unwrap();
        let told = format!("byte {at} changed (seed {})", seed());
        let done = mission.tau(&["show", "@"]);
        no_fault(&done, &told);
        if at + 1 == bytes.len() {
            // Without the end of its line the last record is one that a crash has torn.
            done.ends(0);
            continue;
        }
        let line = 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
        let damaged = format!("the journal is damaged at line {line} (byte ");
        assert_eq!(done.code, 1, "{told}: {done:?}");
        assert!(done.err.contains(&damaged), "{told}, line {line}: {done:?}");
        let done = mission.tau(&["resume", "@"]);
        assert_ne!(done.code, 0, "{told}: {done:?}");
        no_fault(&done, &told);
        assert_eq!(
            fs::read(&journal).unwrap(),
            changed,
            "{told}: it is as it was"
        );
    }
}

#[test]
fn a_journal_that_was_cut_at_a_byte_is_read_up_to_there() {
    let (mission, journal, bytes) = ended();
    for place in places("cut", bytes.len() as u64, 40) {
        let at = usize::try_from(place - 1).unwrap();
        fs::write(&journal, &bytes[..at]).unwrap();
        let told = format!("cut to {at} bytes (seed {})", seed());
        let whole = bytes[..at].iter().filter(|byte| **byte == b'\n').count();
        let id = journal.parent().unwrap().file_name().unwrap();
        let done = mission.tau(&["show", id.to_str().unwrap(), "--json"]);
        no_fault(&done, &told);
        assert_eq!(done.code, i32::from(whole == 0), "{told}: {done:?}");
        let is_torn = at > 0 && bytes[at - 1] != b'\n';
        let is_told = done.err.contains("a crash has torn the end of the journal");
        assert_eq!(is_told, is_torn, "{told}: {done:?}");
    }
}

/// The first write beyond a size puts some of its bytes into the file and says how many; the next
/// one fails.
#[test]
fn writes_that_are_cut_short_stop_a_run_which_goes_on() {
    let mut stopped = 0;
    // `ulimit` counts 512 bytes.
    for blocks in places("short writes", 60, 5) {
        let mission = Mission::without_luck();
        let tau = mission.command(&[]);
        let mut sh = mission.sandbox.program("sh");
        for (name, value) in tau.get_envs() {
            sh.env(name, value.unwrap_or_default());
        }
        let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        sh.args(["-c", &limit, "sh"])
            .arg(tau.get_program())
            .args(mission.start());
        let done = patiently(sh);
        let told = format!("no file beyond {blocks} blocks (seed {})", seed());
        no_fault(&done, &told);
        assert!([0, 1, 3, 6].contains(&done.code), "{told}: {done:?}");
        stopped += usize::from(done.code != 6);
        mission.finish(&told);
        mission.has_ended_like_one_with_luck(&told);
    }
    assert!(stopped > 0, "no write was cut short");
}

use proptest::prelude::*;
use serde_json::Map;

use super::*;
use crate::home::Home;

fn ended() -> Entry {
    Entry::Ended {
        outcome: Outcome::Failed,
        reason: Some("because".to_owned()),
        blocked: None,
        outputs: Map::new(),
    }
}

fn started(step: &str) -> Entry {
    Entry::StepStarted {
        step: step.to_owned(),
        action: "fs.read".to_owned(),
        attempt: 1,
    }
}

/// A journal of four records, as bytes.
fn journal() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let run = Home::new(dir.path()).create_run("r1").unwrap();
    let (store, loaded) = FileStore::open(&run).unwrap();
    let (journal, writer) = Journal::start(Box::new(store), 1, &loaded, || "t".to_owned());
    journal.note(started("a"));
    journal.write_blocking(started("b")).unwrap();
    journal.note(started("c"));
    journal.write_blocking(ended()).unwrap();
    drop(journal);
    writer.join().unwrap();
    std::fs::read(run.journal()).unwrap()
}

#[test]
fn what_is_written_is_read_back() {
    let loaded = chain::check(&journal()).unwrap();
    assert_eq!(loaded.records.len(), 4);
    assert_eq!(loaded.records[3].entry, ended());
    assert_eq!(loaded.torn, 0);
    assert_eq!(
        loaded.records.iter().map(|r| r.seq).collect::<Vec<_>>(),
        [0, 1, 2, 3]
    );
}

#[test]
fn a_cut_at_any_byte_loses_the_last_record_alone() {
    let bytes = journal();
    for end in 0..=bytes.len() {
        let loaded = chain::check(&bytes[..end]).unwrap();
        let whole = bytes[..end].iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(loaded.records.len(), whole, "cut at {end}");
        assert_eq!(loaded.length + loaded.torn, end as u64);
    }
}

#[test]
fn a_torn_journal_is_cut_and_gone_on_with() {
    let bytes = journal();
    let dir = tempfile::tempdir().unwrap();
    let run = Home::new(dir.path()).create_run("r1").unwrap();
    std::fs::write(run.journal(), &bytes[..bytes.len() - 5]).unwrap();
    let (store, loaded) = FileStore::open(&run).unwrap();
    assert_eq!(loaded.records.len(), 3);
    assert!(loaded.torn > 0);
    assert_eq!(store.epoch(), 2);
    let (journal, writer) = Journal::start(Box::new(store), 2, &loaded, || "t".to_owned());
    journal.write_blocking(ended()).unwrap();
    drop(journal);
    writer.join().unwrap();
    let loaded = read(&run.journal()).unwrap();
    assert_eq!(loaded.records.len(), 4);
    assert_eq!(loaded.records[3].epoch, 2);
}

#[test]
fn a_second_owner_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let run = Home::new(dir.path()).create_run("r1").unwrap();
    let (store, _) = FileStore::open(&run).unwrap();
    assert!(FileStore::is_owned(&run));
    assert!(matches!(FileStore::open(&run), Err(OpenError::Busy)));
    drop(store);
    assert!(!FileStore::is_owned(&run));
}

#[test]
fn a_journal_of_a_newer_tau_is_refused() {
    let line = r#"{"v":2,"seq":0,"something":"new"}"#;
    let damage = chain::check(format!("{line}\n").as_bytes()).unwrap_err();
    assert!(damage.why.contains("newer tau"), "{damage}");
}

proptest! {
    #[test]
    fn a_flipped_byte_is_found_or_cuts_the_end(at in 0usize..2000, flip in 1u8..=255) {
        let mut bytes = journal();
        let at = at % bytes.len();
        let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count();
        bytes[at] ^= flip;
        // Damage is never taken for a record: either its line, or the line behind whose link
        // breaks, is refused, or it is the last one, whose change nothing behind it can show.
        match chain::check(&bytes) {
            Ok(loaded) => prop_assert!(loaded.records.len() >= line && line >= 3 || loaded.torn > 0),
            Err(damage) => prop_assert!(damage.line == line + 1 || damage.line == line + 2),
        }
    }
}

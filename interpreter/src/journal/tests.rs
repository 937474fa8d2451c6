mod crashes;
mod disk;

use serde_json::Map;

use super::*;
use crate::blobs::sha256;
use crate::clock::Clock;
use crate::home::{Home, RunDir};

fn ended() -> Entry {
    Entry::Ended {
        outcome: Outcome::Failed,
        reason: Some("because".to_owned()),
        blocked: None,
        outputs: Map::new(),
        left_out: Vec::new(),
    }
}

fn started(step: &str) -> Entry {
    Entry::StepStarted {
        step: step.to_owned(),
        action: "fs.read".to_owned(),
        attempt: 1,
    }
}

fn open(run: &RunDir) -> Result<Opened, OpenError> {
    Journal::open(run.store().clone(), run.id(), &Clock::system())
}

/// A journal of four records, as bytes.
fn journal() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let run = Home::new(dir.path()).create_run("r1").unwrap();
    let Opened {
        journal, writer, ..
    } = open(&run).unwrap();
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
    let opened = open(&run).unwrap();
    assert_eq!(opened.loaded.records.len(), 3);
    assert!(opened.loaded.torn > 0);
    // The file of the first lease is not here, but its record is.
    assert_eq!(opened.epoch, 2);
    opened.journal.write_blocking(ended()).unwrap();
    drop(opened.journal);
    opened.writer.join().unwrap();
    let loaded = run.load().unwrap();
    assert_eq!(loaded.records.len(), 4);
    assert_eq!(loaded.records[3].epoch, 2);
}

#[test]
fn a_second_owner_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let run = Home::new(dir.path()).create_run("r1").unwrap();
    let Opened {
        journal, writer, ..
    } = open(&run).unwrap();
    assert!(run.load().unwrap().holder.is_some());
    assert!(matches!(open(&run), Err(OpenError::Busy)));
    drop(journal);
    writer.join().unwrap();
    assert_eq!(run.load().unwrap().holder, None);
    assert_eq!(open(&run).unwrap().epoch, 2);
}

/// Makes the holder of the run's lease one that has not been heard of since the machine started.
fn age(run: &RunDir) {
    let names = std::fs::read_dir(run.path()).unwrap();
    let lease = names
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("lease.")
        })
        .unwrap();
    let mut signed: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&lease).unwrap()).unwrap();
    signed["beat"] = "0".repeat(20).into();
    std::fs::write(&lease, signed.to_string()).unwrap();
}

#[test]
fn an_owner_that_was_taken_over_appends_nothing_more() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::new(dir.path());
    let run = home.create_run("r1").unwrap();
    let stopped = open(&run).unwrap();
    stopped.journal.write_blocking(started("a")).unwrap();
    age(&run);
    // Another process has a store of its own.
    let run = Home::new(dir.path()).find("r1").unwrap();
    assert!(run.load().unwrap().holder.unwrap().is_stalled());
    let new = open(&run).unwrap();
    assert!(new.taken_over);
    assert_eq!(new.loaded.records.len(), 1);
    // It goes on before the new owner has written anything, and after.
    let refused = stopped.journal.write_blocking(started("late")).unwrap_err();
    assert!(refused.contains("taken this run over"), "{refused}");
    new.journal.write_blocking(started("b")).unwrap();
    assert!(stopped.journal.write_blocking(started("later")).is_err());
    drop(stopped.journal);
    assert!(stopped.writer.join().is_err());
    new.journal.write_blocking(ended()).unwrap();
    drop(new.journal);
    new.writer.join().unwrap();
    let loaded = run.load().unwrap();
    let entries: Vec<Entry> = loaded.records.into_iter().map(|it| it.entry).collect();
    assert_eq!(entries, [started("a"), started("b"), ended()]);
}

/// The lines of a journal in which an owner wrote `late` at two places after it was taken over.
fn fenced(places: [usize; 2]) -> String {
    let text = String::from_utf8(journal()).unwrap();
    let first: Vec<&str> = text.lines().collect();
    let record = |seq, epoch, entry| Record {
        seq,
        epoch,
        at: String::new(),
        ms: 0,
        synced: 2,
        entry,
    };
    let head = chain::check(format!("{}\n{}\n", first[0], first[1]).as_bytes())
        .unwrap()
        .head;
    let (b, head) = chain::line(&record(2, 2, started("b2")), &head).unwrap();
    let (end, _) = chain::line(&record(3, 2, ended()), &head).unwrap();
    let mut lines = vec![first[0].to_owned(), first[1].to_owned(), b, end];
    for place in places {
        lines.insert(place, first[2].to_owned());
    }
    lines.join("\n") + "\n"
}

#[test]
fn what_an_owner_wrote_after_it_was_taken_over_does_not_count() {
    for places in [[2, 4], [2, 5], [3, 5], [4, 5]] {
        let loaded = chain::check(fenced(places).as_bytes()).unwrap();
        let entries: Vec<Entry> = loaded.records.into_iter().map(|it| it.entry).collect();
        let expected = [started("a"), started("b"), started("b2"), ended()];
        assert_eq!(entries, expected, "{places:?}");
    }
}

#[test]
fn a_torn_batch_is_dropped_and_a_torn_record_that_was_waited_for_is_damage() {
    let bytes = journal();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let starts: Vec<usize> = text
        .split_inclusive('\n')
        .scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some(start)
        })
        .collect();
    let torn = |line: usize| {
        let mut bytes = bytes.clone();
        bytes[starts[line] + 10..starts[line] + 20].fill(0);
        chain::check(&bytes)
    };
    // The third and fourth were written together, and nothing behind them tells of their end.
    assert_eq!(torn(2).unwrap().records.len(), 2);
    assert_eq!(torn(3).unwrap().records.len(), 3);
    assert_eq!(torn(1).unwrap_err().line, 2);
    assert_eq!(torn(0).unwrap_err().line, 1);
}

#[test]
fn a_journal_of_a_newer_tau_is_refused() {
    let newer = VERSION + 1;
    let line = format!(r#"{{"v":{newer},"seq":0,"something":"new"}}"#);
    let damage = chain::check(format!("{line}\n").as_bytes()).unwrap_err();
    assert!(damage.why.contains("newer tau"), "{damage}");
    // Also where the older one has written all but the last record, which is dropped only if it is torn.
    let mut bytes = journal();
    let line = format!(r#"{{"v":{newer},"seq":3,"something":"new"}}"#);
    bytes.extend_from_slice(format!("{line}\n").as_bytes());
    let damage = chain::check(&bytes).unwrap_err();
    assert!(damage.why.contains("newer tau"), "{damage}");
}

/// The same journal as an older tau has written it, whose records had the same form.
fn of_version(version: u32, bytes: &[u8]) -> Vec<u8> {
    let mut prev = "0".repeat(64);
    let mut older = String::new();
    for line in std::str::from_utf8(bytes).unwrap().lines() {
        let (content, _) = line.rsplit_once(",\"sum\"").unwrap();
        let rest = content.split_once("\"prev\":\"").unwrap();
        let (head, tail) = (rest.0, &rest.1[64..]);
        let head = head.replace(&format!("\"v\":{VERSION}"), &format!("\"v\":{version}"));
        let content = format!("{head}\"prev\":\"{prev}{tail}");
        prev = sha256(content.as_bytes());
        older += &format!("{content},\"sum\":\"{}\"}}\n", &prev[..16]);
    }
    older.into_bytes()
}

#[test]
fn a_journal_of_an_older_tau_is_read_and_gone_on_with() {
    let now = journal();
    assert!(of_version(VERSION, &now) == now, "it is only the version");
    let dir = tempfile::tempdir().unwrap();
    let run = Home::new(dir.path()).create_run("r1").unwrap();
    let older = of_version(2, &now);
    std::fs::write(run.journal(), &older).unwrap();
    let opened = open(&run).unwrap();
    assert_eq!(opened.loaded.records.len(), 4);
    opened.journal.write_blocking(started("d")).unwrap();
    drop(opened.journal);
    opened.writer.join().unwrap();
    let bytes = std::fs::read(run.journal()).unwrap();
    assert!(bytes.starts_with(&older));
    assert_eq!(chain::check(&bytes).unwrap().records[4].entry, started("d"));
}

#[test]
fn a_flipped_byte_anywhere_is_found() {
    let bytes = journal();
    for at in 0..bytes.len() {
        let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count();
        for flip in [0x01, 0x20, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= flip;
            match chain::check(&bytes) {
                // Its last line has no end any more, or holds nulls.
                Ok(loaded) => assert!(loaded.torn > 0 && loaded.records.len() == 3, "byte {at}"),
                Err(damage) => assert_eq!(damage.line, line + 1, "byte {at}"),
            }
        }
    }
}

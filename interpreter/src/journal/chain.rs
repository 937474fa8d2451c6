//! The chain of hashes: writing the next link, and checking all of them.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::Holder;
use super::record::{Entry, Record, VERSION};
use crate::blobs::{hex, sha256};

/// The hash before the first record.
pub(super) fn origin() -> String {
    "0".repeat(64)
}

/// The line of a record behind the one whose hash is `prev`.
///
/// # Errors
/// A value in it is nothing that JSON can say.
pub(super) fn line(record: &Record, prev: &str) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Line<'a> {
        v: u32,
        seq: u64,
        epoch: u64,
        prev: &'a str,
        at: &'a str,
        ms: u64,
        synced: u64,
        entry: &'a Entry,
    }
    let mut line = serde_json::to_string(&Line {
        v: VERSION,
        seq: record.seq,
        epoch: record.epoch,
        prev,
        at: &record.at,
        ms: record.ms,
        synced: record.synced,
        entry: &record.entry,
    })?;
    // The sum is about all that stands before it.
    line.pop();
    let sum = sum(line.as_bytes());
    line.push_str(SUM_KEY);
    line.push_str(&sum);
    line.push_str("\"}");
    Ok(line)
}

/// What stands between a line's content and its sum.
const SUM_KEY: &str = ",\"sum\":\"";

/// How many digits of the SHA-256 of its content a line ends with.
const SUM_DIGITS: usize = 16;

fn sum(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    hex(&digest[..SUM_DIGITS / 2])
}

/// The records of a journal and what a crash left behind them.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// All whole records.
    pub records: Vec<Record>,
    /// The hash of the last line.
    pub head: String,
    /// The length in bytes of what holds them.
    pub length: u64,
    /// How many bytes of torn records behind them were dropped.
    pub torn: u64,
    /// Who has the run's lease now.
    pub holder: Option<Holder>,
}

/// A journal that is damaged before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The line, from 1.
    pub line: usize,
    /// The offset of its first byte.
    pub offset: u64,
    /// What is wrong with it, as a clause.
    pub why: String,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the journal is damaged at line {} (byte {}): {}",
            self.line, self.offset, self.why
        )
    }
}

/// Checks every link.
///
/// # Errors
/// The first damage that a crash cannot explain.
pub fn check(bytes: &[u8]) -> Result<Loaded, Damage> {
    let mut chain = Chain {
        records: Vec::new(),
        prevs: Vec::new(),
        head: origin(),
    };
    let (mut length, mut torn) = (0, 0);
    let mut rest = bytes;
    let mut number = 0;
    while !rest.is_empty() {
        number += 1;
        // A record is only there with its newline: a crash may cut it anywhere.
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
            torn = rest.len() as u64;
            break;
        };
        let (line, behind) = (&rest[..end], &rest[end + 1..]);
        match chain.link(line) {
            Ok(()) => {
                length += end as u64 + 1;
                rest = behind;
            }
            // What was not waited for may reach the disk out of order, so a line may be there as
            // long as it was and still be torn: nulls where its bytes should be.
            Err(_) if line.contains(&0) && !chain.is_waited_for(behind) => {
                torn = rest.len() as u64;
                break;
            }
            Err(why) => {
                return Err(Damage {
                    line: number,
                    offset: length,
                    why,
                });
            }
        }
    }
    Ok(Loaded {
        records: chain.records,
        head: chain.head,
        length,
        torn,
        holder: None,
    })
}

/// The links so far.
struct Chain {
    records: Vec<Record>,
    /// For each record the hash of the line before it.
    prevs: Vec<String>,
    head: String,
}

impl Chain {
    /// Takes the next line.
    fn link(&mut self, line: &[u8]) -> Result<(), String> {
        let read = parse(line)?;
        let count = self.records.len() as u64;
        let newest = self.records.last().map_or(0, |record| record.epoch);
        if read.epoch < newest {
            // Whoever wrote it had lost its lease by then, and was told so.
            return Ok(());
        }
        if read.seq < count && read.epoch > newest {
            self.forget_fenced(&read)?;
        } else if read.prev != self.head {
            return Err("it does not continue the record before it".to_owned());
        } else if read.seq != count {
            return Err(format!(
                "it has the number {} in place of {count}",
                read.seq
            ));
        }
        let entry = serde_json::from_str(read.entry.get()).map_err(not_a_record)?;
        self.records.push(Record {
            seq: read.seq,
            epoch: read.epoch,
            at: read.at.to_owned(),
            ms: read.ms,
            synced: read.synced,
            entry,
        });
        self.prevs.push(read.prev.to_owned());
        self.head = sha256(line);
        Ok(())
    }

    /// Takes away the records that an owner has written after it had lost its lease, and before
    /// the first record of the one that took over. Nothing rests on them: that owner was told.
    fn forget_fenced(&mut self, read: &Line<'_>) -> Result<(), String> {
        let from = usize::try_from(read.seq).unwrap_or(usize::MAX);
        if self.prevs.get(from).is_none_or(|prev| prev != read.prev) {
            return Err("it continues none of the records before it".to_owned());
        }
        self.records.truncate(from);
        self.prevs.truncate(from);
        Ok(())
    }

    /// Whether a record behind the next one tells that somebody has waited for that to be durable.
    fn is_waited_for(&self, behind: &[u8]) -> bool {
        let count = self.records.len() as u64;
        behind
            .split(|byte| *byte == b'\n')
            .any(|line| parse(line).is_ok_and(|read| read.synced > count))
    }
}

/// A line that is whole.
#[derive(Deserialize)]
struct Line<'a> {
    v: u32,
    seq: u64,
    epoch: u64,
    prev: &'a str,
    at: &'a str,
    ms: u64,
    /// Since version 2.
    #[serde(default)]
    synced: u64,
    #[serde(borrow)]
    entry: &'a RawValue,
}

fn parse(line: &[u8]) -> Result<Line<'_>, String> {
    let read: Result<Line<'_>, _> = serde_json::from_slice(line);
    let version = match &read {
        Ok(read) => read.v,
        Err(_) => version(line).unwrap_or(VERSION),
    };
    if version > VERSION {
        return Err(format!(
            "it was written by a newer tau (version {version} of the journal; this one reads \
             {VERSION})"
        ));
    }
    let read = read.map_err(not_a_record)?;
    if version > 1 && !has_its_sum(line) {
        return Err("it has been changed since it was written".to_owned());
    }
    Ok(read)
}

/// The version of a line that is nothing else that is known.
fn version(line: &[u8]) -> Option<u32> {
    #[derive(Deserialize)]
    struct Version {
        v: u32,
    }
    let version: Version = serde_json::from_slice(line).ok()?;
    Some(version.v)
}

fn has_its_sum(line: &[u8]) -> bool {
    let end = SUM_KEY.len() + SUM_DIGITS + "\"}".len();
    let Some(at) = line.len().checked_sub(end) else {
        return false;
    };
    let (content, rest) = line.split_at(at);
    let stated = rest.strip_prefix(SUM_KEY.as_bytes());
    stated.and_then(|it| it.strip_suffix(b"\"}")) == Some(sum(content).as_bytes())
}

fn not_a_record(error: serde_json::Error) -> String {
    format!("it is not a record ({error})")
}

//! The chain of hashes: writing the next link, and checking all of them.

use super::record::{Record, VERSION};
use crate::blobs::sha256;

/// The hash before the first record.
pub(super) fn origin() -> String {
    "0".repeat(64)
}

/// The records of a journal and what a crash left behind them.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// All whole records.
    pub records: Vec<Record>,
    /// The hash of the last line.
    pub head: String,
    /// The length in bytes of the whole records.
    pub length: u64,
    /// How many bytes of a torn last record were dropped.
    pub torn: u64,
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
pub(super) fn check(bytes: &[u8]) -> Result<Loaded, Damage> {
    let mut loaded = Loaded {
        records: Vec::new(),
        head: origin(),
        length: 0,
        torn: 0,
    };
    let mut rest = bytes;
    while !rest.is_empty() {
        let damage = |why: String| Damage {
            line: loaded.records.len() + 1,
            offset: loaded.length,
            why,
        };
        // A record is only there with its newline: a crash may cut it anywhere.
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
            loaded.torn = rest.len() as u64;
            break;
        };
        let line = &rest[..end];
        let last = end + 1 == rest.len();
        match record(line, &loaded) {
            Ok(record) => {
                loaded.records.push(record);
                loaded.head = sha256(line);
                loaded.length += end as u64 + 1;
                rest = &rest[end + 1..];
            }
            // A write may reach the disk out of order, so the last line may be whole in length
            // and still be torn: nulls where its bytes should be.
            Err(_) if last && line.contains(&0) => {
                loaded.torn = rest.len() as u64;
                break;
            }
            Err(why) => return Err(damage(why)),
        }
    }
    Ok(loaded)
}

fn record(line: &[u8], before: &Loaded) -> Result<Record, String> {
    #[derive(serde::Deserialize)]
    struct Version {
        v: u32,
    }
    let version: Version =
        serde_json::from_slice(line).map_err(|error| format!("it is not a record ({error})"))?;
    if version.v > VERSION {
        return Err(format!(
            "it was written by a newer tau (version {} of the journal; this one reads {VERSION})",
            version.v
        ));
    }
    let record: Record =
        serde_json::from_slice(line).map_err(|error| format!("it is not a record ({error})"))?;
    if record.prev != before.head {
        return Err("it does not continue the record before it".to_owned());
    }
    if record.seq != before.records.len() as u64 {
        return Err(format!(
            "it has the number {} in place of {}",
            record.seq,
            before.records.len()
        ));
    }
    Ok(record)
}

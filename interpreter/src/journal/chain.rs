//! The chain of hashes: writing the next link, and checking all of them.

use memchr::{memchr, memchr_iter};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Holder;
use super::record::{Entry, Record, VERSION};
use crate::blobs::sha256;

/// The hash before the first record.
pub(super) fn origin() -> String {
    "0".repeat(64)
}

/// The line of a record behind the one whose hash is `prev`, and its own hash.
///
/// # Errors
/// A value in it is nothing that JSON can say.
pub(super) fn line(record: &Record, prev: &str) -> Result<(String, String), serde_json::Error> {
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
    // Its hash is that of all that stands before its sum, which is the hash's beginning.
    line.pop();
    let hash = sha256(line.as_bytes());
    for part in [SUM_KEY, &hash[..SUM_DIGITS], SUM_END] {
        line.push_str(part);
    }
    Ok((line, hash))
}

/// What stands before a line's sum and behind it.
const SUM_KEY: &str = ",\"sum\":\"";
const SUM_END: &str = "\"}";

/// How many digits a sum has.
const SUM_DIGITS: usize = 16;

/// The records of a journal and what a crash left behind them.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// All whole records.
    pub records: Vec<Record>,
    /// The hash of the last record.
    pub head: String,
    /// The length in bytes of what holds them.
    pub length: u64,
    /// Where those begin that may not be on the disk: no record behind them tells that they are.
    pub unsynced: u64,
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
    let (chain, length, torn) = walk(bytes)?;
    let unsynced = chain.unsynced().unwrap_or(length);
    Ok(Loaded {
        unsynced,
        records: chain.records,
        head: chain.head,
        length,
        torn,
        holder: None,
    })
}

/// The hash of the last of the first `count` records, which is what the head was then; `None` when
/// there are fewer.
///
/// # Errors
/// As [`check`].
pub fn head_at(bytes: &[u8], count: u64) -> Result<Option<String>, Damage> {
    let (chain, ..) = walk(bytes)?;
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    Ok(chain.before(count).map(str::to_owned))
}

/// Follows the chain to its end; also gives how many bytes it has, and how many torn ones follow.
fn walk(bytes: &[u8]) -> Result<(Chain, u64, u64), Damage> {
    let shares = read_all(bytes);
    let count = shares.iter().map(Vec::len).sum();
    let mut chain = Chain {
        records: Vec::with_capacity(count),
        links: Vec::with_capacity(count),
        head: origin(),
        fenced: Vec::new(),
    };
    let (mut length, mut torn) = (0, 0);
    let mut lines = shares.into_iter().flatten().enumerate();
    while let Some((index, (line, read))) = lines.next() {
        let end = length + line.len() as u64 + 1;
        // A record is only there with its newline: a crash may cut it anywhere.
        if end > bytes.len() as u64 {
            torn = line.len() as u64;
            break;
        }
        let linked = read.and_then(|read| chain.link(read, length));
        match linked {
            Ok(()) => length = end,
            // What was not waited for may reach the disk out of order, so a line may be there as
            // long as it was and still be torn: nulls where its bytes should be.
            Err(_) if line.contains(&0) && !chain.is_waited_for(lines) => {
                torn = bytes.len() as u64 - length;
                break;
            }
            Err(why) => {
                return Err(Damage {
                    line: index + 1,
                    offset: length,
                    why,
                });
            }
        }
    }
    Ok((chain, length, torn))
}

/// A line, and what it says or what is wrong with it.
type ReadLine<'a> = (&'a [u8], Result<Link, String>);

/// How many bytes are worth a thread of their own.
const SHARE: usize = 1 << 20;

/// Reads every line, without a look at the others; each thread's share apart.
fn read_all(bytes: &[u8]) -> Vec<Vec<ReadLine<'_>>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = bytes.len().div_ceil(threads).max(SHARE);
    let mut shares = Vec::new();
    let mut rest = bytes;
    while rest.len() > share {
        let Some(end) = memchr(b'\n', &rest[share..]) else {
            break;
        };
        let (taken, behind) = rest.split_at(share + end + 1);
        shares.push(taken);
        rest = behind;
    }
    std::thread::scope(|scope| {
        let others: Vec<_> = shares
            .into_iter()
            .map(|share| scope.spawn(move || read_lines(share)))
            .collect();
        let last = read_lines(rest);
        let joined = others.into_iter().map(|other| match other.join() {
            Ok(lines) => lines,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.chain([last]).collect()
    })
}

fn read_lines(mut rest: &[u8]) -> Vec<ReadLine<'_>> {
    // Counted first: to grow the list would copy it several times.
    let mut lines = Vec::with_capacity(memchr_iter(b'\n', rest).count() + 1);
    while !rest.is_empty() {
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        let line = &rest[..end];
        lines.push((line, read(line)));
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    lines
}

/// The links so far.
struct Chain {
    records: Vec<Record>,
    /// For each record.
    links: Vec<Before>,
    head: String,
    /// What was taken out of the chain, and may have been in it for an owner that came later.
    fenced: Vec<Fenced>,
}

/// What is before a record.
struct Before {
    /// The hash of the record before it.
    prev: String,
    /// Where its line begins.
    offset: u64,
}

/// Records that somebody has written who had lost the lease by then.
struct Fenced {
    /// How many records are before them.
    from: usize,
    records: Vec<Record>,
    links: Vec<Before>,
    /// The hash of the last of them.
    head: String,
}

impl Chain {
    /// Takes the next line, which begins at this offset.
    fn link(&mut self, link: Link, offset: u64) -> Result<(), String> {
        let Link { record, prev, hash } = link;
        let count = self.records.len() as u64;
        let newest = self.records.last().map_or(0, |record| record.epoch);
        if record.epoch < newest {
            // Whoever wrote it had lost its lease by then, and was told so.
            return Ok(());
        }
        let is_next = record.seq == count && prev == self.head;
        if !is_next && record.epoch > newest {
            self.forget_fenced(record.seq, &prev)?;
        } else if prev != self.head {
            return Err("it does not continue the record before it".to_owned());
        } else if record.seq != count {
            return Err(format!(
                "it has the number {} in place of {count}",
                record.seq
            ));
        }
        self.records.push(record);
        self.links.push(Before { prev, offset });
        self.head = hash;
        Ok(())
    }

    /// Makes the first record of an owner continue what that owner has read: takes away the
    /// records that another one has written after it had lost its lease, and before this first
    /// record. Nothing rests on them: that owner was told.
    fn forget_fenced(&mut self, from: u64, prev: &str) -> Result<(), String> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        if self.before(from) != Some(prev) {
            // Of several owners that lost their leases, this one has read what another had
            // written, and yet another has written behind the same record after that.
            let is_read = |it: &Fenced| {
                it.before(from) == Some(prev) && self.before(it.from) == it.before(it.from)
            };
            let Some(read) = self.fenced.iter().position(is_read) else {
                return Err("it does not continue the record before it".to_owned());
            };
            let Fenced {
                from,
                records,
                links,
                head,
            } = self.fenced.swap_remove(read);
            self.cut(from);
            self.records.extend(records);
            self.links.extend(links);
            self.head = head;
        }
        self.cut(from);
        Ok(())
    }

    /// The hash of the record before the one of this number.
    fn before(&self, number: usize) -> Option<&str> {
        match self.links.get(number) {
            Some(before) => Some(&before.prev),
            None => (number == self.links.len()).then_some(&self.head),
        }
    }

    /// Puts all records from this number on aside.
    fn cut(&mut self, from: usize) {
        if from >= self.records.len() {
            return;
        }
        let links = self.links.split_off(from);
        let before = links.first().map(|it| it.prev.clone());
        self.fenced.push(Fenced {
            from,
            records: self.records.split_off(from),
            links,
            head: std::mem::replace(&mut self.head, before.unwrap_or_else(origin)),
        });
    }

    /// Where the first of the records begins that no other tells to be durable.
    fn unsynced(&self) -> Option<u64> {
        let synced = self.records.iter().map(|record| record.synced).max()?;
        let synced = usize::try_from(synced).unwrap_or(usize::MAX);
        let links = self.links.get(synced..)?;
        links.iter().map(|before| before.offset).min()
    }

    /// Whether a record behind the next one tells that somebody has waited for that to be durable.
    fn is_waited_for<'a>(&self, behind: impl Iterator<Item = (usize, ReadLine<'a>)>) -> bool {
        let count = self.records.len() as u64;
        let mut read = behind.filter_map(|(_, (_, read))| read.ok());
        read.any(|link| link.record.synced > count)
    }
}

impl Fenced {
    /// The hash of the record before the one of this number.
    fn before(&self, number: usize) -> Option<&str> {
        let at = number.checked_sub(self.from)?;
        match self.links.get(at) {
            Some(before) => Some(&before.prev),
            None => (at == self.links.len()).then_some(&self.head),
        }
    }
}

/// A record with its place in the chain.
struct Link {
    record: Record,
    prev: String,
    hash: String,
}

/// What a record says. Most tell of a step, and looking for the kind first, as for any other,
/// would take twice the time.
fn entry(text: &str) -> Result<Entry, serde_json::Error> {
    #[derive(Deserialize)]
    struct StepStarted {
        step: String,
        action: String,
        attempt: u32,
    }
    let is = |kind: &str| {
        text.strip_prefix(KIND)
            .is_some_and(|it| it.starts_with(kind))
    };
    if is("step_finished\",") {
        return Ok(Entry::StepFinished(serde_json::from_str(text)?));
    }
    if is("step_started\",") {
        let StepStarted {
            step,
            action,
            attempt,
        } = serde_json::from_str(text)?;
        return Ok(Entry::StepStarted {
            step,
            action,
            attempt,
        });
    }
    serde_json::from_str(text)
}

/// How an entry begins.
const KIND: &str = "{\"kind\":\"";

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

fn read(line: &[u8]) -> Result<Link, String> {
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
    let hash = match version {
        // It had no sum.
        1 => sha256(line),
        _ => summed(line).ok_or("it has been changed since it was written")?,
    };
    Ok(Link {
        record: Record {
            seq: read.seq,
            epoch: read.epoch,
            at: read.at.to_owned(),
            ms: read.ms,
            synced: read.synced,
            entry: entry(read.entry.get()).map_err(not_a_record)?,
        },
        prev: read.prev.to_owned(),
        hash,
    })
}

/// The hash of a line's content, if it ends with its sum.
fn summed(line: &[u8]) -> Option<String> {
    let at = line
        .len()
        .checked_sub(SUM_KEY.len() + SUM_DIGITS + SUM_END.len())?;
    let (content, rest) = line.split_at(at);
    let stated = rest.strip_prefix(SUM_KEY.as_bytes())?;
    let stated = stated.strip_suffix(SUM_END.as_bytes())?;
    let hash = sha256(content);
    (hash.as_bytes().get(..SUM_DIGITS) == Some(stated)).then_some(hash)
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

fn not_a_record(error: serde_json::Error) -> String {
    format!("it is not a record ({error})")
}

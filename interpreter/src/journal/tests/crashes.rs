//! What journals promise, on a [disk](super::disk) that fails and loses power. A seed makes the
//! same again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;

use super::disk::{Chance, Simulated};
use super::started;
use crate::journal::chain;
use crate::journal::{AppendError, Entry, Files, Lease, Loaded, OpenError, Record, Store as _};

const RUN: &str = "r1";

fn journal() -> PathBuf {
    Path::new("/runs").join(RUN).join("journal.jsonl")
}

/// A process that runs the run, or thinks so.
struct Owner {
    process: u32,
    store: Arc<Files>,
    lease: Lease,
    /// How many records there are, and how many of them it knows to be durable.
    count: u64,
    synced: u64,
    head: String,
    /// What it has found, and appended behind it.
    all: Vec<Entry>,
    /// Nothing may be appended any more.
    failed: bool,
}

impl Owner {
    fn open(disk: &Simulated, process: u32) -> Result<(Owner, Loaded), OpenError> {
        let store = Arc::new(Files::on(disk.of(process), PathBuf::from("/runs")));
        let (lease, loaded) = store.lease(RUN)?;
        let count = loaded.records.len() as u64;
        let owner = Owner {
            process,
            store,
            lease,
            count,
            synced: count,
            head: loaded.head.clone(),
            all: loaded.records.iter().map(|it| it.entry.clone()).collect(),
            failed: false,
        };
        Ok((owner, loaded))
    }

    fn append(&mut self, entries: Vec<Entry>, durable: bool) -> Result<(), AppendError> {
        let (mut lines, mut head, mut seq) = (Vec::new(), self.head.clone(), self.count);
        for entry in &entries {
            let record = Record {
                seq,
                epoch: self.lease.epoch,
                at: "t".to_owned(),
                ms: 0,
                synced: self.synced,
                entry: entry.clone(),
            };
            let (line, hash) = chain::line(&record, &head).unwrap();
            (head, seq) = (hash, seq + 1);
            lines.push(line);
        }
        let epoch = self.lease.epoch;
        let appended = self.store.append(RUN, epoch, self.count, &lines, durable);
        match appended {
            Ok(()) => {
                (self.count, self.head) = (seq, head);
                self.all.extend(entries);
                if durable {
                    self.synced = seq;
                }
            }
            Err(_) => self.failed = true,
        }
        appended
    }
}

/// What happens to a run, as a seed says, and what may be expected of its journal.
struct World {
    disk: Simulated,
    chance: Chance,
    owner: Option<Owner>,
    /// Those before it that do not know that they are not any more.
    former: Vec<Owner>,
    processes: u32,
    /// What was acknowledged to be durable: nobody may lose it.
    safe: Vec<Entry>,
    /// What somebody has written, each with all that this one had read before: nothing else may
    /// be found, but for the ends of it.
    written: Vec<Vec<Entry>>,
    steps: u32,
}

impl World {
    fn new(seed: u64) -> World {
        World {
            disk: Simulated::new(seed),
            chance: Chance::new(seed ^ 1),
            owner: None,
            former: Vec::new(),
            processes: 0,
            safe: Vec::new(),
            written: vec![Vec::new()],
            steps: 0,
        }
    }

    /// One thing happens.
    fn step(&mut self) {
        let fails = [0, 0, 0, 12, 4][self.chance.below(5)];
        self.disk.fail_once_in(fails);
        match self.chance.below(10) {
            0 => self.killed(),
            1 => self.power_cut(),
            2 => self.taken_over(),
            3 => self.refused(),
            _ if self.owner.is_none() => self.opened(),
            _ => self.appended(),
        }
        self.disk.fail_once_in(0);
        self.former_ones_are_refused();
    }

    fn entries(&mut self) -> Vec<Entry> {
        let count = 1 + self.chance.below(3);
        let entry = |number: usize| {
            self.steps += 1;
            // Some are longer than a block.
            started(&format!("{}{}", self.steps, "x".repeat(number * 40)))
        };
        (0..count).map(entry).collect()
    }

    /// Somebody takes the run, and finds what must be there.
    fn opened(&mut self) {
        self.processes += 1;
        match Owner::open(&self.disk, self.processes) {
            Ok((owner, _)) => {
                let found = &owner.all;
                assert!(
                    found.starts_with(&self.safe),
                    "what was acknowledged is lost"
                );
                let is_known = self.written.iter().any(|all| all.starts_with(found));
                assert!(is_known, "something else is found: {found:?}");
                self.owner = Some(owner);
            }
            // One that is dead may still have been about to begin.
            Err(OpenError::Io(_)) => self.disk.kill(self.processes),
            Err(OpenError::Busy) => panic!("nobody has it"),
            Err(OpenError::Damaged(damage)) => panic!("{damage}"),
        }
    }

    fn appended(&mut self) {
        let durable = self.chance.once_in(2);
        let entries = self.entries();
        let owner = self.owner.as_mut().unwrap();
        let failed_before = owner.failed;
        if !failed_before {
            self.written.push([&owner.all[..], &entries].concat());
        }
        let appended = owner.append(entries, durable);
        assert!(
            !(failed_before && appended.is_ok()),
            "written behind a failure"
        );
        if appended.is_ok() && durable {
            self.safe.clone_from(&owner.all);
        }
    }

    fn killed(&mut self) {
        if let Some(owner) = self.owner.take() {
            self.disk.kill(owner.process);
        }
    }

    fn power_cut(&mut self) {
        self.disk.cut();
        self.owner = None;
        self.former.clear();
    }

    /// Somebody else tries to take it from one that lives.
    fn refused(&mut self) {
        if self.owner.is_none() {
            return;
        }
        self.processes += 1;
        let second = Owner::open(&self.disk, self.processes);
        assert!(second.is_err(), "there are two owners");
        self.disk.kill(self.processes);
    }

    /// The owner is stopped for longer than its lease, and somebody takes the run over.
    fn taken_over(&mut self) {
        let Some(owner) = self.owner.take() else {
            return;
        };
        let lease = Path::new("/runs")
            .join(RUN)
            .join(format!("lease.{}", owner.lease.epoch));
        let Some(signed) = self.disk.bytes(&lease) else {
            panic!("an owner's lease has no name")
        };
        let mut signed: serde_json::Value = serde_json::from_slice(&signed).unwrap();
        signed["beat"] = "0".repeat(20).into();
        self.disk.rewrite(&lease, signed.to_string().as_bytes());
        self.former.push(owner);
        self.opened();
        if self.owner.is_none() {
            // It did not come so far: the one before may still be the owner, or nobody.
            let owner = self.former.pop().unwrap();
            self.disk.kill(owner.process);
        }
    }

    /// Nothing that a former owner writes is acknowledged, nor does it harm anything.
    fn former_ones_are_refused(&mut self) {
        for mut owner in std::mem::take(&mut self.former) {
            let entries = self.entries();
            self.written.push([&owner.all[..], &entries].concat());
            let appended = owner.append(entries, true);
            assert!(appended.is_err(), "two owners are acknowledged");
        }
    }
}

/// How many seeds are tried: `TAU_CRASHES`, or some.
fn cases() -> u32 {
    let given = std::env::var("TAU_CRASHES").ok();
    given.and_then(|cases| cases.parse().ok()).unwrap_or(300)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    /// Whatever happens: nothing that was acknowledged is lost, nothing is found that nobody wrote,
    /// no crash is taken for damage, nothing is written behind a failure, and of two owners only
    /// one is ever acknowledged.
    #[test]
    fn nothing_acknowledged_is_lost(seed in any::<u64>()) {
        let mut world = World::new(seed);
        for _ in 0..60 {
            world.step();
        }
        // At the end the disk is whole, and everything is read back.
        world.killed();
        world.opened();
        prop_assert!(world.owner.is_some());
    }

    /// A program that goes on from what is recorded comes to the same records, however often the
    /// power goes.
    #[test]
    fn who_goes_on_comes_to_the_same_records(seed in any::<u64>()) {
        let disk = Simulated::new(seed);
        let mut chance = Chance::new(seed ^ 2);
        let program: Vec<Entry> = (0..20).map(|step| started(&"s".repeat(step * 7))).collect();
        let mut process = 0;
        loop {
            process += 1;
            disk.fail_once_in([0, 20][chance.below(2)]);
            let (mut owner, loaded) = match Owner::open(&disk, process) {
                Ok(opened) => opened,
                Err(OpenError::Io(_)) if process < 10_000 => {
                    disk.kill(process);
                    continue;
                }
                Err(error) => panic!("{error}"),
            };
            let mut at = loaded.records.len();
            let is_durable = loop {
                let Some(entry) = program.get(at) else { break true };
                // The last one is waited for, as the end of a run is.
                let durable = at + 1 == program.len() || chance.once_in(3);
                if owner.append(vec![entry.clone()], durable).is_err() || chance.once_in(12) {
                    break false;
                }
                at += 1;
            };
            match chance.once_in(2) && !is_durable {
                true => disk.cut(),
                false => disk.kill(process),
            }
            if is_durable {
                break;
            }
        }
        disk.cut();
        disk.fail_once_in(0);
        let loaded = chain::check(&disk.bytes(&journal()).unwrap()).unwrap();
        let found: Vec<Entry> = loaded.records.into_iter().map(|it| it.entry).collect();
        prop_assert_eq!(found, program);
    }
}

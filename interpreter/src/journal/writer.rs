//! The one thread that writes a run's journal. Whoever waits for a record shares its disk wait
//! with everybody else who is waiting.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};
use tracing::Span;

use super::chain;
use super::record::{Entry, Record};
use super::{Lease, Loaded, OpenError, Store};
use crate::clock::Clock;
use crate::observe;
use crate::secrets::Redactor;

/// A handle to write with; cheap to clone.
#[derive(Clone)]
pub struct Journal {
    sender: Sender<Message>,
    redactor: Redactor,
}

struct Message {
    entry: Entry,
    /// Told when the record is durable; a record without one waits for nothing.
    done: Option<Done>,
}

/// Who waits for a record.
enum Done {
    Task(oneshot::Sender<Result<(), String>>),
    Thread(std::sync::mpsc::SyncSender<Result<(), String>>),
}

impl Done {
    fn tell(self, result: Result<(), String>) {
        // Who no longer waits needs no answer.
        match self {
            Done::Task(waiting) => drop(waiting.send(result)),
            Done::Thread(waiting) => drop(waiting.send(result)),
        }
    }
}

/// The thread; joined when the run has ended, so that every record is written.
pub struct Writer {
    thread: JoinHandle<Result<(), String>>,
}

struct Thread {
    store: Arc<dyn Store>,
    run: String,
    lease: Lease,
    seq: u64,
    /// How many records are durable.
    synced: u64,
    head: String,
    began: Instant,
    clock: Clock,
}

/// When several have waited for one write, others are likely to come while the next is made, and
/// would need one of their own. So it is put off until nothing has come for this long;
const GAP: Duration = Duration::from_micros(20);

/// but no longer than this, which is about as long as a fast disk takes;
const GATHERING: Duration = Duration::from_micros(400);

/// and not when so many wait.
const CROWD: usize = 256;

/// A journal that was opened to be written.
pub struct Opened {
    /// To write with.
    pub journal: Journal,
    /// To wait for its end.
    pub writer: Writer,
    /// What was there.
    pub loaded: Loaded,
    /// The number of this owner.
    pub epoch: u64,
    /// The owner before may still be there.
    pub taken_over: bool,
    /// Turns `true` when somebody else has taken the run over.
    pub lost: watch::Receiver<bool>,
}

impl Journal {
    /// Takes the lease of a run and starts the writer of its journal.
    ///
    /// # Errors
    /// Somebody else has the lease, or the journal cannot be read.
    pub fn open(store: Arc<dyn Store>, run: &str, clock: &Clock) -> Result<Opened, OpenError> {
        let (lease, loaded) = store.lease(run)?;
        let (epoch, taken_over, lost) = (lease.epoch, lease.taken_over, lease.lost.clone());
        let (sender, receiver) = channel();
        let count = loaded.records.len() as u64;
        let thread = Thread {
            store,
            run: run.to_owned(),
            lease,
            seq: count,
            synced: count,
            head: loaded.head.clone(),
            began: clock.instant(),
            clock: clock.clone(),
        };
        let named = std::thread::Builder::new().name("journal".to_owned());
        let run = Span::current();
        let thread = named
            .spawn(move || run.in_scope(|| thread.run(&receiver)))
            .map_err(OpenError::Io)?;
        Ok(Opened {
            journal: Journal {
                sender,
                redactor: Redactor::default(),
            },
            writer: Writer { thread },
            loaded,
            epoch,
            taken_over,
            lost,
        })
    }

    /// The same, without the secrets that this redactor knows or comes to know.
    #[must_use]
    pub fn without(self, redactor: Redactor) -> Journal {
        Journal { redactor, ..self }
    }

    fn message(&self, entry: Entry, done: Option<Done>) -> Message {
        // INVARIANT: no record has a secret in its words, whoever wrote it.
        let entry = entry.without_secrets(&self.redactor);
        Message { entry, done }
    }

    /// Writes a record and waits until it is durable.
    ///
    /// # Errors
    /// The journal could not be written; nothing may be done any more.
    pub async fn write(&self, entry: Entry) -> Result<(), String> {
        let (done, wait) = oneshot::channel();
        let message = self.message(entry, Some(Done::Task(done)));
        self.sender.send(message).map_err(|_| closed())?;
        wait.await.map_err(|_| closed())?
    }

    /// As [`Journal::write`], for code that cannot await; the thread waits.
    ///
    /// # Errors
    /// As [`Journal::write`].
    pub fn write_blocking(&self, entry: Entry) -> Result<(), String> {
        let (done, wait) = std::sync::mpsc::sync_channel(1);
        let message = self.message(entry, Some(Done::Thread(done)));
        self.sender.send(message).map_err(|_| closed())?;
        wait.recv().map_err(|_| closed())?
    }

    /// Writes a record that nothing rests on: it becomes durable with the next one that does.
    pub fn note(&self, entry: Entry) {
        // A writer that is gone has told its reason to those who wait.
        let _ = self.sender.send(self.message(entry, None));
    }
}

fn closed() -> String {
    "the journal cannot be written any more".to_owned()
}

impl Writer {
    /// Waits until everything is written. All handles must be gone.
    ///
    /// # Errors
    /// The first write that failed.
    pub fn join(self) -> Result<(), String> {
        match self.thread.join() {
            Ok(result) => result,
            Err(_) => Err(closed()),
        }
    }
}

impl Thread {
    fn run(mut self, receiver: &Receiver<Message>) -> Result<(), String> {
        let mut failed: Option<String> = None;
        let mut waiting = Vec::new();
        // How many waited for the last durable write.
        let mut crowd = 0;
        while let Ok(first) = receiver.recv() {
            let mut entries = Vec::new();
            let mut take = |Message { entry, done }: Message| {
                waiting.extend(done);
                entries.push(entry);
                waiting.len()
            };
            let mut count = take(first);
            count = receiver.try_iter().map(&mut take).last().unwrap_or(count);
            if count > 0 {
                if crowd > 1 {
                    count = self.gather(receiver, count, take);
                }
                crowd = count;
            }
            let result = match &failed {
                Some(why) => Err(why.clone()),
                None => self.write(entries, !waiting.is_empty()),
            };
            if let Err(why) = &result {
                failed = Some(why.clone());
            }
            for done in waiting.drain(..) {
                done.tell(result.clone());
            }
        }
        match failed {
            Some(why) => Err(why),
            None => Ok(()),
        }
    }

    /// Takes what comes in the next moment, too; gives how many wait then, before it `count`.
    fn gather(
        &self,
        receiver: &Receiver<Message>,
        mut count: usize,
        mut take: impl FnMut(Message) -> usize,
    ) -> usize {
        let began = self.clock.instant();
        while count < CROWD && self.clock.since(began) < GATHERING {
            match receiver.recv_timeout(GAP) {
                Ok(message) => count = take(message),
                Err(_) => break,
            }
        }
        count
    }

    fn write(&mut self, entries: Vec<Entry>, durable: bool) -> Result<(), String> {
        let mut lines = Vec::with_capacity(entries.len());
        let (mut seq, mut head) = (self.seq, self.head.clone());
        for entry in entries {
            let record = Record {
                seq,
                epoch: self.lease.epoch,
                at: self.clock.now().to_string(),
                ms: u64::try_from(self.clock.since(self.began).as_millis()).unwrap_or(u64::MAX),
                synced: self.synced,
                entry,
            };
            let (line, hash) = chain::line(&record, &head)
                .map_err(|error| format!("a record cannot be written as JSON: {error}"))?;
            head = hash;
            seq += 1;
            lines.push(line);
        }
        let appending = observe::append(lines.len(), durable).entered();
        self.store
            .append(&self.run, self.lease.epoch, self.seq, &lines, durable)
            .map_err(|error| error.to_string())?;
        drop(appending);
        (self.seq, self.head) = (seq, head);
        if durable {
            self.synced = seq;
        }
        Ok(())
    }
}

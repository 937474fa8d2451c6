//! The one thread that writes a run's journal. Whoever waits for a record shares its disk wait
//! with everybody else who is waiting.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Instant;

use tokio::sync::oneshot;

use super::record::{Entry, Record, VERSION};
use super::{Loaded, Store};
use crate::blobs::sha256;

/// A handle to write with; cheap to clone.
#[derive(Clone)]
pub struct Journal {
    sender: Sender<Message>,
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
    store: Box<dyn Store>,
    epoch: u64,
    seq: u64,
    head: String,
    began: Instant,
    now: fn() -> String,
}

impl Journal {
    /// Starts the writer behind what is there already. `now` gives the wall time as text.
    #[must_use]
    pub fn start(
        store: Box<dyn Store>,
        epoch: u64,
        loaded: &Loaded,
        now: fn() -> String,
    ) -> (Journal, Writer) {
        let (sender, receiver) = channel();
        let thread = Thread {
            store,
            epoch,
            seq: loaded.records.len() as u64,
            head: loaded.head.clone(),
            began: Instant::now(),
            now,
        };
        let thread = std::thread::spawn(move || thread.run(&receiver));
        (Journal { sender }, Writer { thread })
    }

    /// Writes a record and waits until it is durable.
    ///
    /// # Errors
    /// The journal could not be written; nothing may be done any more.
    pub async fn write(&self, entry: Entry) -> Result<(), String> {
        let (done, wait) = oneshot::channel();
        let message = Message {
            entry,
            done: Some(Done::Task(done)),
        };
        self.sender.send(message).map_err(|_| closed())?;
        wait.await.map_err(|_| closed())?
    }

    /// As [`Journal::write`], for code that cannot await; the thread waits.
    ///
    /// # Errors
    /// As [`Journal::write`].
    pub fn write_blocking(&self, entry: Entry) -> Result<(), String> {
        let (done, wait) = std::sync::mpsc::sync_channel(1);
        let message = Message {
            entry,
            done: Some(Done::Thread(done)),
        };
        self.sender.send(message).map_err(|_| closed())?;
        wait.recv().map_err(|_| closed())?
    }

    /// Writes a record that nothing rests on: it becomes durable with the next one that does.
    pub fn note(&self, entry: Entry) {
        // A writer that is gone has told its reason to those who wait.
        let _ = self.sender.send(Message { entry, done: None });
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
        while let Ok(first) = receiver.recv() {
            let mut batch = vec![first];
            batch.extend(receiver.try_iter());
            let result = match &failed {
                Some(why) => Err(why.clone()),
                None => self.write(&batch),
            };
            if let Err(why) = &result {
                failed = Some(why.clone());
            }
            for done in batch.into_iter().filter_map(|message| message.done) {
                done.tell(result.clone());
            }
        }
        match failed {
            Some(why) => Err(why),
            None => Ok(()),
        }
    }

    fn write(&mut self, batch: &[Message]) -> Result<(), String> {
        let sync = batch.iter().any(|message| message.done.is_some());
        let mut lines = Vec::with_capacity(batch.len());
        let (mut seq, mut head) = (self.seq, self.head.clone());
        for message in batch {
            let record = Record {
                v: VERSION,
                seq,
                epoch: self.epoch,
                prev: head,
                at: (self.now)(),
                ms: u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
                entry: message.entry.clone(),
            };
            let line = serde_json::to_string(&record)
                .map_err(|error| format!("a record cannot be written as JSON: {error}"))?;
            head = sha256(line.as_bytes());
            seq += 1;
            lines.push(line);
        }
        self.store.append(self.epoch, self.seq, &lines, sync)?;
        (self.seq, self.head) = (seq, head);
        Ok(())
    }
}

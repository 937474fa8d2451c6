//! The queue of spans, and the thread that sends them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use super::http;
use super::otlp;
use super::settings::Settings;
use super::spans::Ended;

/// How many spans may wait to be sent; what comes on top of it is dropped.
const QUEUE: usize = 4096;

/// How many go with one request, at most.
const BATCH: usize = 512;

/// How long a span waits for others to go with it.
const GATHER: Duration = Duration::from_millis(500);

/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long the program's end waits for what is still to be sent.
const MOMENT: Duration = Duration::from_millis(300);

/// What goes to the thread.
enum Message {
    Span(Box<Ended>),
    /// Send what is there, and end.
    Finish,
}

/// Where spans are put.
pub(super) struct Queue {
    sender: SyncSender<Message>,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    /// Spans that came.
    taken: AtomicU64,
    /// Spans that have arrived.
    sent: AtomicU64,
}

impl Queue {
    /// Puts a span into the queue, if there is room.
    pub(super) fn push(&self, span: Ended) {
        self.counts.taken.fetch_add(1, Ordering::Relaxed);
        // INVARIANT: nobody ever waits here.
        let _ = self.sender.try_send(Message::Span(Box::new(span)));
    }
}

/// The thread that sends.
pub(super) struct Export {
    sender: SyncSender<Message>,
    counts: Arc<Counts>,
    /// What the thread says when it has ended: why not all was sent.
    said: Receiver<Option<String>>,
}

impl Export {
    /// Starts it.
    pub(super) fn start(settings: Settings) -> (Export, Queue) {
        let (sender, receiver) = sync_channel(QUEUE);
        let (say, said) = sync_channel(1);
        let counts = Arc::new(Counts::default());
        let sent = counts.clone();
        let thread = std::thread::Builder::new().name("traces".to_owned());
        // A machine without room for a thread sends nothing.
        let _ = thread.spawn(move || say.send(send_all(&settings, &receiver, &sent)));
        let queue = Queue {
            sender: sender.clone(),
            counts: counts.clone(),
        };
        let export = Export {
            sender,
            counts,
            said,
        };
        (export, queue)
    }

    /// Lets it send what is there, for a moment. Why not all was sent, as a sentence.
    pub(super) fn finish(self) -> Option<String> {
        let until = Instant::now() + MOMENT;
        // A full queue is one that nobody takes from.
        let told = self.sender.try_send(Message::Finish).is_ok();
        let left = until.saturating_duration_since(Instant::now());
        let said = if told {
            self.said.recv_timeout(left).ok()
        } else {
            None
        };
        let taken = self.counts.taken.load(Ordering::Relaxed);
        let lost = taken.saturating_sub(self.counts.sent.load(Ordering::Relaxed));
        if lost == 0 {
            return None;
        }
        let why = said
            .flatten()
            .unwrap_or_else(|| "it takes too long".to_owned());
        Some(format!(
            "{lost} of {taken} spans were not sent to the traces' endpoint: {why}"
        ))
    }
}

/// Sends until it is told to finish; the last error, if there was one.
fn send_all(settings: &Settings, queue: &Receiver<Message>, counts: &Counts) -> Option<String> {
    let mut why = None;
    let mut open = true;
    while open {
        let mut batch = Vec::new();
        open = gather(queue, &mut batch);
        if batch.is_empty() {
            continue;
        }
        let body = otlp::request(settings, &batch).to_string();
        let headers = &settings.headers;
        match http::post(&settings.address, headers, body.as_bytes(), PATIENCE) {
            Ok(()) => {
                let sent = u64::try_from(batch.len()).unwrap_or_default();
                counts.sent.fetch_add(sent, Ordering::Relaxed);
            }
            // They are not sent again: newer ones wait.
            Err(error) => why = Some(error.to_string()),
        }
    }
    why
}

/// Takes what comes together. Whether more may come.
fn gather(queue: &Receiver<Message>, batch: &mut Vec<Ended>) -> bool {
    let Ok(Message::Span(first)) = queue.recv() else {
        return false;
    };
    batch.push(*first);
    let until = Instant::now() + GATHER;
    while batch.len() < BATCH {
        let left = until.saturating_duration_since(Instant::now());
        match queue.recv_timeout(left) {
            Ok(Message::Span(span)) => batch.push(*span),
            Err(RecvTimeoutError::Timeout) => break,
            Ok(Message::Finish) | Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    true
}

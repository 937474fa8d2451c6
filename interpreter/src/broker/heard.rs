//! What a model says, told while it comes.

use std::sync::{Mutex, PoisonError};

use super::Broker;
use crate::action::Reads;
use crate::events::Event;
use crate::secrets::Stream;

/// Listens to an answer.
pub(super) struct Heard<'a> {
    broker: &'a Broker,
    reads: &'a dyn Reads,
    so_far: Mutex<SoFar>,
}

struct SoFar {
    /// How many bytes of the body were read.
    read: usize,
    /// What holds back the beginning of a secret.
    stream: Stream,
    /// Bytes that are no whole letter yet.
    rest: Vec<u8>,
}

impl<'a> Heard<'a> {
    pub(super) fn new(broker: &'a Broker, reads: &'a dyn Reads) -> Heard<'a> {
        let so_far = SoFar {
            read: 0,
            stream: broker.redactor().stream(),
            rest: Vec::new(),
        };
        Heard {
            broker,
            reads,
            so_far: Mutex::new(so_far),
        }
    }

    /// So much of the body has come.
    pub(super) fn come(&self, body: &[u8]) {
        let mut so_far = self.so_far.lock().unwrap_or_else(PoisonError::into_inner);
        let (read, text) = self.reads.hear(&body[so_far.read.min(body.len())..]);
        so_far.read += read;
        if !text.is_empty() {
            let SoFar { stream, rest, .. } = &mut *so_far;
            stream.push(text.as_bytes(), rest);
            self.tell(rest);
        }
    }

    /// Nothing more comes.
    pub(super) fn end(&self) {
        let mut so_far = self.so_far.lock().unwrap_or_else(PoisonError::into_inner);
        let SoFar { stream, rest, .. } = &mut *so_far;
        stream.finish(rest);
        self.tell(rest);
    }

    /// Tells the whole letters, and keeps what is none yet.
    fn tell(&self, rest: &mut Vec<u8>) {
        let whole = match str::from_utf8(rest) {
            Ok(_) => rest.len(),
            Err(error) => error.valid_up_to(),
        };
        let text = String::from_utf8_lossy(&rest[..whole]).into_owned();
        rest.drain(..whole);
        if !text.is_empty() {
            // Who shows the run may be gone.
            let _ = self.broker.world.events.send(Event::Said {
                step: self.broker.step.clone(),
                text,
            });
        }
    }
}

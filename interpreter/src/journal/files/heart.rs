//! The thread that says, by a clock, that the holder of a lease is there.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::watch;

use super::lease::Mark;
use crate::journal::HEARTBEAT;

/// Beats until it is dropped.
pub(super) struct Heart {
    /// Dropped first, which ends the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Heart {
    /// Starts the thread. What it gives with it turns `true` when somebody else has the lease.
    pub(super) fn start(mark: Arc<Mark>) -> (Heart, watch::Receiver<bool>) {
        let (stop, stopped) = channel();
        let (lose, lost) = watch::channel(false);
        let beat = move || {
            // It is not for telling anything: only its end counts.
            while stopped.recv_timeout(HEARTBEAT) == Err(RecvTimeoutError::Timeout) {
                if !mark.is_held() {
                    let _ = lose.send(true);
                    return;
                }
                // One that fails is missed only if the next ones fail too.
                let _ = mark.beat();
            }
        };
        let thread = std::thread::Builder::new().name("heartbeat".to_owned());
        let heart = Heart {
            stop: Some(stop),
            // Without it the lease can be taken over after a while, which is found out.
            thread: thread.spawn(beat).ok(),
        };
        (heart, lost)
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to say.
            let _ = thread.join();
        }
    }
}

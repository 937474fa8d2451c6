//! Work that has a deadline and can be told to end.

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tracing::Instrument as _;

use super::scheduler::Runner;

/// How long work that has a deadline may take behind it to say why it did not keep it: a command
/// that was given the same deadline ends by itself at that moment, and its own words are better.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Until when work may go on.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// When it must have ended.
    pub(super) deadline: Option<Instant>,
    /// How often the run must be told to end before it does.
    pub(super) patience: u32,
}

/// How work ended.
pub(super) enum Cut<T> {
    /// By itself.
    Ended(T),
    /// It did not come to its end.
    Over(Over),
}

/// Why work did not come to its end.
pub(super) enum Over {
    /// A fault in it.
    Panicked(String),
    /// Its time.
    Time,
    /// The run was told to end.
    Cancelled,
}

impl Runner {
    /// Works as long as it may. Work that is cut has let go of everything, also of its processes.
    pub(super) async fn within<T: Send + 'static>(
        &self,
        limits: Limits,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Cut<T> {
        let mut task = tokio::spawn(work.in_current_span());
        let ended = tokio::select! {
            ended = &mut task => ended,
            () = self.world.clock.reached(limits.deadline) => {
                match tokio::time::timeout(LAST_WORDS, &mut task).await {
                    Ok(ended) => ended,
                    Err(_) => {
                        abort(task).await;
                        return Cut::Over(Over::Time);
                    }
                }
            }
            () = self.told_to_end(limits.patience) => {
                abort(task).await;
                return Cut::Over(Over::Cancelled);
            }
        };
        match ended {
            Ok(value) => Cut::Ended(value),
            Err(panic) => Cut::Over(Over::Panicked(panic.to_string())),
        }
    }
}

/// Ends a task and waits until it has let go of everything.
async fn abort<T>(task: JoinHandle<T>) {
    task.abort();
    // It was aborted, so it has no result.
    let _ = task.await;
}

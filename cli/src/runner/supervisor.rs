//! The supervisor of the local runtime: keeps workers, each a process of its own.

use std::os::unix::process::CommandExt as _;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Child;
use tokio::task::JoinSet;

use super::{EndSignals, own};

/// How long a worker that has died is waited with, the first time, and the longest. Each time is
/// twice as long as the one before.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(30);

/// A worker that has lived so long is started again as if it were the first time.
const LIVED: Duration = Duration::from_secs(60);

/// How long workers may take to end.
const GRACE: Duration = Duration::from_secs(10);

/// What a supervisor tells of.
pub(crate) enum News {
    /// A worker was started.
    Started(Pid),
    /// A worker has ended without being told to.
    Died(Option<ExitStatus>, Duration),
    /// A worker cannot be started.
    CannotStart(std::io::Error, Duration),
    /// The workers are told to end.
    Ending,
}

/// One place for a worker.
#[derive(Debug, Default)]
struct Place {
    pid: Option<Pid>,
    started: Option<Instant>,
    /// How often in a row it has died young.
    deaths: u32,
}

/// Keeps so many workers until this process is told to end.
pub(crate) async fn keep(workers: u32, mut signals: EndSignals, mut tell: impl FnMut(News)) {
    let mut places: Vec<Place> = (0..workers).map(|_| Place::default()).collect();
    let mut children: JoinSet<(usize, Option<ExitStatus>)> = JoinSet::new();
    let mut resting: JoinSet<usize> = JoinSet::new();
    for number in 0..places.len() {
        resting.spawn(async move { number });
    }
    loop {
        tokio::select! {
            Some(Ok(number)) = resting.join_next() => {
                let place = &mut places[number];
                match start() {
                    Ok(child) => {
                        place.pid = pid(&child);
                        place.started = Some(Instant::now());
                        place.pid.into_iter().for_each(|pid| tell(News::Started(pid)));
                        children.spawn(waited_for(number, child));
                    }
                    Err(error) => {
                        let pause = place.died();
                        tell(News::CannotStart(error, pause));
                        resting.spawn(rested(number, pause));
                    }
                }
            }
            Some(Ok((number, status))) = children.join_next() => {
                let pause = places[number].died();
                tell(News::Died(status, pause));
                resting.spawn(rested(number, pause));
            }
            () = signals.next() => break,
        }
    }
    tell(News::Ending);
    end(&places, children).await;
}

impl Place {
    /// Notes that the worker is gone. How long its place stays empty.
    fn died(&mut self) -> Duration {
        let lived = self.started.take().map(|at| at.elapsed());
        if lived.is_some_and(|lived| lived >= LIVED) {
            self.deaths = 0;
        }
        self.pid = None;
        let pause = PAUSE * 2_u32.saturating_pow(self.deaths.min(16));
        self.deaths += 1;
        pause.min(LONGEST)
    }
}

fn start() -> std::io::Result<Child> {
    let mut command = own::tau()?;
    let me = std::process::id().to_string();
    command
        .args(["worker", "--jobs", "1", "--supervisor", &me])
        // It is told to end by this process alone.
        .process_group(0);
    tokio::process::Command::from(command).spawn()
}

fn pid(child: &Child) -> Option<Pid> {
    Pid::from_raw(i32::try_from(child.id()?).ok()?)
}

async fn waited_for(number: usize, mut child: Child) -> (usize, Option<ExitStatus>) {
    (number, child.wait().await.ok())
}

async fn rested(number: usize, pause: Duration) -> usize {
    tokio::time::sleep(pause).await;
    number
}

/// Ends all workers: those that do not when they are told to are killed.
async fn end(places: &[Place], mut children: JoinSet<(usize, Option<ExitStatus>)>) {
    for signal in [Signal::TERM, Signal::KILL] {
        for pid in places.iter().filter_map(|place| place.pid) {
            // One that is just gone needs no signal; nobody else has its number until it is
            // waited for.
            let _ = kill_process(pid, signal);
        }
        let all = async { while children.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all).await.is_ok() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_that_dies_young_is_waited_with_longer_each_time() {
        let mut place = Place::default();
        let pauses: Vec<u128> = (0..5).map(|_| place.died().as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1600]);
        for _ in 0..100 {
            assert!(place.died() <= LONGEST);
        }
        place.started = Instant::now().checked_sub(LIVED);
        assert_eq!(place.died(), PAUSE);
    }
}

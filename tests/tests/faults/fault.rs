//! Faults that `strace` makes: a signal before, or an error instead of, the k-th call of a kind.
//!
//! It counts the calls of each thread for itself, and leaves alone what tau starts. So the k-th
//! call is that of the thread which is there first, and `k` goes on until no thread has so many.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tau_tests::{Done, skip_without, tau_program};

use crate::mission::{Mission, patiently};

/// What happens at the k-th call of a kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault<'a> {
    /// The system call, or several with commas.
    pub(crate) calls: &'a str,
    /// `signal=KILL`, `error=EIO`, `retval=1`.
    pub(crate) does: &'a str,
}

impl Fault<'_> {
    /// Runs tau with the fault at the k-th call.
    pub(crate) fn run(self, mission: &Mission, words: &[String], place: u64) -> Done {
        let Fault { calls, does } = self;
        let inject = format!("inject={calls}:{does}:when={place}");
        traced(mission, words, calls, &inject)
    }

    /// The calls that had the fault the last time, as `strace` shows them.
    pub(crate) fn hit(mission: &Mission) -> Vec<String> {
        let log = Fault::log(mission);
        let mut begun = std::collections::BTreeMap::<&str, &str>::new();
        let mut hit = Vec::new();
        for line in log.lines() {
            let thread = line.split(' ').next().unwrap_or_default();
            if line.contains("<unfinished ...>") {
                begun.insert(thread, line);
            } else if line.contains("(INJECTED)") {
                // What it is about stands where one that was cut in two begins.
                let first = begun.get(thread).filter(|_| line.contains(" resumed>"));
                hit.extend(first.map(|first| (*first).to_owned()));
                hit.push(line.to_owned());
            }
        }
        hit
    }

    /// What `strace` has shown the last time.
    pub(crate) fn log(mission: &Mission) -> String {
        fs::read_to_string(log(mission)).unwrap()
    }

    /// How many of the calls the busiest thread of tau makes: the last place that is reached.
    pub(crate) fn last(self, mission: &Mission, words: &[String]) -> u64 {
        let done = traced(mission, words, self.calls, "signal=!all");
        let log = Fault::log(mission);
        assert!([0, 6].contains(&done.code), "{done:?}");
        let mut threads = std::collections::BTreeMap::<&str, u64>::new();
        for line in log.lines() {
            // One that another thread's line has cut in two is counted where it begins.
            if line.contains('(') && !line.contains(" resumed>") {
                *threads.entry(line.split(' ').next().unwrap()).or_default() += 1;
            }
        }
        threads.into_values().max().unwrap_or_default()
    }
}

fn log(mission: &Mission) -> std::path::PathBuf {
    mission.sandbox.outside().join("strace")
}

fn traced(mission: &Mission, words: &[String], calls: &str, what: &str) -> Done {
    let mut strace = mission.command(&[]);
    let environment: Vec<_> = strace
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    strace = mission.sandbox.program("strace");
    strace
        .envs(environment)
        .args(["-f", "-qq", "-y", "-b", "execve", "-o"])
        .arg(log(mission))
        .args(["-e", &format!("trace={calls}"), "-e", what])
        .arg(tau_program())
        .args(words);
    patiently(strace)
}

/// Whether `strace` is missing or may not trace here, which is told.
pub(crate) fn skip_without_strace(test: &str) -> bool {
    if skip_without("strace", test) {
        return true;
    }
    let tried = Command::new("strace")
        .args([
            "-f",
            "--seccomp-bpf",
            "-qq",
            "-b",
            "execve",
            "-o",
            "/dev/null",
        ])
        .args(["-e", "inject=fsync:error=EIO:when=9", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if tried.is_ok_and(|status| status.success()) && Path::new("/proc/self/stat").exists() {
        return false;
    }
    tau_tests::skip(
        test,
        "`strace` with faults and seccomp, which is not allowed here",
    );
    true
}

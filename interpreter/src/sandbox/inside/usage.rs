//! What a command and all that it has started use together, read from `/proc` (proc(5)).

use std::fs;
use std::path::Path;

use rustix::param::{clock_ticks_per_second, page_size};
use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, wait};

use super::super::spec::{Exceeded, Limits};

/// Whose use is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// All processes that are seen: those of a process namespace. Its init is not counted.
    Namespace,
    /// The descendants of this process.
    Descendants,
}

/// What is used now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// Time of processors, in ticks, also of those that have ended.
    ticks: u64,
    /// Memory that belongs to no file, in pages.
    pages: u64,
    threads: u64,
}

impl Usage {
    /// Reads it. What cannot be read has just ended.
    pub(super) fn now(reach: Reach) -> Usage {
        let own = getpid();
        let mut total = Usage {
            // Of children that were waited for, and of theirs.
            ticks: stat(own).map_or(0, |stat| stat.ended_ticks),
            ..Usage::default()
        };
        for pid in all(reach) {
            let Some(stat) = stat(pid) else { continue };
            total.ticks += stat.ticks + stat.ended_ticks;
            total.threads += stat.threads;
            total.pages += own_pages(pid).unwrap_or(0);
        }
        total
    }

    /// The limit that this is above.
    pub(super) fn exceeds(&self, limits: &Limits) -> Option<Exceeded> {
        if self.pages.saturating_mul(page_size() as u64) > limits.memory {
            Some(Exceeded::Memory)
        } else if self.threads > limits.processes {
            Some(Exceeded::Processes)
        } else if self.ticks / clock_ticks_per_second().max(1) >= limits.cpu_seconds {
            Some(Exceeded::Cpu)
        } else {
            None
        }
    }
}

fn all(reach: Reach) -> Vec<Pid> {
    let mut found = Vec::new();
    match reach {
        Reach::Namespace => {
            let Ok(entries) = fs::read_dir("/proc") else {
                return found;
            };
            let number = |entry: fs::DirEntry| entry.file_name().to_str()?.parse().ok();
            let numbers = entries.flatten().filter_map(number);
            found.extend(numbers.filter_map(Pid::from_raw));
            found.retain(|pid| *pid != getpid());
        }
        Reach::Descendants => {
            let mut next = vec![getpid()];
            while let Some(pid) = next.pop() {
                let inner = children(pid);
                next.extend(&inner);
                found.extend(inner);
            }
        }
    }
    found
}

/// The children of all threads of a process.
fn children(pid: Pid) -> Vec<Pid> {
    let mut found = Vec::new();
    let Ok(threads) = fs::read_dir(Path::new("/proc").join(pid.to_string()).join("task")) else {
        return found;
    };
    for thread in threads.flatten() {
        let text = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        let numbers = text.split_whitespace().filter_map(|word| word.parse().ok());
        found.extend(numbers.filter_map(Pid::from_raw));
    }
    found
}

/// Kills all descendants of this process, of which it is the reaper, until none is left.
pub(super) fn end_descendants() {
    loop {
        let left = all(Reach::Descendants);
        for pid in &left {
            // It fails for one that has just ended.
            let _ = kill_process(*pid, Signal::KILL);
        }
        if wait(WaitOptions::empty()).is_err() && left.is_empty() {
            return;
        }
        // There may be thousands, and each look at them all takes its time.
        while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
    }
}

struct Stat {
    ticks: u64,
    ended_ticks: u64,
    threads: u64,
}

fn stat(pid: Pid) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    parsed(&text)
}

fn parsed(text: &str) -> Option<Stat> {
    // The second field is the program's name in parentheses and may hold anything.
    let (_, fields) = text.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    // Field 3 of proc(5) is the first here.
    let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    Some(Stat {
        ticks: field(14)? + field(15)?,
        ended_ticks: field(16)? + field(17)?,
        threads: field(20)?,
    })
}

fn own_pages(pid: Pid) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let mut fields = text.split_whitespace().skip(1);
    let resident: u64 = fields.next()?.parse().ok()?;
    let of_files: u64 = fields.next()?.parse().ok()?;
    Some(resident.saturating_sub(of_files))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_s_name_may_hold_anything() {
        let text = "7 (a) S 1 (b) R 1 7 7 0 -1 4194560 1 2 0 0 30 12 5 6 20 0 9 0 100 1 1";
        let stat = parsed(text).unwrap();
        assert_eq!((stat.ticks, stat.ended_ticks, stat.threads), (42, 11, 9));
    }

    #[test]
    fn each_limit_has_its_name() {
        let limits = Limits {
            cpu_seconds: 10,
            memory: 1 << 20,
            processes: 5,
            ..Limits::default()
        };
        let used = |ticks, pages, threads| {
            Usage {
                ticks,
                pages,
                threads,
            }
            .exceeds(&limits)
        };
        let second = clock_ticks_per_second();
        let all = (1 << 20) / page_size() as u64;
        assert_eq!(used(10 * second - 1, all, 5), None);
        assert_eq!(used(10 * second, 0, 0), Some(Exceeded::Cpu));
        assert_eq!(used(0, all + 1, 0), Some(Exceeded::Memory));
        assert_eq!(used(0, 0, 6), Some(Exceeded::Processes));
    }
}

//! Processes that other processes ask for: whether they are there.

use std::fs;

use crate::process::start_time;

/// A process, told from a later one of its number by when it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Present {
    pub(super) pid: i32,
    /// In the kernel's own count.
    pub(super) began: String,
}

impl Present {
    /// This process.
    pub(super) fn here() -> Present {
        let pid = rustix::process::getpid().as_raw_pid();
        Present {
            pid,
            began: start_time(pid).unwrap_or_default(),
        }
    }

    /// Whether it is there and works: one that has been stopped, or that nobody has buried yet,
    /// does not.
    pub(super) fn works(&self) -> bool {
        self.is_there() && !matches!(state(self.pid), Some('T' | 't'))
    }

    /// Whether it is there, and be it stopped.
    pub(super) fn is_there(&self) -> bool {
        let same = start_time(self.pid).is_some_and(|began| began == self.began);
        same && !matches!(state(self.pid), None | Some('X' | 'Z'))
    }
}

/// The state of a process: field 3 of `/proc/PID/stat` (proc(5)).
fn state(pid: i32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    fields.trim_start().chars().next()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn it_is_there_as_long_as_it_can_work() {
        assert!(Present::here().works());
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let present = Present {
            pid,
            began: start_time(pid).unwrap(),
        };
        assert!(present.works());
        let other = Present {
            began: "1".to_owned(),
            ..present.clone()
        };
        assert!(!other.works());
        child.kill().unwrap();
        // Dead and not buried, once the kernel has come to it.
        while present.works() {
            std::thread::yield_now();
        }
        child.wait().unwrap();
        assert!(!present.works());
    }
}

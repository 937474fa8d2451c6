//! Process groups that outlived the tau that started them.
//!
//! A killed tau cannot kill what it started. So each group is noted in a file while it runs, and
//! whoever resumes the run kills the noted groups that are still there.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process_group};

/// The note of one running group; removed when dropped.
pub(super) struct Note(Option<PathBuf>);

impl Note {
    /// Notes the group of `leader` in `folder`. A group that cannot be noted still runs: the note
    /// only matters after a crash.
    pub(super) fn new(folder: &Path, leader: Option<Pid>) -> Note {
        let Some(leader) = leader.map(Pid::as_raw_pid) else {
            return Note(None);
        };
        let file = folder.join(leader.to_string());
        let began = start_time(leader).unwrap_or_default();
        Note(fs::write(&file, began).is_ok().then_some(file))
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        if let Some(file) = &self.0 {
            // One that stays names a process that is gone, which is found out when it matters.
            let _ = fs::remove_file(file);
        }
    }
}

/// Kills the groups that are noted in `folder` and still there, and gives their leaders' numbers.
/// A number that another process has by now is left alone: its start time tells.
pub fn kill_left_over(folder: &Path) -> Vec<i32> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut killed = Vec::new();
    for entry in entries.flatten() {
        let leader = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<i32>().ok());
        let noted = fs::read_to_string(entry.path()).unwrap_or_default();
        if let Some(leader) = leader.filter(|leader| *leader > 1) {
            let same = start_time(leader).is_some_and(|began| began == noted && !noted.is_empty());
            let group = Pid::from_raw(leader).filter(|_| same);
            if group.is_some_and(|group| kill_process_group(group, Signal::KILL).is_ok()) {
                killed.push(leader);
            }
        }
        let _ = fs::remove_file(entry.path());
    }
    killed
}

/// When a process began, in the kernel's own count: field 22 of `/proc/PID/stat` (proc(5)).
fn start_time(pid: i32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in parentheses and may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(19).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt as _;
    use std::process::{Command, Stdio};

    use super::*;

    fn sleeper() -> std::process::Child {
        let mut command = Command::new("sleep");
        command.arg("1000").process_group(0).stdin(Stdio::null());
        command.spawn().unwrap()
    }

    #[test]
    fn a_noted_group_is_killed_and_another_process_of_its_number_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let (mut noted, mut other) = (sleeper(), sleeper());
        let pid = |child: &std::process::Child| i32::try_from(child.id()).unwrap();
        std::mem::forget(Note::new(dir.path(), Pid::from_raw(pid(&noted))));
        std::fs::write(dir.path().join(pid(&other).to_string()), "1").unwrap();
        assert_eq!(kill_left_over(dir.path()), [pid(&noted)]);
        assert!(!noted.wait().unwrap().success());
        assert!(other.try_wait().unwrap().is_none());
        other.kill().unwrap();
        other.wait().unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_note_goes_with_its_group() {
        let dir = tempfile::tempdir().unwrap();
        let note = Note::new(dir.path(), Pid::from_raw(1));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        drop(note);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}

//! Processes that outlived the tau that started them.
//!
//! A killed tau cannot kill what it started, so whoever resumes the run does. Each process has
//! the run's folder in its environment, which also finds those whose group's leader is gone or
//! that have left their group. Each group is noted in a file while it runs, which also finds
//! those that have emptied their environment.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, getpid, kill_process, kill_process_group};

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

/// The variable that marks all processes of a run with the run's folder.
const MARK: &str = "TAU_RUN";

/// The variable that lets [`kill_left_over`] find a process of the run in `folder`.
#[must_use]
pub fn mark(folder: &Path) -> (&'static str, OsString) {
    (MARK, folder.as_os_str().to_owned())
}

/// How often the killed are looked for, and how long between, until all of them are gone. What
/// is left then is stuck in the kernel.
const LOOKS: u32 = 1000;
const BETWEEN: Duration = Duration::from_millis(1);

/// Kills the groups that are noted in `notes` and still there, and every process that has the
/// [`mark`] of `folder`; waits until they are gone. Gives the numbers of the groups' leaders and
/// of the other processes.
///
/// A number that another process has by now is left alone: its start time tells.
pub fn kill_left_over(notes: &Path, folder: &Path) -> Vec<i32> {
    let mut killed = kill_noted(notes);
    let (name, value) = mark(folder);
    let mark = [name.as_bytes(), b"=", value.as_bytes()].concat();
    // One that starts another while it is killed is found with the next look.
    for _ in 0..LOOKS {
        let found = marked(&mark);
        if found.is_empty() {
            break;
        }
        for process in found {
            // It fails for one that is just gone.
            let _ = kill_process(process, Signal::KILL);
            let number = process.as_raw_pid();
            if !killed.contains(&number) {
                killed.push(number);
            }
        }
        std::thread::sleep(BETWEEN);
    }
    killed
}

fn kill_noted(folder: &Path) -> Vec<i32> {
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

/// The processes, but for this one, that have `mark` in their environment (proc(5)). The
/// environment of one that has ended, or of another user, cannot be read.
fn marked(mark: &[u8]) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let number = |entry: fs::DirEntry| entry.file_name().to_str()?.parse::<i32>().ok();
    let has_mark = |process: &Pid| {
        let file = format!("/proc/{}/environ", process.as_raw_pid());
        let environment = fs::read(file).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|one| one == mark)
    };
    entries
        .flatten()
        .filter_map(number)
        .filter_map(Pid::from_raw)
        .filter(|process| *process != getpid())
        .filter(has_mark)
        .collect()
}

/// When a process began, in the kernel's own count: field 22 of `/proc/PID/stat` (proc(5)).
pub(crate) fn start_time(pid: i32) -> Option<String> {
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
        assert_eq!(kill_left_over(dir.path(), dir.path()), [pid(&noted)]);
        assert!(!noted.wait().unwrap().success());
        assert!(other.try_wait().unwrap().is_none());
        other.kill().unwrap();
        other.wait().unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_marked_process_is_killed_and_one_of_another_run_is_not() {
        let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let start = |folder: &Path| {
            let mut command = Command::new("sleep");
            let (name, value) = mark(folder);
            command.arg("1000").env(name, value).stdin(Stdio::null());
            command.spawn().unwrap()
        };
        let (mut marked, mut other) = (start(dir.path()), start(elsewhere.path()));
        let killed = kill_left_over(&dir.path().join("none"), dir.path());
        assert_eq!(killed, [i32::try_from(marked.id()).unwrap()]);
        assert!(!marked.wait().unwrap().success());
        assert!(other.try_wait().unwrap().is_none());
        other.kill().unwrap();
        other.wait().unwrap();
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

//! Where the state is kept: a disk that is full and becomes free again, one that is read-only for
//! a while, another file system, folders that are not there yet.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tau_tests::skip;

use crate::mission::{Mission, patiently};
use crate::sample::{all, places, seed};

/// A small file system in memory, which is gone when dropped.
struct Small(PathBuf);

impl Small {
    /// `None`, which is told, where nothing can be mounted.
    fn mount(at: &Path, size: &str, test: &str) -> Option<Small> {
        fs::create_dir_all(at).unwrap();
        let options = format!("size={size},mode=700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(at)
            .output();
        if mounted.is_ok_and(|done| done.status.success()) {
            return Some(Small(at.to_owned()));
        }
        skip(test, "to mount a file system, which only root can");
        None
    }

    /// Takes all room but so many KiB.
    fn fill(&self, left: u64) {
        let hog = self.0.join("hog");
        // It ends when the disk is full.
        let _ = Command::new("dd")
            .args(["if=/dev/zero", "bs=4k", &format!("of={}", hog.display())])
            .output();
        let full = fs::metadata(&hog).unwrap().len();
        let file = fs::File::options().write(true).open(&hog).unwrap();
        file.set_len(full.saturating_sub(left * 1024)).unwrap();
    }

    fn free(&self) {
        fs::remove_file(self.0.join("hog")).unwrap();
    }

    fn remount(&self, option: &str) {
        let mut command = Command::new("mount");
        command
            .args(["-o", &format!("remount,{option}")])
            .arg(&self.0);
        assert!(command.status().unwrap().success());
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // One that stays is gone with the machine.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// What was told when a run could not go on.
#[track_caller]
fn is_told(done: &tau_tests::Done, words: &str, told: &str) {
    assert!([1, 3].contains(&done.code), "{told}: {done:?}");
    let said = done.out.clone() + &done.err;
    assert!(said.contains(words), "{told}: {done:?}");
    assert!(!said.contains("panicked"), "{told}: {done:?}");
}

#[test]
fn a_full_disk_stops_a_run_which_goes_on_when_there_is_room() {
    let test = "a_full_disk_stops_a_run_which_goes_on_when_there_is_room";
    let mut stopped = 0;
    // A run takes about 400 KiB.
    for left in places("full disk", if all() { 120 } else { 100 }, 4) {
        let mission = Mission::without_luck();
        let Some(small) = Small::mount(&mission.sandbox.state(), "2m", test) else {
            return;
        };
        let left = left * 4;
        let told = format!("{left} KiB left (seed {})", seed());
        small.fill(left);
        let words = mission.start();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let done = mission.tau(&words);
        if done.code != 6 {
            is_told(&done, "No space left on device", &told);
            stopped += 1;
        }
        small.free();
        mission.finish(&told);
        mission.has_ended_like_one_with_luck(&told);
    }
    assert!(stopped > 0, "the disk was never full");
}

#[test]
fn a_disk_that_is_read_only_for_a_while_stops_a_run() {
    let test = "a_disk_that_is_read_only_for_a_while_stops_a_run";
    for life in ["apply", "approve", "resume"] {
        let mission = Mission::new();
        let Some(small) = Small::mount(&mission.sandbox.state(), "8m", test) else {
            return;
        };
        let words = mission.lead_to(life);
        small.remount("ro");
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let done = mission.tau(&words);
        is_told(&done, "Read-only file system", life);
        // Looking needs no room.
        if life != "apply" {
            let _ = mission.tau(&["show", "@"]).ends(0);
            let _ = mission.tau(&["runs"]).ends(0);
        }
        small.remount("rw");
        mission.finish(life);
        mission.has_ended_well(life, 0);
    }
}

#[test]
fn state_on_another_file_system_than_the_repository() {
    let elsewhere = Path::new("/dev/shm");
    let is_other = |path: &Path| {
        use std::os::unix::fs::MetadataExt as _;
        fs::metadata(path).map(|it| it.dev()).ok()
    };
    let mission = Mission::new();
    let other = is_other(elsewhere);
    if other.is_none() || other == is_other(mission.sandbox.outside()) {
        skip(
            "state_on_another_file_system_than_the_repository",
            "`/dev/shm` to be another file system",
        );
        return;
    }
    let folder = tempfile::tempdir_in(elsewhere).unwrap();
    // Neither is it there yet, nor is the folder that it is in.
    let state = folder.path().join("not/yet/there");
    std::os::unix::fs::symlink(&state, mission.sandbox.state()).unwrap();
    fs::create_dir_all(state.parent().unwrap()).unwrap();
    let run = |words: &[&str]| {
        let mut command = mission.command(words);
        command.env("TAU_HOME", &state);
        patiently(command)
    };
    let words = mission.start();
    run(&words.iter().map(String::as_str).collect::<Vec<_>>()).ends(6);
    mission.finish("another file system");
    mission.has_ended_well("another file system", 0);
}

#[test]
fn state_that_another_user_may_not_read_or_write_is_told() {
    let mission = Mission::new();
    let state = mission.sandbox.state();
    fs::create_dir(&state).unwrap();
    let locked = |mode| {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&state, fs::Permissions::from_mode(mode)).unwrap();
    };
    locked(0o500);
    let is_root = fs::write(state.join("probe"), "").is_ok();
    if is_root {
        let _ = fs::remove_file(state.join("probe"));
        skip(
            "state_that_another_user_may_not_read_or_write_is_told",
            "a user whom permissions concern; this is root",
        );
        return;
    }
    let words = mission.start();
    let done = mission.tau(&words.iter().map(String::as_str).collect::<Vec<_>>());
    is_told(
        &done,
        "Permission denied",
        "a folder that may not be written",
    );
    locked(0o700);
    mission.finish("the folder may be written again");
    mission.has_ended_well("the folder may be written again", 0);
}

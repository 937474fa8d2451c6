//! The power goes: what the disk held at that moment is all there is.
//!
//! The state is on a file system of its own, in a file. While a command runs, tau is stopped and
//! that file is copied: what was not made durable is in the memory of the machine, and not in the
//! copy.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tau_tests::skip;

use crate::held::{Held, send};
use crate::mission::{patiently, records};

/// A file system in a file, mounted at a folder as long as this lives.
struct Disk(PathBuf);

impl Disk {
    fn mount(image: &Path, at: &Path) -> Option<Disk> {
        fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-o", "loop"])
            .arg(image)
            .arg(at)
            .output();
        let mounted = mounted.is_ok_and(|done| done.status.success());
        mounted.then(|| Disk(at.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // One that stays is gone with the machine.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn ok(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|it| it.success())
}

#[test]
fn nothing_that_was_acknowledged_is_missing_after_a_power_cut() {
    let test = "nothing_that_was_acknowledged_is_missing_after_a_power_cut";
    let held = Held::new();
    let image = held.sandbox.outside().join("disk");
    let made = ok(Command::new("truncate").args(["-s", "24M"]).arg(&image))
        && ok(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image));
    let disk = made
        .then(|| Disk::mount(&image, &held.sandbox.state()))
        .flatten();
    let Some(disk) = disk else {
        skip(test, "a file system in a file, which only root can mount");
        return;
    };
    held.close("second");
    let mut tau = held
        .apply("--json-stream")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(tau.stdout.take().unwrap()).lines();
    let mut told: Vec<Value> = Vec::new();
    let mut cut = |gate: &str, step: &str, copy: &str| {
        held.stands_at(gate);
        // Everything up to the step whose command stands there has been told.
        for line in lines.by_ref() {
            let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
            let last = event["event"] == "step_started" && event["step"] == step;
            told.push(event);
            if last {
                break;
            }
        }
        send("STOP", tau.id());
        let copy = held.sandbox.outside().join(copy);
        fs::copy(&image, &copy).unwrap();
        send("CONT", tau.id());
        let ended = told
            .iter()
            .filter(|event| event["event"] == "step_finished");
        let ended: Vec<Value> = ended.map(|event| event["step"].clone()).collect();
        (copy, ended)
    };
    let first = cut("first", "wait", "first-copy");
    held.let_go("first");
    let second = cut("second", "again", "second-copy");
    held.let_go("second");
    // The last line is the result.
    let report: Value = serde_json::from_str(&lines.last().unwrap().unwrap()).unwrap();
    tau.wait().unwrap();
    assert_eq!(report["outcome"], "succeeded");
    let done = held.sandbox.outside().join("last-copy");
    fs::copy(&image, &done).unwrap();
    held.open();
    let branch = report["branch"].as_str().unwrap();
    held.sandbox.git(&["branch", "-D", "--quiet", branch]);
    drop(disk);

    let all = report["steps"].as_array().unwrap().iter();
    let last = (done, all.map(|step| step["name"].clone()).collect());
    let mut counts = Vec::new();
    for (copy, acknowledged) in [first, second, last] {
        let state = copy.with_extension("state");
        let Some(_disk) = Disk::mount(&copy, &state) else {
            panic!("the copy cannot be mounted");
        };
        let runs = fs::read_dir(state.join("runs")).unwrap();
        let run = runs.map(|run| run.unwrap().path()).next().unwrap();
        let kept = records(&run.join("journal.jsonl"));
        let finished = kept
            .iter()
            .filter(|it| it["entry"]["kind"] == "step_finished");
        let finished: Vec<&Value> = finished.map(|it| &it["entry"]["step"]).collect();
        for step in &acknowledged {
            assert!(finished.contains(&step), "{step} is lost: {finished:?}");
        }
        counts.push(acknowledged.len());
        let mut resume = held.command(&["resume", report["run"].as_str().unwrap(), "--json"]);
        resume.env("TAU_HOME", &state);
        let resumed = patiently(resume).ends(0).json();
        assert_eq!(resumed["commit"], report["commit"]);
        // A commit that the journal knows of is not made again, also if its branch was lost.
        if acknowledged.len() < 8 {
            held.sandbox.git(&["branch", "-D", "--quiet", branch]);
        }
    }
    assert_eq!(counts, [2, 4, 8], "what was told before each cut");
}

//! `tau prune`: old runs go, whole; what is needed stays.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tau_tests::Sandbox;

use crate::support::{Worker, detach, kill, listed, open, owner, sandbox};

/// Prints more than fits into a record, and something of its own.
const LOUD: &str = r#"mission loud {
  authority {
    read "**"
    run  "./loud.sh *"
  }
  input word : string
  step say = process.run("./loud.sh {{ word }}")
  output end = say.output
}
"#;

/// Runs of `loud.tau` with these words.
fn loud(sandbox: &Sandbox, words: &[&str]) -> Vec<String> {
    sandbox.write("loud.tau", LOUD);
    sandbox.write_script("loud.sh", "#!/bin/sh\nyes \"$1\" | head -c 200000\n");
    sandbox.commit("loud");
    let run = |word: &&str| {
        let set = format!("word={word}");
        let arguments = [
            "apply", "loud.tau", "--yes", "--box", "none", "--json", "--set", &set,
        ];
        let report = sandbox.tau(&arguments).ends(0).json();
        report["run"].as_str().unwrap().to_owned()
    };
    words.iter().map(run).collect()
}

/// The files below a folder of the state.
fn files(sandbox: &Sandbox, folder: &str) -> BTreeSet<PathBuf> {
    fn walk(folder: &Path, all: &mut BTreeSet<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, all),
                false => drop(all.insert(path)),
            }
        }
    }
    let mut all = BTreeSet::new();
    walk(&sandbox.state().join(folder), &mut all);
    all
}

/// As if all blobs had been stored long ago.
fn age_blobs(sandbox: &Sandbox) {
    for path in files(sandbox, "blobs") {
        let file = fs::File::open(path).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
    }
}

fn logs(sandbox: &Sandbox, run: &str) -> String {
    sandbox.tau(&["logs", run]).ends(0).out
}

#[test]
fn old_runs_go_with_what_only_they_have_stored() {
    let sandbox = sandbox();
    // The middle one shares its output with the first.
    let runs = loud(&sandbox, &["one", "one", "two"]);
    assert_eq!(files(&sandbox, "blobs").len(), 2);
    age_blobs(&sandbox);
    let done = sandbox.tau(&["prune"]).ends(0);
    assert!(done.err.contains("nothing to remove"), "{}", done.err);

    let dry = sandbox
        .tau(&["prune", "--older-than", "0s", "--dry-run", "--json"])
        .ends(0)
        .json();
    assert_eq!(dry["runs"].as_array().unwrap().len(), 3);
    assert_eq!(dry["runs"][0]["run"], runs[0].as_str(), "the oldest first");
    assert_eq!(dry["removed"]["runs"], 0);
    let blocked = sandbox.tau(&["prune", "--older-than", "0s"]).ends(3);
    assert!(
        blocked.err.contains("no terminal to ask on"),
        "{}",
        blocked.err
    );
    assert_eq!(listed(&sandbox, &[]).len(), 3);

    // All that is there, less than the oldest run takes.
    let whole: u64 = dry["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["bytes"].as_u64().unwrap())
        .sum();
    let keep = format!("{whole}B");
    let some = sandbox
        .tau(&["prune", "--keep-bytes", &keep, "--yes", "--json"])
        .ends(0)
        .json();
    assert_eq!(some["removed"]["runs"], 1, "{some}");
    assert_eq!(some["removed"]["blobs"], 0, "another run names it");
    let left: Vec<String> = listed(&sandbox, &[]).into_iter().map(|it| it.0).collect();
    assert_eq!(left, [runs[2].as_str(), runs[1].as_str()]);
    assert!(logs(&sandbox, &runs[1]).contains("one\none\n"));

    sandbox.tau(&["block", &runs[2], "--why", "x"]).ends(1);
    let all = sandbox
        .tau(&["prune", "--older-than", "0s", "--yes"])
        .ends(0);
    assert!(
        all.err.contains("removed 2 runs and 2 blobs"),
        "{}",
        all.err
    );
    assert_eq!(
        files(&sandbox, "blobs").len() + files(&sandbox, "runs").len(),
        0
    );
    sandbox.tau(&["show", &runs[1]]).ends(2);
    sandbox.tau(&["prune", "--older-than", "soon"]).ends(2);
}

#[test]
fn what_has_not_ended_or_is_held_stays() {
    let sandbox = sandbox();
    let mut worker = Worker::start(&sandbox, &["-j", "2"]);
    let stale = detach(&sandbox, "gated.tau");
    worker.until("took");
    let running = detach(&sandbox, "gated.tau");
    worker.until("took");
    let queued = detach(&sandbox, "counted.tau");
    sandbox.write(
        "ask.tau",
        "mission ask {\n  step which = human.ask(\"which?\")\n}\n",
    );
    sandbox
        .tau(&["apply", "ask.tau", "--yes", "--box", "none"])
        .ends(6);
    sandbox.write("no.tau", "mission no {\n  authority {\n    run \"false\"\n  }\n  step no = process.run(\"false\")\n}\n");
    sandbox
        .tau(&["apply", "no.tau", "--yes", "--box", "none"])
        .ends(1);
    sandbox
        .tau(&["block", "@", "--why", "look at it on Monday"])
        .ends(0);
    let kept = listed(&sandbox, &[]);
    sandbox
        .tau(&["apply", "no.tau", "--yes", "--box", "none"])
        .ends(1);
    sandbox
        .tau(&["apply", "no.tau", "--yes", "--box", "none"])
        .ends(1);
    worker.kill();
    kill(owner(&sandbox, &stale), "-KILL");
    sandbox.tau(&["logs", &stale, "-f"]).ends(0);

    let done = sandbox.tau(&[
        "prune",
        "--older-than",
        "0s",
        "--keep-bytes",
        "1B",
        "--yes",
        "--json",
    ]);
    let done = done.ends(0).json();
    assert_eq!(done["removed"]["runs"], 2, "{done}");
    assert!(done["over"].as_u64().unwrap() > 0);
    let ids = |runs: Vec<(String, String)>| runs.into_iter().map(|it| it.0).collect::<Vec<_>>();
    assert_eq!(ids(listed(&sandbox, &[])), ids(kept));
    // All of them can still be gone on with.
    open(&sandbox);
    sandbox.tau(&["logs", &running, "-f"]).ends(0);
    for run in [&running, &queued] {
        sandbox.tau(&["resume", run]).ends(0);
    }
}

#[test]
fn a_run_that_writes_keeps_what_it_has_stored_and_not_named_yet() {
    let sandbox = sandbox();
    let old = loud(&sandbox, &["same"]);
    age_blobs(&sandbox);
    // It stores the same output again, and then waits before anything is written of it.
    sandbox.write(
        "both.tau",
        "mission both {\n  authority {\n    read \"**\"\n    run \"./loud.sh *\", \"./wait.sh\"\n  }\n  \
         step wait = process.run(\"./wait.sh\")\n  step say = process.run(\"./loud.sh same\") after wait\n  \
         step again = process.run(\"./wait.sh\") after say\n}\n",
    );
    let run = detach(&sandbox, "both.tau");
    open(&sandbox);
    while crate::support::kinds(&sandbox, &run, ["step_started"]) != [3] {
        std::thread::yield_now();
    }
    let done = sandbox
        .tau(&["prune", "--older-than", "0s", "--yes", "--json"])
        .ends(0)
        .json();
    assert_eq!(
        (&done["removed"]["runs"], &done["removed"]["blobs"]),
        (&1.into(), &0.into())
    );
    assert_eq!(done["runs"][0]["run"], old[0].as_str());
    open(&sandbox);
    sandbox.tau(&["logs", &run, "-f"]).ends(0);
    assert!(logs(&sandbox, &run).contains("same\nsame\n"));
}

#[test]
fn what_a_crash_left_of_a_run_is_no_run_and_goes_next_time() {
    let sandbox = sandbox();
    let runs = loud(&sandbox, &["one", "two"]);
    let folder = |name: &str| sandbox.state().join("runs").join(name);
    let gone = folder(&format!(".gone-{}", runs[0]));
    fs::rename(folder(&runs[0]), &gone).unwrap();
    fs::remove_file(gone.join("lease.1")).unwrap();
    assert_eq!(listed(&sandbox, &[]).len(), 1);
    sandbox.tau(&["show", &runs[0]]).ends(2);
    sandbox.tau(&["prune"]).ends(0);
    assert!(!gone.exists() && folder(&runs[1]).exists());
}

#[test]
fn a_run_that_was_killed_before_its_first_record_goes_when_it_is_old() {
    let sandbox = sandbox();
    let runs = loud(&sandbox, &["one"]);
    let folder = |name: &str| sandbox.state().join("runs").join(name);
    for name in ["old", "new"] {
        fs::create_dir_all(folder(name).join("logs")).unwrap();
        fs::write(folder(name).join("journal.jsonl"), "").unwrap();
    }
    let old = fs::File::open(folder("old")).unwrap();
    old.set_modified(std::time::UNIX_EPOCH).unwrap();
    sandbox.tau(&["prune"]).ends(0);
    assert!(!folder("old").exists());
    // Somebody may be about to begin it.
    assert!(folder("new").exists() && folder(&runs[0]).exists());
}

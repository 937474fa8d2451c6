//! What others do to the repository, the run's folders and the terminal while a command runs.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::held::{Held, ended, is_alive, send};

/// What `git` says of a commit, a branch or a tree.
fn git(held: &Held, arguments: &[&str]) -> String {
    held.sandbox.git(arguments).trim().to_owned()
}

/// The run's branch, which is not there before it has committed.
fn branch(held: &Held) -> String {
    let run = held.run();
    format!("tau/held-{}", run.file_name().unwrap().to_str().unwrap())
}

/// The commit that a run makes which nobody disturbs.
fn undisturbed() -> Value {
    let held = Held::new();
    held.open();
    let done = crate::mission::patiently(held.apply("--json"));
    done.ends(0).json()["commit"].clone()
}

#[test]
fn a_base_branch_that_moves_changes_nothing() {
    let held = Held::new();
    let (tau, _) = held.start();
    let base = git(&held, &["rev-parse", "HEAD"]);
    held.sandbox.write("other.txt", "other\n");
    let moved = held.sandbox.commit("somebody else's");
    held.let_go("first");
    let report = ended(tau).ends(0).json();
    assert_eq!(report["base"], Value::from(base.as_str()));
    assert_eq!(report["commit"], undisturbed());
    let commit = report["commit"].as_str().unwrap();
    assert_eq!(git(&held, &["rev-parse", &format!("{commit}^")]), base);
    assert_eq!(git(&held, &["rev-parse", "main"]), moved);
}

#[test]
fn a_base_branch_that_is_deleted_changes_nothing() {
    let held = Held::new();
    let (tau, _) = held.start();
    held.sandbox
        .git(&["checkout", "--quiet", "--orphan", "new"]);
    held.sandbox.commit("another beginning");
    held.sandbox.git(&["branch", "-D", "--quiet", "main"]);
    held.let_go("first");
    let report = ended(tau).ends(0).json();
    assert_eq!(report["commit"], undisturbed());
}

#[test]
fn a_branch_that_somebody_else_made_is_not_overwritten() {
    let held = Held::new();
    let (tau, _) = held.start();
    let branch = branch(&held);
    let theirs = git(&held, &["rev-parse", "HEAD"]);
    held.sandbox.git(&["branch", &branch]);
    held.let_go("first");
    let done = ended(tau);
    assert!([1, 3].contains(&done.code), "{done:?}");
    let reason = done.json()["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains(&branch), "{reason}");
    assert_eq!(git(&held, &["rev-parse", &branch]), theirs);

    held.sandbox.git(&["branch", "-D", "--quiet", &branch]);
    let report = held.resume();
    assert_eq!(report["commit"], undisturbed());
    assert_eq!(
        Value::from(git(&held, &["rev-parse", &branch])),
        report["commit"]
    );
}

#[test]
fn a_branch_that_is_deleted_after_its_run_is_not_made_again() {
    let held = Held::new();
    held.open();
    let report = crate::mission::patiently(held.apply("--json"))
        .ends(0)
        .json();
    held.sandbox
        .git(&["branch", "-D", "--quiet", &branch(&held)]);
    assert_eq!(held.resume()["commit"], report["commit"]);
    assert_eq!(git(&held, &["branch", "--list", "tau/*"]), "");
}

/// Takes folders of the run away while its command runs; the run ends as it can, and goes on.
#[track_caller]
fn without(folders: &[&str]) {
    let held = Held::new();
    let (tau, _) = held.start();
    for folder in folders {
        // It may not be there: then it need not be.
        let _ = fs::remove_dir_all(held.run().join(folder));
    }
    held.let_go("first");
    let done = ended(tau);
    assert!([0, 1, 3].contains(&done.code), "{folders:?}: {done:?}");
    assert!(!done.err.contains("panicked"), "{folders:?}: {done:?}");
    let report = held.resume();
    assert_eq!(report["commit"], undisturbed(), "{folders:?}");
    assert_eq!(git(&held, &["status", "--porcelain"]), "");
}

#[test]
fn a_worktree_that_is_deleted_is_made_again() {
    without(&["work"]);
}

#[test]
fn folders_of_a_run_that_are_deleted_are_made_again() {
    without(&["trees", "tmp", "logs", "processes"]);
}

#[test]
fn objects_of_a_run_that_are_deleted_are_made_again() {
    without(&["git"]);
}

#[test]
fn a_worktree_that_somebody_else_writes_to_gives_its_files_to_nobody_else() {
    let held = Held::new();
    let (tau, _) = held.start();
    let work = held.run().join("work");
    // The command may write `first.txt` alone, and whoever writes there is taken for it.
    fs::write(work.join("one.txt"), "somebody else's\n").unwrap();
    held.let_go("first");
    let done = ended(tau).ends(1);
    let reason = done.json()["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("one.txt"), "{reason}");
    assert_eq!(held.resume()["commit"], undisturbed());
}

#[test]
fn a_repository_that_is_moved_is_missed_and_found_again() {
    let held = Held::new();
    let (tau, _) = held.start();
    let here = held.sandbox.path();
    let away = held.sandbox.outside().join("away");
    fs::rename(&here, &away).unwrap();
    held.let_go("first");
    let done = ended(tau);
    assert!([0, 1, 3].contains(&done.code), "{done:?}");
    assert!(!done.err.contains("panicked"), "{done:?}");
    let id = held.run().file_name().unwrap().to_str().unwrap().to_owned();
    let mut resume = held.command(&["resume", &id, "--json"]);
    resume.current_dir(&away);
    let missed = crate::mission::patiently(resume);
    if done.code != 0 {
        assert!([1, 3].contains(&missed.code), "{missed:?}");
        assert!(
            (missed.err + &missed.out).contains("repo"),
            "nothing says what is missing"
        );
    }
    fs::rename(&away, &here).unwrap();
    assert_eq!(held.resume()["commit"], undisturbed());
}

#[test]
fn a_terminal_that_is_closed_ends_the_run_and_it_can_go_on() {
    if tau_tests::skip_without(
        "script",
        "a_terminal_that_is_closed_ends_the_run_and_it_can_go_on",
    ) {
        return;
    }
    let held = Held::new();
    let apply = held.apply("--color=never");
    let words: Vec<String> = std::iter::once(apply.get_program())
        .chain(apply.get_args())
        .map(|word| format!("'{}'", word.to_string_lossy()))
        .collect();
    let mut script = held.sandbox.program("script");
    for (name, value) in apply.get_envs() {
        script.env(name, value.unwrap_or_default());
    }
    let mut script = script
        .args([
            "-q",
            "-e",
            "-c",
            &format!("exec {}", words.join(" ")),
            "/dev/null",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let command = held.stands_at("first");
    let tau = parent(command);
    // Whoever shows the terminal is gone, as with a window that is closed.
    script.kill().unwrap();
    script.wait().unwrap();
    while is_alive(tau) {
        std::thread::yield_now();
    }
    assert!(!is_alive(command), "the command goes on");
    let report = held.tau(&["show", "@", "--json"]).ends(0).json();
    assert_eq!(report["outcome"], "cancelled", "{report:#}");
    held.open();
    assert_eq!(held.resume()["commit"], undisturbed());
}

/// The process that started another.
fn parent(process: u32) -> u32 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_, rest) = stat.rsplit_once(')').unwrap();
    rest.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn streams_that_are_closed_from_the_beginning_change_nothing() {
    let held = Held::new();
    held.open();
    let apply = held.apply("--json");
    let words: Vec<String> = std::iter::once(apply.get_program())
        .chain(apply.get_args())
        .map(|word| format!("'{}'", word.to_string_lossy()))
        .collect();
    let mut sh = held.sandbox.program("sh");
    for (name, value) in apply.get_envs() {
        sh.env(name, value.unwrap_or_default());
    }
    sh.args(["-c", &format!("exec {} <&- >&- 2>&-", words.join(" "))]);
    let status = sh.status().unwrap();
    assert_ne!(status.code(), Some(70));
    let report = held.tau(&["show", "@", "--json"]).ends(0).json();
    assert_eq!(report["outcome"], "succeeded");
    assert_eq!(report["commit"], undisturbed());
}

#[test]
fn signals_while_a_signal_is_obeyed_change_nothing() {
    let held = Held::new();
    let (tau, command) = held.start();
    for signal in ["TERM", "INT", "HUP", "INT", "TERM"] {
        // It may have ended already.
        let _ = Command::new("sh")
            .args(["-c", &format!("kill -{signal} {} 2> /dev/null", tau.id())])
            .status();
    }
    let report = ended(tau).ends(4).json();
    assert_eq!(report["outcome"], "cancelled");
    assert!(!is_alive(command), "the command goes on");
    held.open();
    assert_eq!(held.resume()["commit"], undisturbed());
}

#[test]
fn a_tau_that_is_stopped_for_a_while_goes_on() {
    let held = Held::new();
    let (tau, _) = held.start();
    send("STOP", tau.id());
    held.let_go("first");
    let report = held.tau(&["show", "@", "--json"]).ends(0).json();
    assert_eq!(report["outcome"], "running", "it is there");
    send("CONT", tau.id());
    assert_eq!(ended(tau).ends(0).json()["commit"], undisturbed());
}

/// Git makes a lock for the moment in which a branch is made. One that a killed tau has left is in
/// the way of nobody but its own run.
#[test]
fn a_lock_that_a_killed_tau_has_left_is_taken_away() {
    let held = Held::new();
    held.open();
    let report = crate::mission::patiently(held.apply("--json"))
        .ends(0)
        .json();
    let branch = branch(&held);
    held.sandbox.git(&["branch", "-D", "--quiet", &branch]);
    // As if it had been killed in the midst of that: the commit is intended and not made.
    let journal = held.run().join("journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let intended = lines
        .iter()
        .position(|line| line.contains("\"kind\":\"intent\""));
    fs::write(&journal, lines[..=intended.unwrap()].concat()).unwrap();
    let lock = format!(".git/refs/heads/{branch}.lock");
    held.sandbox.write(&lock, "");

    assert_eq!(held.resume()["commit"], report["commit"]);
    assert!(!held.sandbox.path().join(lock).exists());
}

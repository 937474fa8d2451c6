//! The user's checkout after every outcome: not a byte of it is different.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use std::io::Read as _;
use std::process::{Child, Command, Stdio};

use tau_tests::{Done, MEND, Sandbox, Snapshot, mission, step};

/// A checkout in the middle of somebody's work: staged, unstaged and untracked changes, a stash,
/// a hook, configuration, an ignored file, and an index that was not refreshed.
fn in_use(sandbox: &Sandbox, text: &str) -> Snapshot {
    sandbox.write("notes.txt", "stashed\n");
    sandbox.git(&["stash", "push", "--quiet", "--include-untracked"]);
    sandbox.write("src/staged.txt", "staged\n");
    sandbox.write("src/a.txt", "staged, then edited\n");
    sandbox.git(&["add", "src"]);
    sandbox.write("src/a.txt", "edited and not staged\n");
    sandbox.write("untracked.txt", "untracked\n");
    sandbox.write(".git/info/exclude", "*.log\n");
    sandbox.write("ignored.log", "ignored\n");
    sandbox.git(&["config", "test.key", "value"]);
    sandbox.git(&["tag", "v1"]);
    sandbox.git(&["branch", "other"]);
    sandbox.write_script(
        ".git/hooks/reference-transaction",
        "#!/bin/sh\ntouch hook-ran\nexit 1\n",
    );
    sandbox.write_script(".git/hooks/post-commit", "#!/bin/sh\ntouch hook-ran\n");
    sandbox.write("fix.tau", text);
    sandbox.snapshot()
}

fn apply(sandbox: &Sandbox) -> Done {
    sandbox.tau(&["apply", "fix.tau", "--yes", "--json"])
}

#[test]
fn success() {
    let sandbox = Sandbox::broken();
    let before = in_use(&sandbox, &mission(MEND));
    let result = apply(&sandbox).ends(0).json();
    sandbox.assert_only_branches_added(&before);
    let refs = sandbox.git(&["for-each-ref", "--format=%(refname)", "refs/heads/tau"]);
    assert_eq!(
        refs.trim(),
        format!("refs/heads/{}", result["branch"].as_str().unwrap())
    );
}

#[test]
fn success_of_a_mission_that_writes_and_commits_nothing() {
    let sandbox = Sandbox::broken();
    let before = in_use(
        &sandbox,
        &mission("  step a = fs.write(path: \"src/a.txt\", text: \"new\")\n"),
    );
    apply(&sandbox).ends(0);
    sandbox.assert_untouched(&before);
}

#[test]
fn failure() {
    let sandbox = Sandbox::broken();
    let statements = MEND.replace("replace: \"fixed\"", "replace: \"still wrong\"");
    let before = in_use(&sandbox, &mission(&statements));
    let result = apply(&sandbox).ends(1).json();
    assert_eq!(step(&result, "proof")["state"], "failed");
    sandbox.assert_untouched(&before);
}

#[test]
fn block() {
    let sandbox = Sandbox::broken();
    let before = in_use(
        &sandbox,
        &mission(MEND).replace("git   commit on \"tau/*\"", ""),
    );
    apply(&sandbox).ends(3);
    sandbox.assert_untouched(&before);
}

#[test]
fn a_wrong_file_and_looking_around() {
    let sandbox = Sandbox::broken();
    let before = in_use(&sandbox, "mission fix {\n  step a = nonsense(\n}\n");
    apply(&sandbox).ends(2);
    for arguments in [&["lint"][..], &["runs"], &["plan", "std/prove-patch"]] {
        let _ = sandbox.tau(arguments);
    }
    sandbox.assert_untouched(&before);
}

/// What the verifier of a run that is to be cancelled does: it says that it runs, by opening a
/// pipe, and then does not end by itself.
const WAITS: &str = "#!/bin/sh\nexec > \"$HOME/started\"\nsleep 100\n";

/// A run whose verifier has started, with the other end of that pipe.
fn waiting(sandbox: &Sandbox) -> (Child, std::fs::File) {
    let pipe = sandbox.outside().join("home/started");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let mut command = sandbox.command(&["apply", "fix.tau", "--yes", "--json", "--box", "none"]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Opening waits for the writer.
    (child, std::fs::File::open(pipe).unwrap())
}

fn cancelled_by(signal: &str) {
    let sandbox = Sandbox::checked_by(WAITS);
    let before = in_use(&sandbox, &mission(MEND));
    let (child, mut pipe) = waiting(&sandbox);
    let kill = format!("kill -{signal} {}", child.id());
    assert!(
        Command::new("sh")
            .args(["-c", &kill])
            .status()
            .unwrap()
            .success()
    );
    let done = Done::from(child.wait_with_output().unwrap()).ends(4);
    // The end of the pipe comes when the verifier is gone.
    pipe.read_to_end(&mut Vec::new()).unwrap();
    let result = done.json();
    assert_eq!(result["outcome"], "cancelled");
    assert_eq!(step(&result, "red")["state"], "cancelled");
    assert_eq!(result["commit"], serde_json::Value::Null);
    sandbox.assert_untouched(&before);
}

#[test]
fn cancelled_from_the_keyboard() {
    cancelled_by("INT");
}

#[test]
fn cancelled_by_a_service_manager() {
    cancelled_by("TERM");
}

#[test]
fn cancelled_by_a_closed_terminal() {
    cancelled_by("HUP");
}

#[test]
fn a_cancelled_run_goes_on() {
    let sandbox = Sandbox::checked_by(WAITS);
    let before = in_use(&sandbox, &mission(MEND));
    let (child, mut pipe) = waiting(&sandbox);
    let kill = format!("kill -INT {}", child.id());
    assert!(
        Command::new("sh")
            .args(["-c", &kill])
            .status()
            .unwrap()
            .success()
    );
    let result = Done::from(child.wait_with_output().unwrap()).ends(4).json();
    pipe.read_to_end(&mut Vec::new()).unwrap();
    // The mission may be changed in between; here it asks a verifier that answers.
    let text = sandbox
        .read("fix.tau")
        .replace("./check.sh", "grep -q fixed src/a.txt");
    sandbox.write("fix.tau", text);
    let before_second = sandbox.snapshot();
    assert_ne!(before, before_second);
    let done = sandbox.go_on(&result).ends(0);
    assert_eq!(done.json()["outcome"], "succeeded");
    assert_eq!(done.json()["run"], result["run"]);
    sandbox.assert_only_branches_added(&before_second);
}

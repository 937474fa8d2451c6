//! Commits that carry the runner's signature, and what git says of them.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use serde_json::Value;
use tau_tests::{MEND, Sandbox, mission, skip};

fn signing() -> String {
    mission(&MEND.replace("message: \"mend it\"", "message: \"mend it\", sign: true"))
}

/// A commit object as it is.
fn raw(sandbox: &Sandbox, commit: &str) -> Vec<u8> {
    let mut git = sandbox.program("git");
    git.args(["cat-file", "commit", commit]);
    git.output().unwrap().stdout
}

fn commit_of(result: &Value) -> String {
    result["commit"].as_str().unwrap().to_owned()
}

/// Writes who may sign, as `tau keys` says it, and gives the file's path.
fn signers(sandbox: &Sandbox, name: &str) -> String {
    let keys = sandbox.tau(&["keys", "--allowed-signers"]).ends(0);
    let file = sandbox.outside().join(name);
    fs::write(&file, &keys.out).unwrap();
    file.display().to_string()
}

fn accepts(sandbox: &Sandbox, signers: &str, commit: &str) -> bool {
    let mut git = sandbox.program("git");
    let allowed = format!("gpg.ssh.allowedSignersFile={signers}");
    git.args(["-c", &allowed, "verify-commit", commit]);
    git.output().unwrap().status.success()
}

#[test]
fn git_verify_commit_accepts_it_and_refuses_its_twin() {
    if Command::new("ssh-keygen").arg("-?").output().is_err() {
        skip(
            "git_verify_commit_accepts_it_and_refuses_its_twin",
            "`ssh-keygen`, which is not installed",
        );
        return;
    }
    let sandbox = Sandbox::broken();
    let commit = commit_of(&sandbox.apply(&signing()).ends(0).json());
    let own = signers(&sandbox, "own");
    assert!(accepts(&sandbox, &own, &commit));
    let of_others = signers(&Sandbox::broken(), "others");
    assert!(!accepts(&sandbox, &of_others, &commit));

    let whole = String::from_utf8(raw(&sandbox, &commit)).unwrap();
    let base = sandbox.git(&["rev-parse", "HEAD^{tree}"]);
    let tree = sandbox.git(&["rev-parse", &format!("{commit}^{{tree}}")]);
    for (from, to) in [("mend it", "break it"), (tree.trim(), base.trim())] {
        let mut git = sandbox.program("git");
        git.args(["hash-object", "-t", "commit", "-w", "--stdin"]);
        git.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut git = git.spawn().unwrap();
        let twin = whole.replacen(from, to, 1);
        assert_ne!(twin, whole);
        let mut to_git = git.stdin.take().unwrap();
        to_git.write_all(twin.as_bytes()).unwrap();
        drop(to_git);
        let twin = String::from_utf8(git.wait_with_output().unwrap().stdout).unwrap();
        assert!(!accepts(&sandbox, &own, twin.trim()), "{from} became {to}");
    }

    // Nobody has asked for a signature of this one.
    let plain = commit_of(&sandbox.apply(&mission(MEND)).ends(0).json());
    assert!(!accepts(&sandbox, &own, &plain));
    sandbox.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn a_run_that_goes_on_makes_the_same_commit() {
    let sandbox = Sandbox::broken();
    let result = sandbox.apply(&signing()).ends(0).json();
    let (run, commit) = (result["run"].as_str().unwrap(), commit_of(&result));
    let signed = raw(&sandbox, &commit);
    let text = String::from_utf8_lossy(&signed);
    assert!(
        text.contains("\ngpgsig -----BEGIN SSH SIGNATURE-----\n "),
        "{text}"
    );

    // As if it had been killed when the branch was made, and before anybody was told.
    let folder = sandbox.state().join("runs").join(run);
    let journal = folder.join("journal.jsonl");
    let whole = fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let done = |line: &&str| line.contains(&format!("\"commit\":\"{commit}\""));
    let at = lines.iter().position(done).unwrap();
    fs::write(&journal, lines[..=at].concat()).unwrap();
    fs::remove_file(folder.join("receipt.jsonl")).unwrap();
    let resumed = sandbox.tau(&["resume", run, "--json"]).ends(0).json();
    assert_eq!(commit_of(&resumed), commit);
    let verified = sandbox.tau(&["verify", "@", "--no-run", "--json"]).ends(0);
    assert_eq!(verified.json()["verdict"], "papers");
}

#[test]
fn a_key_that_others_may_read_signs_nothing() {
    let sandbox = Sandbox::broken();
    sandbox.tau(&["keys"]).ends(0);
    let key = sandbox.state().join("keys/runner.pem");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let result = sandbox.apply(&signing()).ends(1).json();
    let steps = result["steps"].as_array().unwrap();
    let commit = steps.iter().find(|it| it["name"] == "commit").unwrap();
    assert_eq!(commit["failure"]["code"], "commit-not-signed", "{result:#}");
    assert_eq!(result["commit"], Value::Null);
}

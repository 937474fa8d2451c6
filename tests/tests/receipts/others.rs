//! Programs that are not ours accept what a run says of itself, and refuse its tampered twin.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tau_tests::{MEND, Sandbox, mission, skip, skip_without, workspace_root};

/// A run that made a commit, and the folder with its evidence.
fn evidence() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::broken();
    sandbox.apply(&mission(MEND)).ends(0);
    let written = sandbox
        .tau(&["receipt", "@", "--out", "../evidence"])
        .ends(0);
    assert!(written.out.contains("allowed_signers"), "{written:?}");
    let folder = sandbox.path().join("../evidence");
    (sandbox, folder)
}

fn here(name: &str) -> PathBuf {
    workspace_root().join("tests/tests/receipts").join(name)
}

#[test]
fn ssh_keygen() {
    if Command::new("ssh-keygen").arg("-?").output().is_err() {
        skip("ssh_keygen", "`ssh-keygen`, which is not installed");
        return;
    }
    let (_sandbox, folder) = evidence();
    let files = fs::read_dir(&folder).unwrap();
    let mut names = files.map(|it| it.unwrap().path());
    let receipt = names.find(|it| it.extension().is_some_and(|it| it == "jsonl"));
    let receipt = receipt.unwrap();
    let accepts = |who: &str, namespace: &str| {
        let mut command = Command::new("ssh-keygen");
        command
            .args([
                "-Y",
                "verify",
                "-f",
                "allowed_signers",
                "-I",
                who,
                "-n",
                namespace,
            ])
            .arg("-s")
            .arg(receipt.with_extension("jsonl.sig"))
            .current_dir(&folder)
            .stdin(Stdio::from(fs::File::open(&receipt).unwrap()));
        command.output().unwrap().status.success()
    };
    assert!(accepts("runner@tau", "tau"));
    assert!(!accepts("verifier@tau", "tau"));
    assert!(!accepts("runner@tau", "git"));
    let text = fs::read_to_string(&receipt).unwrap();
    fs::write(&receipt, text.replacen('a', "b", 1)).unwrap();
    assert!(!accepts("runner@tau", "tau"));
}

#[test]
fn securesystemslib_and_in_toto_verify() {
    let test = "securesystemslib_and_in_toto_verify";
    if skip_without("python3", test) {
        return;
    }
    let needs = ["-c", "import in_toto, securesystemslib, cryptography"];
    let is_there = Command::new("python3").args(needs).output().unwrap();
    if !is_there.status.success() {
        skip(test, "`in-toto` for python3, which is not installed");
        return;
    }
    let (_sandbox, folder) = evidence();
    let mut python = Command::new("python3");
    let done = python.arg(here("others.py")).arg(&folder).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    let out = String::from_utf8_lossy(&done.stdout);
    assert_eq!(
        out,
        "securesystemslib: 6 accepted, 6 twins refused\n\
         in-toto-verify: the link accepted, its twin refused\n"
    );
}

#[test]
fn sigstore() {
    if skip_without("node", "sigstore") {
        return;
    }
    let modules = workspace_root().join("target/node/node_modules");
    if !modules.join("@sigstore/verify").is_dir() {
        skip(
            "sigstore",
            "`@sigstore/verify`, which is not in `target/node`",
        );
        return;
    }
    let (_sandbox, folder) = evidence();
    let mut node = Command::new("node");
    node.arg(here("others.cjs")).arg(&folder);
    let done = node.env("NODE_PATH", modules).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    let out = String::from_utf8_lossy(&done.stdout);
    assert_eq!(out, "@sigstore/verify: 6 accepted, 6 twins refused\n");
}

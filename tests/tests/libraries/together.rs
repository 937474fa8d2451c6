//! Several at once, and some that are killed.

use std::fs;
use std::process::{Command, Stdio};

use tau_tests::{Done, Sandbox};

use crate::{Host, is_locked, lib, uses};

#[test]
fn two_that_add_at_once_both_stand_in_the_lock_file() {
    let sandbox = Sandbox::new();
    let names = ["a", "b", "c", "d"];
    for name in names {
        // Two of them are the same to the byte, and one folder of the store.
        let text = if name < "c" { "# same\n" } else { name };
        Host::new(&sandbox, name, &[("lib.tau", text)]);
    }
    let start = |name: &str| {
        let mut command = sandbox.command(&["lib", "add", &format!("../{name}@v1"), "--yes"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let started = names.map(start);
    for child in started {
        let _ = Done::from(child.wait_with_output().unwrap()).ends(0);
    }
    let lock = sandbox.read("tau.lock");
    for name in names {
        assert!(lock.contains(&format!("from = \"../{name}\"")), "{lock}");
    }
    assert_eq!(lib(&sandbox, &["verify"], 0)["ok"], true);
}

#[test]
fn one_that_is_killed_while_it_fetches_leaves_nothing() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    // A server that says that it was asked, and is then silent until its other end is gone.
    let pipe = sandbox.outside().join("asked");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let script = format!(
        "#!/bin/sh\necho asked > '{}'\ncat > /dev/null\n",
        pipe.display()
    );
    sandbox.write_script("ssh", &script);
    let config = sandbox.outside().join("home/.gitconfig");
    let ssh = sandbox.path().join("ssh");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(
        &config,
        format!("{text}[core]\n\tsshCommand = {}\n", ssh.display()),
    )
    .unwrap();
    let add = [
        "lib",
        "add",
        "../flows@v1",
        "ssh://host/acme/more@v1",
        "--yes",
    ];
    let mut child = sandbox.command(&add).stderr(Stdio::null()).spawn().unwrap();
    // Waits until it is asked.
    assert_eq!(fs::read_to_string(&pipe).unwrap(), "asked\n");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!is_locked(&sandbox));
    lib(&sandbox, &["add", "--yes"], 0);
    assert_eq!(lib(&sandbox, &["verify"], 0)["ok"], true);
}

#[test]
fn what_was_written_halfway_is_in_nobodys_way() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    let half = sandbox.state().join("libraries/.draft-half");
    fs::create_dir_all(&half).unwrap();
    fs::write(half.join("lib.tau"), "").unwrap();
    sandbox.write(".tau.lock.1.draft", "version");
    lib(&sandbox, &["add", "--yes"], 0);
    assert_eq!(lib(&sandbox, &["verify"], 0)["ok"], true);
}

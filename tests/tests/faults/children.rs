//! Commands that do not end as they should: nothing of them outlives the run.

use std::fs;

use serde_json::Value;
use tau_tests::{Sandbox, skip_without};

use crate::held::is_alive;

/// A mission that runs a script and then succeeds, and what the script said.
fn run(script: &str, code: i32) -> (Sandbox, Value) {
    let sandbox = Sandbox::repository(&[("s.sh", script)]);
    let mission = "mission m {\n  authority {\n    read \"**\"\n    write \"**\"\n    \
                   run \"sh s.sh\"\n  }\n  step s = process.run(\"sh s.sh\")\n  \
                   step t = fs.write(\"t.txt\", \"t\") after s\n}\n";
    sandbox.write("m.tau", mission);
    let report = sandbox
        .tau(&["apply", "m.tau", "--yes", "--box", "none", "--json"])
        .ends(code)
        .json();
    (sandbox, report)
}

/// The numbers of the processes that a script has left, which it wrote down in its home folder.
fn left(sandbox: &Sandbox) -> Vec<u32> {
    let left = sandbox.outside().join("home/left");
    let text = fs::read_to_string(left).unwrap();
    text.lines()
        .map(|line| line.trim().parse().unwrap())
        .collect()
}

/// None of those that a script has left is there when the run has ended.
#[track_caller]
fn nothing_is_left_of(script: &str) {
    let (sandbox, report) = run(script, 0);
    assert_eq!(report["outcome"], "succeeded");
    let left = left(&sandbox);
    assert!(!left.is_empty());
    for process in left {
        assert!(!is_alive(process), "{process} goes on");
    }
}

/// Writes down its number as soon as it runs, and whoever started it waits until it has.
const SERVER: &str = "echo $$ >> \"$HOME/left\"; exec sleep 600";

#[test]
fn a_server_in_the_background_is_gone() {
    nothing_is_left_of(&format!(
        "sh -c '{SERVER}' > /dev/null 2>&1 &\nwhile [ ! -s \"$HOME/left\" ]; do :; done\n"
    ));
}

#[test]
fn what_forks_twice_into_a_session_of_its_own_is_gone() {
    if skip_without(
        "setsid",
        "what_forks_twice_into_a_session_of_its_own_is_gone",
    ) {
        return;
    }
    nothing_is_left_of(&format!(
        "(setsid sh -c '{SERVER}' < /dev/null > /dev/null 2>&1 &)\n\
         while [ ! -s \"$HOME/left\" ]; do :; done\n"
    ));
}

#[test]
fn what_ignores_signals_and_leaves_its_group_is_gone() {
    if skip_without(
        "setsid",
        "what_ignores_signals_and_leaves_its_group_is_gone",
    ) {
        return;
    }
    nothing_is_left_of(&format!(
        "(trap '' TERM INT HUP QUIT; setsid sh -c '{SERVER}' > /dev/null 2>&1 &)\n\
         while [ ! -s \"$HOME/left\" ]; do :; done\n"
    ));
}

#[test]
fn what_has_its_output_open_in_a_session_of_its_own_is_gone() {
    if skip_without(
        "setsid",
        "what_has_its_output_open_in_a_session_of_its_own_is_gone",
    ) {
        return;
    }
    nothing_is_left_of(&format!(
        "(setsid sh -c '{SERVER}' &)\nwhile [ ! -s \"$HOME/left\" ]; do :; done\n"
    ));
}

#[test]
fn what_writes_a_gigabyte_is_stopped_and_little_of_it_is_kept() {
    let (sandbox, report) = run("exec head -c 1073741824 /dev/zero\n", 1);
    let reason = report["reason"].as_str().unwrap();
    assert!(
        reason.contains("too much") || reason.contains("more than"),
        "{reason}"
    );
    let du = sandbox
        .program("du")
        .arg("-sk")
        .arg(sandbox.state())
        .output()
        .unwrap();
    let kib = String::from_utf8(du.stdout).unwrap();
    let kib: u64 = kib.split_whitespace().next().unwrap().parse().unwrap();
    assert!(kib < 80 * 1024, "{kib} KiB are kept");
}

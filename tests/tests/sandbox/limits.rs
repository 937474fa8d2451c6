//! What uses too much is killed, and told what it used.

use super::{Case, makes};

/// Runs a script that exceeds something; what is told.
fn exceeds(script: &str) -> String {
    let case = Case::new(script);
    let report = case.run("full").ends(1).json();
    let failure = &report["steps"][0]["failure"];
    assert_eq!(failure["code"], "process-limit", "{report:#}");
    failure["message"].as_str().unwrap().to_owned()
}

#[test]
fn a_file_that_is_too_large() {
    if makes("full", "a_file_that_is_too_large") {
        let told = exceeds("exec truncate -s 9G \"$TMPDIR/big\"\n");
        assert!(
            told.contains("wrote a larger file than a command may"),
            "{told}"
        );
    }
}

#[test]
fn too_many_processes() {
    if makes("full", "too_many_processes") {
        let told = exceeds("i=0; while [ $i -lt 5000 ]; do sleep 1000 & i=$((i+1)); done; wait\n");
        assert!(
            told.contains("started more processes than a command may"),
            "{told}"
        );
    }
}

#[test]
fn more_than_there_is_room_for_in_tmp() {
    if makes("full", "more_than_there_is_room_for_in_tmp") {
        let case =
            Case::new("head -c 1100000000 /dev/zero > /tmp/big || echo \"no room\"\nexit 0\n");
        assert!(case.said("full").contains("No space left on device"));
    }
}

//! TAU_HOME missing, unwritable, on another file system.

use std::fs;
use std::path::Path;
use std::process::Output;

use tau_tests::Sandbox;

use crate::support::{counted, sandbox};

fn tau(sandbox: &Sandbox, home: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = sandbox.command(arguments);
    let Output { status, stderr, .. } = command.env("TAU_HOME", home).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn who_only_looks_makes_nothing() {
    let sandbox = sandbox();
    let home = sandbox.outside().join("not/there");
    for (look, code) in [(&["runs"][..], 0), (&["status"], 3), (&["down"], 0)] {
        assert_eq!(tau(&sandbox, &home, look).0, code, "{look:?}");
        assert!(!home.exists(), "{look:?}");
    }
}

#[test]
fn a_worker_makes_what_it_needs() {
    let sandbox = sandbox();
    let home = sandbox.outside().join("not/there");
    let (code, said) = tau(&sandbox, &home, &["worker", "--drain"]);
    assert_eq!(
        (code, said.contains("nothing was run")),
        (0, true),
        "{said}"
    );
    assert!(home.join("tau.db").exists());
}

#[test]
fn a_home_that_cannot_be_written_is_named_and_nothing_is_started() {
    let sandbox = sandbox();
    // For root too.
    let home = sandbox.outside().join("file");
    fs::write(&home, "").unwrap();
    for refused in [&["worker", "--drain"][..], &["up"]] {
        let (code, said) = tau(&sandbox, &home, refused);
        assert_eq!(code, 3, "{said}");
        assert!(said.contains("set TAU_HOME"), "{said}");
    }
    let arguments = ["apply", "counted.tau", "--yes", "--box", "none", "--detach"];
    let (code, said) = tau(&sandbox, &home, &arguments);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("set TAU_HOME"), "{said}");
    assert_eq!(counted(&sandbox), 0);
}

#[test]
fn a_home_on_another_file_system_serves_as_well() {
    use std::os::unix::fs::MetadataExt as _;
    let sandbox = sandbox();
    let device = |path: &Path| fs::metadata(path).map(|it| it.dev());
    let memory = Path::new("/dev/shm");
    let here = device(sandbox.outside()).unwrap();
    let other = device(memory).is_ok_and(|device| device != here);
    let Some(home) = other.then(|| tempfile::tempdir_in(memory).ok()).flatten() else {
        use std::io::Write as _;
        let line = "skipped: a_home_on_another_file_system_serves_as_well needs /dev/shm\n";
        let _ = std::io::stderr().write_all(line.as_bytes());
        return;
    };
    let home = home.path().join("state");
    let (code, said) = tau(
        &sandbox,
        &home,
        &["apply", "counted.tau", "--yes", "--box", "none"],
    );
    assert_eq!(code, 0, "{said}");
    let (code, said) = tau(&sandbox, &home, &["up", "-j", "1"]);
    assert_eq!(code, 0, "{said}");
    let arguments = ["apply", "counted.tau", "--yes", "--box", "none", "--detach"];
    assert_eq!(tau(&sandbox, &home, &arguments).0, 6);
    while counted(&sandbox) < 2 {
        assert_eq!(tau(&sandbox, &home, &["status"]).0, 0);
    }
    assert_eq!(tau(&sandbox, &home, &["down"]).0, 0);
    assert_eq!(tau(&sandbox, &home, &["status"]).0, 3);
}

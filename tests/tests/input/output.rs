//! Readers who go away, disks that are full, and files that may not be written: nothing is lost.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use tau_tests::{Sandbox, tau_program};

use super::{ended, shell, tau};

/// A mission that `tau fmt` would change, with more than a pipe holds.
fn unformatted() -> String {
    let lines: String = (0..5000)
        .map(|n| format!("      output a{n}=  {n}\n"))
        .collect();
    tau(&lines)
}

#[test]
fn a_reader_who_goes_away_is_no_fault() {
    let sandbox = Sandbox::new();
    sandbox.write("a.tau", unformatted());
    sandbox.write("b.tau", tau(&"  let a = nobody\n".repeat(900)));
    for (arguments, code) in [
        (&["lint", "b.tau"][..], 1),
        (&["lint", "b.tau", "--format", "json"], 1),
        (&["fmt", "--diff", "a.tau"], 1),
        (&["convert", "a.tau", "--to", "yaml"], 0),
        (&["graph", "a.tau"], 0),
        (&["plan", "a.tau"], 0),
        (&["schema"], 0),
    ] {
        let mut command = sandbox.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(!said.contains("panic") && !said.contains("fault"), "{said}");
    }
}

#[test]
fn output_that_nobody_can_take_is_said_and_no_success() {
    let sandbox = Sandbox::new();
    sandbox.write("a.tau", unformatted());
    for arguments in [
        &["convert", "a.tau", "--to", "yaml"][..],
        &["plan", "a.tau"],
    ] {
        let mut command = sandbox.command(arguments);
        command.stdout(File::options().write(true).open("/dev/full").unwrap());
        let output = command.stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("cannot write to standard output"), "{said}");
    }
}

/// The file is as it was, and nothing stands beside it.
#[track_caller]
fn untouched(sandbox: &Sandbox, text: &str) {
    assert_eq!(sandbox.read("folder/a.tau"), text);
    let left = fs::read_dir(sandbox.path().join("folder")).unwrap().count();
    assert_eq!(left, 1, "a draft was left");
}

#[test]
fn a_full_disk_leaves_the_file_as_it_was() {
    let sandbox = Sandbox::new();
    let text = unformatted() + "mission broken {\n  step a = fs.raed(\"a\")\n}\n";
    sandbox.write("folder/a.tau", &text);
    for arguments in [
        &["fmt", "folder/a.tau"][..],
        &["lint", "--fix", "folder/a.tau"],
    ] {
        // A write beyond the limit fails as one to a full disk does.
        let command = shell(&sandbox, "trap '' XFSZ; ulimit -f 4", arguments);
        let done = ended(command);
        assert_eq!(done.code, 1, "{arguments:?}: {}", done.err);
        assert!(
            done.err.contains("cannot write"),
            "{arguments:?}: {}",
            done.err
        );
        untouched(&sandbox, &text);
        // Killed in the middle of it, it leaves the file, too.
        let done = ended(shell(&sandbox, "ulimit -f 4", arguments));
        assert_ne!(done.code, 0, "{arguments:?}");
        assert_eq!(sandbox.read("folder/a.tau"), text);
        for entry in fs::read_dir(sandbox.path().join("folder")).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap() != "a.tau" {
                fs::remove_file(path).unwrap();
            }
        }
    }
}

#[test]
fn a_read_only_file_stays_as_it_was() {
    let sandbox = Sandbox::new();
    let text = unformatted() + "mission broken {\n  step a = fs.raed(\"a\")\n}\n";
    sandbox.write("folder/a.tau", &text);
    let path = sandbox.path().join("folder/a.tau");
    fs::set_permissions(&path, Permissions::from_mode(0o444)).unwrap();
    for arguments in [&["fmt", "folder"][..], &["lint", "--fix", "folder"]] {
        let done = sandbox.tau(arguments).ends(1);
        assert!(
            done.err.contains("read-only"),
            "{arguments:?}: {}",
            done.err
        );
        untouched(&sandbox, &text);
    }
}

#[test]
fn a_closed_standard_error_is_no_fault() {
    let sandbox = Sandbox::new();
    sandbox.write("a.tau", "mission m {\n}\n");
    for close in ["2>&-", ">&-", ">&- 2>&-", "<&- >&- 2>&-"] {
        let mut command = sandbox.program("sh");
        command
            .args(["-c", &format!("\"$0\" lint a.tau {close}")])
            .arg(tau_program());
        assert_eq!(ended(command).code, 0, "{close}");
    }
}

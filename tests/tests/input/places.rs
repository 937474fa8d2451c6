//! Paths that are no files, or not the files that they seem to be.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;

use tau_tests::{Done, Sandbox};

use super::{bounded, tau, yaml};

/// What every command that takes a file says of this path; none may succeed.
#[track_caller]
fn refused(sandbox: &Sandbox, path: &str, why: &str) {
    for arguments in [
        &["lint", path][..],
        &["fmt", path],
        &["plan", path],
        &["convert", path, "--to", "yaml"],
        &["apply", path, "--yes"],
    ] {
        let done = bounded(sandbox, arguments);
        assert!([1, 2].contains(&done.code), "{arguments:?}: {}", done.code);
        let said = done.out + &done.err;
        assert!(said.contains(why), "{arguments:?}: {said}");
    }
}

#[track_caller]
fn says(done: &Done, wanted: &str) {
    let said = format!("{}{}", done.out, done.err);
    assert!(said.contains(wanted), "`{wanted}` in\n{said}");
}

#[test]
fn what_is_no_file_is_refused_and_never_waited_for() {
    let sandbox = Sandbox::new();
    sandbox.write("good.tau", tau(""));
    let mut fifo = sandbox.program("mkfifo");
    assert!(
        fifo.args(["pipe.tau", "pipe.yaml"])
            .status()
            .unwrap()
            .success()
    );
    let _socket = UnixListener::bind(sandbox.path().join("socket.tau")).unwrap();
    for path in [
        "pipe.tau",
        "pipe.yaml",
        "socket.tau",
        "/dev/zero",
        "/dev/null",
        "/dev/tty",
    ] {
        if fs::metadata(sandbox.path().join(path)).is_ok() {
            refused(&sandbox, path, "it is not a regular file");
        }
    }
    // In a folder they are no tau files.
    symlink("/dev/zero", sandbox.path().join("zero.tau")).unwrap();
    let done = bounded(&sandbox, &["lint", "."]).ends(0);
    says(&done, "nothing to report in 1 file");
    let done = bounded(&sandbox, &["fmt", "."]).ends(0);
    says(&done, "1 file formatted");
}

#[test]
fn a_folder_is_no_file_and_a_file_no_folder() {
    let sandbox = Sandbox::new();
    sandbox.write("folder.tau/a.tau", tau(""));
    for arguments in [
        &["plan", "folder.tau"][..],
        &["apply", "folder.tau", "--yes"],
        &["convert", "folder.tau", "--to", "yaml"],
    ] {
        says(&bounded(&sandbox, arguments).ends(2), "it is a folder");
    }
    says(
        &bounded(&sandbox, &["lint", "folder.tau"]).ends(0),
        "1 file",
    );
    refused(&sandbox, "folder.tau/a.tau/b.tau", "not a directory");
    refused(&sandbox, "nowhere.tau", "there is no such file");
    refused(&sandbox, &"x".repeat(300), "file name too long");
    refused(&sandbox, &"x/".repeat(3000), "file name too long");
}

#[test]
fn a_file_that_may_not_be_read_costs_only_itself() {
    let sandbox = Sandbox::new();
    sandbox.write("a.tau", "mission m {\n  let a = nobody\n}\n");
    sandbox.write("b.tau", tau(""));
    sandbox.write("closed/c.tau", "mission m {\n  let a = nobody\n}\n");
    let mode = |name: &str, mode: u32| {
        fs::set_permissions(sandbox.path().join(name), Permissions::from_mode(mode)).unwrap();
    };
    mode("a.tau", 0o000);
    mode("closed", 0o000);
    // Root may read everything.
    let may_read = fs::read(sandbox.path().join("a.tau")).is_ok();
    let done = bounded(&sandbox, &["lint", ".", "--format", "json"]).ends(1);
    mode("closed", 0o755);
    let document = done.json();
    let found: Vec<&str> = document["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["severity"] == "error")
        .map(|it| it["code"].as_str().unwrap())
        .collect();
    let expected = if may_read {
        "name-unknown"
    } else {
        "file-unreadable"
    };
    assert_eq!(found, [expected, expected]);
    if !may_read {
        says(&done, "you may not read it");
    }
}

#[test]
fn links_in_circles_to_nowhere_and_to_outside() {
    let sandbox = Sandbox::new();
    sandbox.write("inside/a.tau", tau(""));
    sandbox.write("inside/b/c.yaml", yaml(""));
    let outside = sandbox.path().join("outside.tau");
    let text = tau("      let   x = 1");
    fs::write(&outside, &text).unwrap();
    let link = |target: &str, name: &str| {
        symlink(target, sandbox.path().join("inside").join(name)).unwrap();
    };
    link("self.tau", "self.tau");
    link("two.tau", "one.tau");
    link("one.tau", "two.tau");
    link("nowhere.tau", "dangling.tau");
    link("../outside.tau", "out.tau");
    link("..", "b/up");
    link(".", "same");
    link("/", "root");
    refused(
        &sandbox,
        "inside/self.tau",
        "too many levels of symbolic links",
    );
    refused(&sandbox, "inside/dangling.tau", "there is no such file");
    says(
        &bounded(&sandbox, &["lint", "inside"]).ends(0),
        "in 2 files",
    );
    // Who names a folder does not mean what links in it lead to.
    let _ = bounded(&sandbox, &["fmt", "inside"]).ends(0);
    assert_eq!(fs::read_to_string(&outside).unwrap(), text);
    // Who names the link does.
    let _ = bounded(&sandbox, &["fmt", "inside/out.tau"]).ends(0);
    assert_ne!(fs::read_to_string(&outside).unwrap(), text);
    assert!(
        fs::symlink_metadata(sandbox.path().join("inside/out.tau"))
            .unwrap()
            .is_symlink()
    );
}

#[test]
fn names_are_shown_without_harm() {
    let sandbox = Sandbox::new();
    let names: [&[u8]; 7] = [
        b"new\nline.tau",
        b"escape\x1b[31mred\x07.tau",
        b"latin\xe9.tau",
        "bidi\u{202e}uat.tau".as_bytes(),
        "zero\u{200b}width.tau".as_bytes(),
        "имя 名前 🐍.tau".as_bytes(),
        b"-dash `quote` $(id) %0A::error::.tau",
    ];
    for name in names {
        let path = sandbox.path().join(OsString::from_vec(name.to_vec()));
        fs::write(path, "mission m {\n  let   a = nobody\n}\n").unwrap();
    }
    for arguments in [
        &["lint", "."][..],
        &["lint", ".", "--format", "json"],
        &["lint", ".", "--format", "jsonl"],
        &["lint", ".", "--format", "github"],
        &["lint", ".", "--format", "sarif"],
        &["lint", ".", "--format", "junit"],
        &["fmt", "--check", "."],
        &["fmt", "--diff", "."],
    ] {
        let done = bounded(&sandbox, arguments).ends(1);
        let said = done.out + &done.err;
        for letter in ['\x1b', '\x07', '\u{202e}'] {
            assert!(
                !said.contains(letter),
                "{letter:?} of {arguments:?}: {said:?}"
            );
        }
        assert!(!said.contains("new\nline"), "{arguments:?}: {said}");
        // A name must not be able to begin a command of its own.
        assert!(
            !said.lines().any(|line| line.starts_with("::error::.tau")),
            "{said}"
        );
    }
}

#[test]
fn the_other_files_of_a_folder_are_linted_and_the_worst_counts() {
    let sandbox = Sandbox::new();
    sandbox.write("a/good.tau", tau(""));
    sandbox.write(
        "a/warned.tau",
        tau("").replace("read ", "net \"a.b\"\n    read "),
    );
    let _ = bounded(&sandbox, &["lint", "a"]).ends(0);
    let _ = bounded(&sandbox, &["lint", "a", "--deny", "warnings"]).ends(1);
    sandbox.write("a/b/nul.tau", b"\0");
    sandbox.write("a/b/utf16.yaml", b"\xff\xfet\0a\0u\0:\0");
    sandbox.write(
        "a/b/deep.tau",
        tau(&format!("  let x = {}1", "-".repeat(10_000))),
    );
    sandbox.write("a/z/last.tau", "mission m {\n  let a = nobody\n}\n");
    let done = bounded(&sandbox, &["lint", "a", "--format", "json"]).ends(1);
    let document = done.json();
    let found: Vec<(&str, &str)> = document["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["severity"] == "error" || it["code"] == "authority-unused")
        .map(|it| (it["file"].as_str().unwrap(), it["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("a/warned.tau", "authority-unused"),
            ("a/b/deep.tau", "expression-invalid"),
            ("a/b/nul.tau", "file-unreadable"),
            ("a/z/last.tau", "name-unknown"),
        ]
    );
}

//! Files with nothing in them, and with too much.

use std::fs::File;

use tau_tests::Sandbox;

use super::{bounded, every_command, lint, tau, yaml};

#[test]
fn an_empty_file_has_no_mission() {
    for text in ["", "\n", " \n\t\n", "# nothing\n"] {
        assert_eq!(lint("a.tau", text), (1, vec!["mission-missing".to_owned()]));
        every_command("a.tau", text);
        let (code, found) = lint("a.yaml", text);
        assert_eq!(code, 1, "{found:?}");
        every_command("a.yaml", text);
    }
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let sandbox = Sandbox::new();
    sandbox.write("good.tau", tau(""));
    for name in ["a.tau", "a.yaml"] {
        sandbox.write(name, "tau: 1\n");
        let file = File::options()
            .write(true)
            .open(sandbox.path().join(name))
            .unwrap();
        // More than there is memory for.
        file.set_len(50 << 30).unwrap();
        for arguments in [
            &["lint", name][..],
            &["fmt", name],
            &["plan", name],
            &["convert", name, "--to", "tau"],
            &["apply", name, "--yes"],
        ] {
            let done = bounded(&sandbox, arguments);
            assert_ne!(done.code, 0);
            let said = done.out + &done.err;
            assert!(said.contains("53687091200 bytes"), "{arguments:?}: {said}");
        }
    }
    let done = bounded(&sandbox, &["lint", "."]).ends(1);
    assert!(done.err.contains("2 errors in 3 files"), "{}", done.err);
}

#[test]
fn standard_input_without_an_end_is_not_read_to_its_end() {
    let sandbox = Sandbox::new();
    for name in ["a.tau", "a.yaml"] {
        for command in [
            &["lint", "--stdin-filename", name][..],
            &["fmt", "--stdin-filename", name],
            &["convert", "-", "--stdin-filename", name, "--to", "tau"],
        ] {
            let mut shell = super::shell(&sandbox, "ulimit -v 700000", command);
            shell.stdin(File::open("/dev/zero").unwrap());
            let done = super::ended(shell);
            assert!([1, 2].contains(&done.code), "{command:?}: {}", done.code);
            let said = done.out + &done.err;
            assert!(
                said.contains("a tau file may have 4194304"),
                "{command:?}: {said}"
            );
        }
    }
}

#[test]
fn lines_may_be_long_and_many() {
    let long = "x".repeat(1_000_000);
    let lines = "\n".repeat(500_000);
    for (name, text) in [
        ("a.tau", tau(&format!("  # {long}"))),
        ("a.tau", tau(&format!("  let x = \"{long}\""))),
        ("a.tau", lines.clone() + &tau("")),
        ("a.tau", tau(&lines)),
        ("a.yaml", yaml(&format!("# {long}"))),
        ("a.yaml", yaml(&format!("outputs:\n  x: \"{long}\""))),
        ("a.yaml", lines.clone() + &yaml("")),
        ("a.yaml", yaml(&lines)),
    ] {
        assert_eq!(lint(name, &text), (0, vec![]));
        every_command(name, &text);
    }
}

#[test]
fn what_is_wrong_with_a_long_line_is_shown_short() {
    let long = "x".repeat(1_000_000);
    for (name, text) in [
        ("a.tau", tau(&long)),
        ("a.tau", tau(&format!("  let x = {long}"))),
        ("a.tau", tau(&format!("  step x = {long}()"))),
        ("a.tau", tau(&format!("  step x = fs.read(\"/{long}\")"))),
        (
            "a.tau",
            tau(&format!("  let x = {}", "1".repeat(1_000_000))),
        ),
        ("a.tau", long.clone()),
        ("a.yaml", yaml(&format!("{long}: 1"))),
        (
            "a.yaml",
            yaml(&format!("outputs:\n  x: \"{{{{ {long} }}}}\"")),
        ),
        ("a.yaml", format!("tau: {long}\n")),
        ("a.yaml", long.clone()),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write(name, &text);
        for format in ["human", "json", "jsonl", "github", "sarif", "junit"] {
            let done = bounded(&sandbox, &["lint", name, "--format", format]).ends(1);
            let most = 200_000;
            assert!(done.out.len() < most, "{format}: {} bytes", done.out.len());
        }
        every_command(name, &text);
    }
}

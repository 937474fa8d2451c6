//! Wrong command lines, and streams that go away.

use std::fs::OpenOptions;
use std::process::Stdio;

use super::support::Place;

#[test]
fn wrong_usage_exits_2_and_suggests() {
    let place = Place::new();
    let done = place.tau(&["lnit"]).ends(2);
    assert!(done.err.contains("'lint'"), "{}", done.err);
    let done = place.tau(&["lint", "--formt", "json"]).ends(2);
    assert!(done.err.contains("'--format'"), "{}", done.err);
    let done = place.tau(&["apply", "x.tau", "--set", "patch"]).ends(2);
    assert!(done.err.contains("NAME=VALUE"), "{}", done.err);
    place.tau(&[]).ends(2);
    place.tau(&["runs", "-q", "-v"]).ends(2);
}

#[test]
fn help_and_version_are_data() {
    let place = Place::new();
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["apply", "--help"],
        &["help", "plan"],
    ] {
        let done = place.tau(arguments).ends(0);
        assert!(!done.out.is_empty() && done.err.is_empty(), "{arguments:?}");
        assert!(!done.out.contains('\u{1b}'));
    }
}

#[test]
fn dash_c_goes_elsewhere_first() {
    let place = Place::with(&[("inner/a.tau", "mission a {\n")]);
    let inside = place
        .tau(&["-C", "inner", "lint", "--format", "github"])
        .ends(1);
    assert!(inside.out.contains("file=a.tau,"), "{}", inside.out);
    let done = place.tau(&["lint", "-C", "none"]).ends(2);
    assert!(
        done.err.starts_with("error: cannot go to `none`: "),
        "{}",
        done.err
    );
}

#[test]
fn colour_comes_when_asked_for_and_else_only_on_a_terminal() {
    let place = Place::new();
    assert!(!place.tau(&["explain"]).out.contains('\u{1b}'));
    assert!(
        place
            .tau(&["explain", "--color", "always"])
            .out
            .contains('\u{1b}')
    );
    let mut command = place.command(&["explain", "--color", "auto"]);
    let output = command
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(!output.stdout.contains(&0x1b));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let child = place
        .command(&["completions", "zsh"])
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let Ok(full) = OpenOptions::new().write(true).open("/dev/full") else {
        return;
    };
    let output = Place::new()
        .command(&["explain"])
        .stdout(full)
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(
        err.starts_with("error: cannot write to standard output: "),
        "{err}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn failures_are_documents_too_when_json_is_asked_for() {
    let done = Place::new()
        .tau(&["explain", "nme-unknown", "--json"])
        .ends(2);
    let document = done.json();
    assert_eq!(document["schema"], "tau.error/1");
    assert_eq!(document["exit"], 2);
    assert_eq!(document["help"], "did you mean `name-unknown`?");
    assert!(done.err.starts_with("error: "));
}

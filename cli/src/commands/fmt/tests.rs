//! What is written and what is not, with a style that wants capital letters.

use clap::Parser;

use super::*;
use crate::args::{Cli, Command};

fn upper(_: &mut SourceMap, _: &str, text: &str) -> Result<String, Vec<Diagnostic>> {
    Ok(text.to_uppercase())
}

/// Formats a file of `text` with these flags: its state, its content afterwards, the exit code.
fn format(text: &str, flags: &[&str]) -> (State, String, Exit) {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("a.tau");
    std::fs::write(&file, text).unwrap();
    let line = ["tau", "fmt", "--quiet", "--json"].iter().chain(flags);
    let cli = Cli::try_parse_from(line).unwrap();
    let Command::Fmt(args) = cli.command else {
        panic!("not fmt");
    };
    let mut context = Context::new(&cli.global);
    let state = one(&args, &Input::File(file.clone()), upper, &mut context);
    let files = vec![Line {
        file: String::new(),
        state,
    }];
    (
        state,
        std::fs::read_to_string(file).unwrap(),
        exit(&args, &files),
    )
}

#[test]
fn a_file_is_changed_in_its_place() {
    assert_eq!(
        format("a\n", &[]),
        (State::Changed, "A\n".to_owned(), Exit::Succeeded)
    );
    assert_eq!(
        format("A\n", &[]),
        (State::Unchanged, "A\n".to_owned(), Exit::Succeeded)
    );
}

#[test]
fn check_and_diff_write_nothing_and_fail_when_a_file_would_change() {
    for flag in ["--check", "--diff"] {
        assert_eq!(
            format("a\n", &[flag]),
            (State::Changed, "a\n".to_owned(), Exit::Failed)
        );
        assert_eq!(
            format("A\n", &[flag]),
            (State::Unchanged, "A\n".to_owned(), Exit::Succeeded)
        );
    }
}

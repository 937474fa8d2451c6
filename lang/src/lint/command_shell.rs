//! `command-shell` and `command-injection`: program text given to a shell or an interpreter.

use super::Subject;
use super::command::{Word, commands};
use crate::diagnostic::{Diagnostic, Kind};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for command in commands(subject) {
        let Some((program, words)) = command.program() else {
            continue;
        };
        let Some(text) = program_text(program, words) else {
            continue;
        };
        let program = program.to_owned();
        let kind = if text.has_value {
            Kind::CommandInjection { program }
        } else {
            Kind::CommandShell { program }
        };
        found.push(Diagnostic::new(kind, command.at));
    }
    found
}

/// The argument that is a program, where there is one.
fn program_text<'a>(program: &str, words: &'a [Word]) -> Option<&'a Word> {
    let shell = ["sh", "bash", "dash", "zsh", "ksh", "fish", "ash"].contains(&program);
    let version = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let flags: &[&str] = match version {
        _ if shell => &["-c"],
        "python" | "pypy" => &["-c"],
        "node" | "deno" | "bun" => &["-e", "--eval", "-p", "--print", "eval"],
        "perl" | "ruby" | "lua" => &["-e", "-E"],
        "php" => &["-r"],
        "pwsh" | "powershell" => &["-c", "-Command", "-command"],
        "eval" => return words.first(),
        _ => return None,
    };
    for (index, word) in words.iter().enumerate() {
        // `sh -ec` has the flag among others.
        let joined = shell
            && word.text.starts_with('-')
            && !word.text.starts_with("--")
            && word.text.contains('c');
        if joined || flags.contains(&word.text.as_str()) {
            return words.get(index + 1);
        }
        // Behind the name of a script all belongs to the script.
        if !word.text.starts_with('-') {
            return None;
        }
    }
    None
}

//! The files of the repository that a command starts: whoever edits them decides its verdict.

use crate::glob::{Glob, check_path};
use crate::syntax::command;

/// Programs that run the file that their first argument names, without versions.
const RUN_A_FILE: &[&str] = &[
    "Rscript", "ash", "bash", "dash", "ksh", "lua", "node", "perl", "php", "python", "ruby", "sh",
    "tclsh", "zsh",
];

/// Path patterns of the files of the repository that a command is known to start, without those
/// that `protected` matches already: its program, and the script that it gives to a shell or an
/// interpreter. A file that it merely reads, or that another program starts, is none of them.
pub(super) fn own_files(command_text: &str, protected: &[String]) -> Vec<String> {
    let Ok(words) = command::words(command_text) else {
        return Vec::new();
    };
    let Some((program, arguments)) = words.split_first() else {
        return Vec::new();
    };
    let script = if program.contains('/') && !program.starts_with('/') {
        in_repository(program)
    } else {
        None
    };
    let given = runs_a_file(program)
        .then(|| first_file(arguments))
        .flatten();
    let given = given.and_then(in_repository);
    let covered = |path: &str| {
        let globs = protected.iter().filter_map(|text| Glob::new(text).ok());
        globs.into_iter().any(|glob| glob.matches(path))
    };
    let own = script.into_iter().chain(given);
    own.filter(|path| !covered(path))
        .map(|path| literally(&path))
        .collect()
}

fn runs_a_file(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    let plain = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    RUN_A_FILE.contains(&plain)
}

/// The first argument that is no option; none when an option brings the text to run itself.
fn first_file(arguments: &[String]) -> Option<&str> {
    let first = arguments
        .iter()
        .find(|it| !it.starts_with('-') || *it == "-")?;
    let before = arguments.iter().take_while(|it| *it != first);
    let mut brings_text = before.filter(|it| ["-c", "-m", "-e"].contains(&it.as_str()));
    (brings_text.next().is_none() && first != "-").then_some(first)
}

/// A path from the root without `.` and `..`, if it stays in the repository.
fn in_repository(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    let plain = parts.join("/");
    let stays = !path.starts_with('/') && check_path(&plain).is_ok();
    stays.then_some(plain)
}

/// A pattern that matches the path: letters that mean something in patterns match any letter.
fn literally(path: &str) -> String {
    path.replace(['*', '{', '}'], "?")
}

#[cfg(test)]
mod tests {
    use super::own_files;

    #[test]
    fn the_program_and_the_script_of_an_interpreter() {
        let own = |command: &str| own_files(command, &["tests/**".to_owned()]).join(" ");
        for (command, files) in [
            ("./check.sh", "check.sh"),
            ("./a/../b/./check.sh x", "b/check.sh"),
            ("scripts/check --all src/a.txt", "scripts/check"),
            ("tests/check.sh", ""),
            ("sh tests/check.sh", ""),
            ("sh check.sh", "check.sh"),
            ("/usr/bin/env sh check.sh", ""),
            ("bash -eu ./check.sh src", "check.sh"),
            ("python3.12 tools/check.py", "tools/check.py"),
            ("./venv/bin/python check.py", "venv/bin/python check.py"),
            ("python3 -m pytest src", ""),
            ("sh -c 'exit 1' x", ""),
            ("sh -", ""),
            ("sh /etc/check", ""),
            ("../check", ""),
            ("grep -q fixed src/a.txt", ""),
            ("cargo test", ""),
            ("'./od{d' x", "od?d"),
            ("'unclosed", ""),
            ("", ""),
        ] {
            assert_eq!(own(command), files, "{command}");
        }
    }
}

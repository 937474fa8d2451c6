//! Exit codes other than 0 that do not say that a test failed.
//!
//! Only codes that a runner documents stand here. An unknown one is taken as a failure.

use std::path::Path;

/// What an exit code says instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// There was nothing to run.
    NoTests,
    /// The runner did not come to a decision; why, as a clause, and what to do.
    Undecided(&'static str, &'static str),
}

/// The meaning of a command's exit code, if it has one of its own.
pub(super) fn meaning(argv: &[String], code: i32) -> Option<Meaning> {
    use Meaning::{NoTests, Undecided};
    let names = |runner: &str| {
        argv.iter().any(|word| {
            Path::new(word)
                .file_name()
                .is_some_and(|name| name == runner)
        })
    };
    match code {
        // Shells, `env`, `timeout`, `xargs` and the like agree on these two.
        126 => Some(Undecided(
            "exit code 126 says that a program in it cannot be executed",
            "Make the program executable, or correct the command.",
        )),
        127 => Some(Undecided(
            "exit code 127 says that a program in it was not found",
            "Install the program, or correct the command.",
        )),
        // pytest: "Reference → Exit codes". 1 and 2 (also a test file that cannot be imported)
        // are failures.
        3 if names("pytest") => Some(Undecided(
            "exit code 3 says that pytest itself failed",
            "Run the command on the base by hand and repair what it tells.",
        )),
        4 if names("pytest") => Some(Undecided(
            "exit code 4 says that pytest was called wrongly, or for a test that does not exist",
            "Name tests that exist on the base.",
        )),
        5 if names("pytest") => Some(NoTests),
        // Python 3.12: "unittest: exit code 5 when no tests are run".
        5 if names("unittest") => Some(NoTests),
        // cargo-nextest: `NextestExitCode::NO_TESTS_RUN`.
        4 if names("nextest") => Some(NoTests),
        // GNU coreutils: `timeout`.
        124 if argv.first().is_some_and(|word| word == "timeout") => Some(Undecided(
            "exit code 124 says that `timeout` ended it",
            "Give it more time, or make the check narrower.",
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(command: &str, code: i32) -> &'static str {
        let argv = tau_lang::syntax::command::words(command).unwrap();
        match meaning(&argv, code) {
            None => "failed",
            Some(Meaning::NoTests) => "no tests",
            Some(Meaning::Undecided(..)) => "undecided",
        }
    }

    #[test]
    fn only_documented_codes_have_a_meaning() {
        let table = [
            ("cargo test", 101, "failed"),
            ("cargo nextest run", 4, "no tests"),
            ("cargo nextest run", 100, "failed"),
            ("pytest -q", 1, "failed"),
            ("pytest -q", 2, "failed"),
            ("/usr/bin/pytest", 3, "undecided"),
            ("python3 -m pytest tests", 4, "undecided"),
            ("uv run pytest", 5, "no tests"),
            ("python3 -m unittest", 5, "no tests"),
            ("make test", 5, "failed"),
            ("sh -c 'pytest tests'", 5, "failed"),
            ("sh test.sh", 126, "undecided"),
            ("env tests", 127, "undecided"),
            ("timeout 5 make", 124, "undecided"),
            ("make timeout", 124, "failed"),
        ];
        for (command, code, wanted) in table {
            assert_eq!(of(command, code), wanted, "{command} {code}");
        }
    }
}

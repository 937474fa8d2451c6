//! Why a command could not be started.

use std::fmt;
use std::path::PathBuf;

/// Nothing ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LaunchError {
    /// There is no program in the command.
    Empty,
    /// No such program.
    NotFound {
        /// As the command calls it.
        program: String,
        /// At most three, the nearest first.
        near: Vec<String>,
    },
    /// There is such a file, but it is no program.
    NotExecutable(PathBuf),
    /// The program's first line, or its header, names another program that is missing.
    NoInterpreter(String),
    /// The folder to start in is missing.
    NoFolder(PathBuf),
    /// The operating system refused; the program and its answer.
    Start(String, String),
    /// The machine cannot start any process now, whatever the command: the program and the
    /// operating system's answer.
    Machine(String, String),
    /// The box that it should run in could not be made; what was being done and the system's answer.
    NoBox(String),
    /// The log could not be written; the file and the operating system's answer.
    Log(PathBuf, String),
}

impl LaunchError {
    /// A stable, short, kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            LaunchError::Empty => "command-empty",
            LaunchError::NotFound { .. } => "command-not-found",
            LaunchError::NotExecutable(_) => "command-not-executable",
            LaunchError::NoInterpreter(_) => "command-interpreter-missing",
            LaunchError::NoFolder(_) => "folder-missing",
            LaunchError::Start(..) => "command-not-started",
            LaunchError::Machine(..) => "machine-exhausted",
            LaunchError::NoBox(_) => "box-not-made",
            LaunchError::Log(..) => "log-not-written",
        }
    }
}

impl fmt::Display for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LaunchError::Empty => f.write_str("The command is empty."),
            LaunchError::NotFound { program, near } => {
                let place = if program.contains('/') {
                    "is not there"
                } else {
                    "is not on the PATH"
                };
                write!(f, "The program `{}` {place}.", program.escape_debug())?;
                match near.as_slice() {
                    [] => Ok(()),
                    near => write!(f, " Did you mean `{}`?", near.join("` or `")),
                }
            }
            LaunchError::NotExecutable(path) => write!(
                f,
                "`{path}` is not a program. If it should be one, run `chmod +x {path}`.",
                path = path.display()
            ),
            LaunchError::NoInterpreter(program) => write!(
                f,
                "`{}` cannot run: the program that its first line (or its header) names is missing.",
                program.escape_debug()
            ),
            LaunchError::NoFolder(path) => {
                write!(
                    f,
                    "The folder `{}`, where the command should run, is missing.",
                    path.display()
                )
            }
            LaunchError::Start(program, answer) => {
                write!(
                    f,
                    "`{}` could not be started: {answer}.",
                    program.escape_debug()
                )
            }
            LaunchError::NoBox(why) => {
                write!(
                    f,
                    "The box that the command should run in could not be made: {why}."
                )
            }
            LaunchError::Machine(program, answer) => {
                write!(
                    f,
                    "`{}` could not be started, and nothing else could be: {answer}.",
                    program.escape_debug()
                )
            }
            LaunchError::Log(path, answer) => {
                write!(
                    f,
                    "The log `{}` could not be written: {answer}.",
                    path.display()
                )
            }
        }
    }
}

impl std::error::Error for LaunchError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_can_be_read_alone() {
        use LaunchError as E;
        let all = [
            E::Empty,
            E::NotFound {
                program: "carg".into(),
                near: vec!["cargo".into()],
            },
            E::NotFound {
                program: "./tset".into(),
                near: vec![],
            },
            E::NotExecutable("test.sh".into()),
            E::NoInterpreter("./test.py".into()),
            E::NoFolder("/runs/1/tree".into()),
            E::Start("./odd".into(), "Exec format error (os error 8)".into()),
            E::Machine("sh".into(), "Too many open files (os error 24)".into()),
            E::Log(
                "/runs/1/log".into(),
                "No space left on device (os error 28)".into(),
            ),
        ];
        let text: String = all
            .iter()
            .map(|error| format!("{}: {error}\n", error.code()))
            .collect();
        insta::assert_snapshot!(text, @r#"
        command-empty: The command is empty.
        command-not-found: The program `carg` is not on the PATH. Did you mean `cargo`?
        command-not-found: The program `./tset` is not there.
        command-not-executable: `test.sh` is not a program. If it should be one, run `chmod +x test.sh`.
        command-interpreter-missing: `./test.py` cannot run: the program that its first line (or its header) names is missing.
        folder-missing: The folder `/runs/1/tree`, where the command should run, is missing.
        command-not-started: `./odd` could not be started: Exec format error (os error 8).
        machine-exhausted: `sh` could not be started, and nothing else could be: Too many open files (os error 24).
        log-not-written: The log `/runs/1/log` could not be written: No space left on device (os error 28).
        "#);
    }
}

//! Asking before something is done. Where nobody can answer, `--yes` has to.

use std::io::{BufRead as _, IsTerminal as _};

use tau_lang::syntax::command;

use crate::context::Context;

/// Whether somebody is there to answer.
pub(crate) fn is_possible() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Whether the answer is yes.
pub(crate) fn confirmed(question: &str, context: &mut Context) -> bool {
    context.prompt(&format!("{question} [y/N] "));
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

/// The command that was typed, with `--yes`.
pub(crate) fn next() -> String {
    let mut words: Vec<String> = std::env::args_os()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    if let Some(program) = words.first_mut() {
        *program = "tau".to_owned();
    }
    words.push("--yes".to_owned());
    command::join(&words)
}

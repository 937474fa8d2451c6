//! The standard actions, and the library that missions use.
//!
//! Each group is a folder with its face (`fs/fs.tau`) and its hands, one action a file. The
//! missions of the library stand in `workflows/`.

mod agent;
mod by_hand;
mod event;
pub mod fs;
mod git;
mod github;
mod http;
mod human;
mod issue;
mod model;
mod process;
pub mod project;
mod shell;
mod time;
mod verify;

mod library;

mod output;
mod perform;
mod shown;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;

use tau_interpreter::action::Action;

pub use issue::{issue_api, issue_repository};
pub use model::{edits_of_answer, prompt_turns};
pub use verify::verifier_digest;

pub use library::{mission_names, mission_text, texts};

/// Every standard action, group by group.
pub fn actions() -> Vec<Action> {
    [
        agent::actions(),
        event::actions(),
        fs::actions(),
        git::actions(),
        github::actions(),
        http::actions(),
        human::actions(),
        issue::actions(),
        model::actions(),
        process::actions(),
        shell::actions(),
        time::actions(),
        verify::actions(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

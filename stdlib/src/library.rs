//! The library as texts: faces, missions and filters.

use tau_lang::library::Texts;

use crate::{
    agent, event, fs, git, github, http, human, issue, model, process, shell, time, verify,
};

/// Where the library's missions are named: `std/prove-patch`.
const PREFIX: &str = "std/";

const GROUPS: &[(&str, &str)] = &[
    ("agent", agent::FACE),
    ("event", event::FACE),
    ("fs", fs::FACE),
    ("git", git::FACE),
    ("github", github::FACE),
    ("http", http::FACE),
    ("human", human::FACE),
    ("issue", issue::FACE),
    ("model", model::FACE),
    ("process", process::FACE),
    ("shell", shell::FACE),
    ("time", time::FACE),
    ("verify", verify::FACE),
];

const MISSIONS: &[(&str, &str)] = &[
    ("ask", include_str!("../../workflows/ask.tau")),
    ("chat", include_str!("../../workflows/chat.tau")),
    ("fix", include_str!("../../workflows/fix.tau")),
    (
        "issue-to-merge",
        include_str!("../../workflows/issue-to-merge.tau"),
    ),
    (
        "prove-patch",
        include_str!("../../workflows/prove-patch.tau"),
    ),
    ("red-green", include_str!("../../workflows/red-green.tau")),
    ("repair", include_str!("../../workflows/repair.tau")),
    ("triage", include_str!("../../workflows/triage.tau")),
];

/// What the checker and the interpreter read of the standard library.
#[must_use]
pub fn texts() -> Texts<'static> {
    Texts {
        groups: GROUPS,
        missions: MISSIONS,
        filters: &[
            ("agent_models", agent::agent_models),
            ("agent_reads", model::agent_reads),
            ("agent_runs", model::agent_runs),
            ("agent_writes", model::agent_writes),
            ("edited_paths", model::edited_paths),
            ("issue_hosts", issue::issue_hosts),
            ("model_names", model::model_names),
            ("patch_paths", fs::patch_paths),
            ("url_hosts", http::url_hosts),
        ],
    }
}

/// The tau file of a library's mission, by the name a user types: `std/prove-patch`.
#[must_use]
pub fn mission_text(name: &str) -> Option<&'static str> {
    let name = name.strip_prefix(PREFIX)?;
    let (_, text) = MISSIONS.iter().find(|(it, _)| *it == name)?;
    Some(text)
}

/// The names that [`mission_text`] knows, sorted.
#[must_use]
pub fn mission_names() -> Vec<String> {
    MISSIONS
        .iter()
        .map(|(name, _)| format!("{PREFIX}{name}"))
        .collect()
}

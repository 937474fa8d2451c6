//! `issue.plan`

mod ci;
mod commands;
mod names;
mod questions;
mod repository;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};

use self::repository::Repository;
use super::ticket::Ticket;
use crate::perform::perform;

/// Finds how an issue can be decided.
pub(super) struct MakePlan;

#[derive(Deserialize)]
struct Params {
    ticket: Ticket,
    #[serde(deserialize_with = "Option::deserialize")]
    check: Option<String>,
    files: String,
}

/// The `VerifierPlan` of the face.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct VerifierPlan {
    #[serde(deserialize_with = "Option::deserialize")]
    pub(super) check: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    pub(super) because: Option<String>,
    pub(super) env: BTreeMap<String, String>,
    pub(super) write: Vec<String>,
    pub(super) protect: Vec<String>,
    pub(super) installed: Vec<String>,
    pub(super) authority: Vec<String>,
    pub(super) commands: Vec<Proposed>,
    pub(super) passed_over: Vec<PassedOver>,
    pub(super) found: Named,
    pub(super) questions: Vec<Question>,
    pub(super) comment: String,
}

/// A command that decides something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Proposed {
    pub(super) run: String,
    pub(super) because: String,
    /// Whether it is only about what the issue names.
    pub(super) narrow: bool,
}

/// A command that decides nothing here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PassedOver {
    pub(super) run: String,
    pub(super) why: String,
}

/// What the issue names and the repository has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Named {
    pub(super) files: Vec<String>,
    pub(super) tests: Vec<String>,
    pub(super) symbols: Vec<String>,
    pub(super) messages: Vec<String>,
}

/// A question to whoever wrote the issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Question {
    pub(super) id: String,
    pub(super) text: String,
}

impl VerifierPlan {
    /// Whether there is a command that decides.
    pub(super) fn decides(&self) -> bool {
        !self.commands.is_empty()
    }
}

impl Observe for MakePlan {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform(call, hands, |params: Params, hands| {
            plan(
                &params.ticket,
                params.check.as_deref(),
                &params.files,
                hands,
            )
        })
    }

    fn tells_what_for(&self) -> bool {
        true
    }
}

/// Finds it.
pub(super) fn plan(
    ticket: &Ticket,
    check: Option<&str>,
    files: &str,
    hands: &dyn Look,
) -> Result<VerifierPlan, Failure> {
    let repository = Repository::read(files, hands)?;
    let found = names::find(ticket, &repository);
    let mut plan = commands::propose(check, &found, &repository, hands);
    plan.found = found.named;
    plan.authority = authority(&plan);
    plan.questions = questions::ask(ticket, &plan);
    plan.comment = questions::comment(&plan.questions);
    Ok(plan)
}

/// The lines of `authority` under which the command can decide about a change.
fn authority(plan: &VerifierPlan) -> Vec<String> {
    let list = |patterns: &[String]| {
        let quoted: Vec<String> = patterns.iter().map(|it| format!("\"{it}\"")).collect();
        quoted.join(", ")
    };
    let mut lines = vec!["read \"**\"".to_owned()];
    if !plan.write.is_empty() {
        lines.push(format!("write {}", list(&plan.write)));
    }
    if let Some(check) = &plan.check {
        lines.push(format!(
            "run \"{}\"",
            check.replace('\\', "\\\\").replace('"', "\\\"")
        ));
    }
    lines.push("git commit on \"tau/*\"".to_owned());
    lines
}

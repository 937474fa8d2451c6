//! Why a step did not succeed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::person::Question;
use crate::wait::Wait;

/// Why a step did not succeed, in words for its reader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// Whether the action failed, or may not or cannot even be tried.
    pub kind: FailureKind,
    /// A stable, short, kebab-case name, such as `edit-ambiguous`.
    pub code: String,
    /// One or more sentences that can be read alone.
    pub message: String,
    /// What to do now, if the action knows.
    pub help: Option<String>,
    /// Facts for programs (line numbers, matches), `null` when there are none.
    pub detail: Value,
}

/// See [`Failure::kind`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// It was tried and did not work.
    Failed,
    /// Something that only a person can give is missing: authority, a tool, a verifier.
    Blocked(Missing),
    /// Whether it has happened cannot be known: a person decides. It is not tried again before.
    Uncertain,
    /// A person must answer first. The run ends as `waiting`, and the step asks for its answer
    /// again when the run goes on.
    Waiting(Question),
    /// A date or an event must come first. The run ends as `waiting`, and the step waits again when
    /// the run goes on.
    Until(Wait),
}

/// One thing that a blocked run lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The effect word, such as `write`.
    pub effect: String,
    /// The path, command or ref that was asked for.
    pub scope: String,
    /// What limited it: `mission`, `policy`, `caller`, `machine`, or a `host` outside.
    pub limited_by: String,
    /// The line of the policy that limited it: `/etc/tau/policy.tau:3:3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limited_at: Option<String>,
    /// The line that would grant it, where one can.
    pub grant: Option<String>,
}

impl Failure {
    /// A plain failure: `code` is its stable name, `message` the sentence for its reader.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Failure {
            kind: FailureKind::Failed,
            code: code.to_owned(),
            message: message.into(),
            help: None,
            detail: Value::Null,
        }
    }

    /// A person must answer first.
    #[must_use]
    pub fn waiting(question: Question) -> Self {
        let message = question.text.clone();
        Failure {
            kind: FailureKind::Waiting(question),
            ..Failure::new("human-waiting", message)
        }
    }

    /// A date or an event must come first.
    #[must_use]
    pub fn until(wait: Wait) -> Self {
        let message = format!("It waits {wait}.");
        Failure {
            kind: FailureKind::Until(wait),
            ..Failure::new("step-waiting", message)
        }
    }

    /// The same failure with what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same failure with facts for programs.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

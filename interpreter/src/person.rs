//! People: who asks, who answers, and what.

use serde::{Deserialize, Serialize};

/// A user of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The number by which the operating system knows them.
    pub uid: u32,
    /// What they are called there; only for readers.
    pub name: String,
}

impl Person {
    /// Whoever started this process.
    #[must_use]
    pub fn here() -> Person {
        let uid = rustix::process::getuid().as_raw();
        let name = ["LOGNAME", "USER"]
            .iter()
            .find_map(|it| std::env::var(it).ok());
        Person {
            uid,
            name: name.unwrap_or_else(|| uid.to_string()),
        }
    }
}

/// What a step wants from a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What is to be approved, or answered.
    pub text: String,
    /// Whether a text is wanted, and not only a yes.
    pub wants_text: bool,
    /// The texts that may be given; any when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Whoever started the run may not answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_another: bool,
}

/// What a person said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Yes or no.
    pub approved: bool,
    /// The text that was wanted, or why not.
    pub text: Option<String>,
    /// Who said it.
    pub by: Person,
    /// When.
    pub at: String,
}

/// A question that nobody has answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Open {
    /// The step that asks.
    pub step: String,
    /// The digest of what the question rests on. An answer counts for this and nothing else.
    pub key: String,
    /// What it asks.
    #[serde(flatten)]
    pub question: Question,
}
